"""One front door to the emulated microcontrollers: compiles a net for the user's board, runs it, compares its outputs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pnas_kit.cost.boards import Board
from pnas_kit.space.layers import output_bytes

from .c import bare_core, emulator, generate, zig
from .c.cores import CORES, Core, Machine, core_of, in_words
from .c.link import STACK_BYTES, DoesNotFit, EmulatorError, Memory, ToolMissing
from .model import QuantError, QuantModel
from .runtime import Interpreter
from .tflite import write_tflite

__all__ = ["STACK_BYTES", "WAYS", "DoesNotFit", "Emulated", "EmulatorError", "ToolMissing", "emulate"]

WAYS = ("auto", "qemu", "unicorn")
FLASH_AT = 0x08000000  # where most boards have it
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Emulated:
    """What came of a run.

    Attributes:
        how: "qemu" or "unicorn".
        machine: the emulated board, in words.
        core: that was emulated.
        tests: inputs that were run.
        different: bytes of all outputs that differ from TFLite's reference kernels; 0 is right.
        instructions: of one inference. They are no cycles.
        code_bytes: in the board's flash: code, constants and start-up, without test inputs.
        ram_bytes: variables; `STACK_BYTES` more are kept free for the stack.
        seconds: all of it took.
    """

    how: str
    machine: str
    core: str
    tests: int
    different: int
    instructions: int | None
    code_bytes: int
    ram_bytes: int
    seconds: float


def emulate(
    model: QuantModel,
    inputs: np.ndarray,
    board: Board,
    *,
    expected: np.ndarray | None = None,
    how: str = "auto",
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Emulated:
    """Compiles the net for `board`, runs it on the emulated core, and compares every byte with TFLite's reference kernels.

    The linker gets the board's own flash and RAM sizes, so a net that is too large does not link.

    Args:
        inputs: int8 `(count, height, width, channels)`.
        expected: int8 outputs `(count, values)` that were kept with the inputs; the reference has to give them again.
        how: "qemu" (QEMU and arm-none-eabi-gcc), "unicorn" (Python packages), or "auto": QEMU where it is installed and
            its best machine for the core has the board's memory, else Unicorn, else QEMU's next machine.
        progress: told what happens and how much of it is done, from 0 to 1.
        folder: where to build; a temporary one by default.

    Raises:
        DoesNotFit: the net is larger than the board's flash or RAM; the text says by how much.
        ToolMissing: nothing to emulate with; the text says what to install.
        EmulatorError: a core that is not emulated, or a compilation or run that failed.
        CodeError: the net has no C.
        QuantError: the kept outputs are not this net's.
        ValueError: `how` or the inputs are not as described.
    """
    started = time.monotonic()
    tell = progress or (lambda words, share: None)
    if len(inputs) == 0:
        raise ValueError("expected at least one test input, got none")
    core = _core(board)
    how = _way(how, core, board)
    tell("reference outputs", 0.0)
    reference = Interpreter(write_tflite(model)).run(inputs)
    if expected is not None and not np.array_equal(expected, reference):
        raise QuantError("the kept test outputs are not those of this network: train the prototype again")
    with tempfile.TemporaryDirectory(prefix="pnas-") if folder is None else nullcontext(folder) as place:
        tell("compiling", 0.1)
        run = _qemu if how == "qemu" else _unicorn
        found = run(model, inputs, reference, board, core, Path(place), tell)
    tell("done", 1.0)
    return replace(found, seconds=time.monotonic() - started)


def _core(board: Board) -> Core:
    name = core_of(board.core)
    if name is None:
        raise EmulatorError(
            f"{board.name} has a {board.core} core, and only Arm Cortex-M cores are emulated here: choose an Arm board to "
            "see the C run, or compile it with your board's own tools and call nn_selftest"
        )
    return CORES[name]


def _way(how: str, core: Core, board: Board) -> str:
    """ "qemu" or "unicorn", whichever is asked for, or is there and large enough."""
    if how not in WAYS:
        raise ValueError(f"expected how to be one of {', '.join(WAYS)}, got {how!r}")
    machine, tools, pip = _machine(core, board), emulator.installed(), zig.installed() and bare_core.installed()
    roomy = machine.has_room(board.flash_bytes, board.ram_bytes)
    best = tools and roomy and machine is core.machines[0]
    if how == "unicorn" or (how == "auto" and pip and not best):
        return "unicorn"
    if how == "auto" and not tools:
        raise ToolMissing(
            "there is nothing to emulate a board with: run `pip install ziglang unicorn`, or "
            "`apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm`"
        )
    if not roomy:
        raise EmulatorError(
            f"{board.name} has {board.ram_bytes:,} bytes of RAM and {board.flash_bytes:,} of flash, more than QEMU's "
            f"{machine.name} ({machine.memory.ram_bytes:,} and {machine.memory.flash_bytes:,}): run "
            '`pip install ziglang unicorn` and take how="unicorn"'
        )
    return "qemu"


def _machine(core: Core, board: Board) -> Machine:
    return core.machine(board.flash_bytes, board.ram_bytes)


def _words(emulated: str, board: Board) -> str:
    return (
        f"{in_words(emulated, board.core)}, with the memory of {board.name}: {board.ram_bytes // 1024:,} KiB RAM, "
        f"{board.flash_bytes // 1024:,} KiB flash"
    )


def _qemu(
    model: QuantModel, x: np.ndarray, y: np.ndarray, board: Board, core: Core, folder: Path, tell: Progress
) -> Emulated:
    machine = _machine(core, board)
    sizes = {"flash_bytes": board.flash_bytes, "ram_bytes": board.ram_bytes}
    image = emulator.build(generate(model, (x, y)), folder, machine, **sizes)
    tell("running", 0.5)
    ran = emulator.run(image, machine)
    words = f"QEMU {machine.name}, {_words(machine.core, board)}"
    variables = image.data + image.bss - STACK_BYTES
    return Emulated("qemu", words, machine.core, ran.tests, ran.different, ran.instructions, image.text, variables, 0.0)


def _unicorn(
    model: QuantModel, x: np.ndarray, y: np.ndarray, board: Board, core: Core, folder: Path, tell: Progress
) -> Emulated:
    memory = Memory(flash_bytes=board.flash_bytes, ram_bytes=board.ram_bytes, flash_at=FLASH_AT)
    image = zig.build(generate(model), folder, core.zig, memory)
    sizes = output_bytes(model.layers, model.input_shape)
    found, instructions = bare_core.run(image, core.unicorn, x, sizes, lambda share: tell("running", 0.3 + 0.7 * share))
    different, variables = int((found != y).sum()), image.bss_end - image.bss
    words = f"Unicorn {_words(core.unicorn, board)}"
    return Emulated("unicorn", words, core.unicorn, len(x), different, instructions, len(image.flash), variables, 0.0)
