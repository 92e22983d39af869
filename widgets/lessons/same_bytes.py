"""One network, several programs that run it: do they answer with the same bytes?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pnas_kit.cost import Board
from pnas_kit.deploy import Interpreter, QuantModel, RuntimeMissing, micro_run, write_tflite
from pnas_kit.deploy.c import CodeError
from pnas_kit.deploy.emulate import EmulatorError, emulate
from widgets.words import attribute, count


@dataclass(frozen=True)
class Compared:
    """One way to run a network.

    Attributes:
        who: the program, in words.
        different: bytes that differ from TensorFlow Lite's reference kernels; None where it did not run.
        total: bytes that were compared.
        note: where it ran, or why not and what to do.
    """

    who: str
    different: int | None
    total: int
    note: str


def compare(model: QuantModel, inputs: np.ndarray, board: Board, tell: Callable[[str], None]) -> list[Compared]:
    """Every program's answers to the same inputs, against those of TensorFlow Lite's reference kernels.

    Args:
        inputs: int8 ``(count, height, width, channels)``.
        tell: is told what is being run.

    Raises:
        RuntimeMissing: there is no TensorFlow Lite runtime here, so that there is nothing to compare with.
    """
    file = write_tflite(model)
    wanted = Interpreter(file).run(inputs)
    total = wanted.size

    def against(who: str, run: Callable[[], np.ndarray], note: str) -> Compared:
        tell(who)
        try:
            return Compared(who, int((run() != wanted).sum()), total, note)
        except (RuntimeMissing, ValueError) as error:
            return Compared(who, None, total, str(error))

    return [
        Compared("TensorFlow Lite, reference kernels", 0, total, "on this computer: the yardstick"),
        against("TensorFlow Lite, fast kernels", lambda: Interpreter(file, reference=False).run(inputs), "on this computer"),
        against("TensorFlow Lite Micro", lambda: micro_run(file, inputs), "on this computer: the runtime of the board"),
        _emulated(model, inputs, board, wanted, tell),
    ]


def _emulated(model: QuantModel, inputs: np.ndarray, board: Board, wanted: np.ndarray, tell) -> Compared:
    who = "Generated C, emulated"
    try:
        found = emulate(model, inputs, board, expected=wanted, progress=lambda words, _: tell(f"{who}: {words}"))
    except (EmulatorError, CodeError) as error:
        return Compared(who, None, wanted.size, str(error))
    note = f"{found.machine}; {count(found.instructions or 0)} instructions per inference"
    return Compared(who, found.different, wanted.size, note)


def table_html(found: list[Compared]) -> str:
    """The comparison as a table."""
    rows = "".join(
        f'<tr><th scope="row">{attribute(one.who)}</th><td>{_verdict(one)}</td><td>{attribute(one.note)}</td></tr>'
        for one in found
    )
    return (
        '<table class="pn-same"><thead><tr><th scope="col">Who runs it</th><th scope="col">Bytes that differ</th>'
        f'<th scope="col">Where</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _verdict(one: Compared) -> str:
    if one.different is None:
        return '<span class="pn-badge">did not run</span>'
    kind, words = ("pn-wrong", "differs") if one.different else ("pn-good", "the same")
    return f'<span class="pn-badge {kind}">{words}</span> {count(one.different)} of {count(one.total)}'
