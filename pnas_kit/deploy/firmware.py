"""A firmware project: the network as C with everything that builds, tests and describes it, in one reproducible zip."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from pnas_kit.cost import Board, beside, room
from pnas_kit.cost.cimage import c_flash_bytes, c_ram_bytes
from pnas_kit.learn.data.front_end import FrontEnd
from pnas_kit.learn.detection.decode import SHOWN_SCORE
from pnas_kit.paths import DATA
from pnas_kit.space.layers import outputs

from .c import CodeError, generate
from .c.cores import CORES, Machine, core_of, title
from .c.features import features_c
from .c.link import BOARD as START_UP
from .c.link import script
from .c_array import comment_line
from .detect_header import detect_values, is_detector
from .fields import fields
from .model import QuantModel
from .model_card import model_card
from .stored import zipped

TEMPLATES = Path(__file__).with_name("project")
LEAST_TESTS = 20
SOUND = """

The network takes features of sound. `src/features.h` computes them from 16-bit samples as the training did:

    float rows[FEATURES_FRAMES * FEATURES_WIDTH];
    features_of_clip(sound, rows);      /* int16_t sound[FEATURES_SAMPLES], at FEATURES_HZ */
    nn_feed(rows);

Compile `src/features.c` too; it needs `logf` of the C library."""


class FirmwareError(ValueError):
    """There is no firmware of this network for this board; the text says why and what to do."""


def firmware_project(
    model: QuantModel,
    tflite: bytes,
    test_vectors: tuple[np.ndarray, np.ndarray],
    card: object,
    board: Board,
    facts: Mapping[str, object],
) -> bytes:
    """A zip with the network for a board; equal arguments give equal bytes.

    Args:
        model: from `quantise`.
        tflite: `write_tflite(model)`.
        test_vectors: at least 20 int8 inputs `(count, height, width, channels)` and the outputs `(count, units)` of
            the reference interpreter.
        card: of the data set, a `Card` or a mapping.
        board: its RAM and flash are the linker script's.
        facts: what only the training knows: the fields of a `pnas_kit.runs.Result`, and `mean`, `deviation`
            (per channel, raw units), `seed`, `versions`, `architecture` (words). `mean` and `deviation` are
            needed, the model card leaves out what is missing.

    Raises:
        FirmwareError: a layer that has no C, a board without enough RAM or flash, or too few test vectors.
    """
    data = fields(card)
    try:
        source = generate(model, test_vectors)
    except CodeError as error:
        raise FirmwareError(f"there is no C for this network: {error}") from None
    if len(test_vectors[0]) < LEAST_TESTS:
        raise FirmwareError(f"expected at least {LEAST_TESTS} test vectors, got {len(test_vectors[0])}: give more inputs")
    _check_fit(model, board, data.get("front_end"))
    files = _texts(model, source, test_vectors, data, board, facts)
    whole = {name: text.encode() for name, text in files.items()} | {"model.tflite": tflite}
    whole["MODEL_CARD.md"] = model_card(model, whole, data, board, facts).encode()
    return zipped({f"{_name(data, facts)}/{name}": content for name, content in whole.items()})


def _name(data: Mapping[str, object], facts: Mapping[str, object]) -> str:
    """A C identifier, which Arduino and CMake take as a name too."""
    words = [str(data.get("name", "network")), *([str(facts["number"])] if "number" in facts else [])]
    return re.sub(r"\W", "_", "_".join(words), flags=re.ASCII)


def _check_fit(model: QuantModel, board: Board, front_end: FrontEnd | None) -> None:
    kept, sound = beside(front_end), " and the features of sound" if front_end else ""
    flash = c_flash_bytes(model.layers, model.input_shape) + kept.flash_bytes
    ram = c_ram_bytes(model.layers, model.input_shape) + kept.ram_bytes
    for needed, there, what in ((flash, board.flash_bytes, "flash"), (ram, board.ram_bytes, "RAM")):
        if needed > there:
            raise FirmwareError(
                f"the generated C needs about {needed:,} bytes of {what}, with start-up, stack{sound}, and {board.name} has "
                f"{there:,}: choose a smaller network or a board with more {what}"
            )


def _texts(model, source, test_vectors, data, board: Board, facts) -> dict[str, str]:
    """The project's text files by path; the model card is not among them."""
    name, machine = _name(data, facts), _machine(board)
    fitting = _tests_that_fit(model, test_vectors, room(board, data.get("front_end")).flash_bytes)
    values = _values(model, data, board, facts, machine, fitting) | {"TESTS": len(test_vectors[0])}
    feed = {"nn_data.h": fill("nn_data.h", values)}
    if is_detector(model):
        feed["nn_detect.h"] = fill("nn_detect.h", detect_values(model, facts.get("shown_score") or SHOWN_SCORE))
    if data.get("front_end") is not None:
        feed |= features_c(data["front_end"])
    few = tuple(part[:fitting] for part in test_vectors) if fitting else None
    flashed = source if fitting == len(test_vectors[0]) else generate(model, few)
    sketch = {f"arduino/{name}/src/{file}": text for file, text in (flashed | feed).items()}
    emulated = {f"emulated/{path.name}": path.read_text(encoding="utf-8") for path in sorted(START_UP.glob("*.c"))}
    return {
        **{f"src/{file}": text for file, text in (source | feed).items()},
        **sketch,
        f"arduino/{name}/{name}.ino": fill("sketch.ino", values),
        **emulated,
        "emulated/image.ld": _linker_script(board, machine),
        "host/main.c": fill("host_main.c", values),
        "platformio.ini": _platformio(board, name),
        **{file: fill(file, values) for file in ("Makefile", "CMakeLists.txt", "README.md")},
    }


def _machine(board: Board) -> Machine:
    """The emulated board that runs the self-test in place of the user's; any core has one."""
    return CORES[core_of(board.core) or "cortex-m4"].machine(board.flash_bytes, board.ram_bytes)


def _stand_in(board: Board, machine: Machine) -> str:
    """What is not as on the real board, in words."""
    own, other = title(board.core), title(machine.core)
    if core_of(board.core) is None:
        return f"No emulated board has a core like {own}: a {other} runs the same C in its place."
    if own == other:
        return f"The emulated board has the core of this one, {own}."
    return f"The emulated board has a {other}, which runs what is compiled for the {own} of this one."


def _linker_script(board: Board, machine: Machine) -> str:
    """With the board's sizes, at the addresses of the emulated board, and no larger than that one's."""
    there = machine.memory
    sizes = {what: min(getattr(board, what), getattr(there, what)) for what in ("flash_bytes", "ram_bytes")}
    about = f"/* {comment_line(board.name)}: the memories lie where the emulated board {machine.name} has them. */\n"
    return about + script(replace(there, **sizes), entry="image_reset")


def _c_string(text: str) -> str:
    """A string constant of C99: no trigraphs, and what cannot be printed by its octal number."""
    signs = []
    for sign in text:
        code = ord(sign)
        signs.append(f"\\{code:03o}" if code < 32 or code == 127 else f"\\{sign}" if sign in '"\\?' else sign)
    return f'"{"".join(signs)}"'


def fill(template: str, values: Mapping[str, object]) -> str:
    """A template of the project with `@NAME@` replaced."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1]]), text)


def _tests_that_fit(model: QuantModel, test_vectors: tuple[np.ndarray, np.ndarray], flash_bytes: int) -> int:
    """How many test vectors there is room for, in half of the flash that the network leaves free."""
    free = flash_bytes - c_flash_bytes(model.layers, model.input_shape)
    each = sum(part[0].size for part in test_vectors)
    return min(len(test_vectors[0]), free // 2 // each)


def _values(model: QuantModel, data, board: Board, facts, machine: Machine, fitting: int) -> dict[str, object]:
    classes = [str(name) for name in data.get("classes") or range(model.layers[-1].channels)]
    several = len(outputs(model.layers)) > 1
    unit = f"Raw unit: {comment_line(data['unit'])}." if data.get("unit") else ""
    name = comment_line(data.get("title", "A network"))
    ram, flash = (min(getattr(board, what), getattr(machine.memory, what)) for what in ("ram_bytes", "flash_bytes"))
    return {
        "NAME": _name(data, facts), "TITLE": name, "BOARD": comment_line(board.name),
        "MACHINE": machine.name, "FLAGS": " ".join(machine.flags), "STAND_IN": _stand_in(board, machine),
        "RAM": f"{ram:,} bytes", "FLASH": f"{flash:,} bytes",
        "SELFTESTS": fitting,
        "ON_BOARD": f"the self-test with {fitting} test vectors" if fitting else "without the self-test, which has no room",
        "DETECT": '#include "nn_detect.h"\n' if is_detector(model) else "",
        "READ": "nn_found found[NN_DETECT_MOST];\n"
        "    int count = nn_detect(found, NN_DETECT_MOST, NN_DETECT_SCORE, NN_DETECT_OVERLAP);    /* src/nn_detect.h */"
        if is_detector(model)
        else "nn_output_at(0), nn_output_at(1)    /* and so on: src/nn.h names them, with sizes and scales */"
        if several else "puts(nn_class_names[nn_answer()]);",
        "CLASSES": len(classes), "NAMES": ", ".join(map(_c_string, classes)),
        "MEAN": _floats(facts["mean"]), "DEVIATION": _floats(facts["deviation"]), "UNIT": unit,
        "ABOUT": "\n".join(f" * {line}" for line in (f"Data set: {name}", unit) if line),
        "SOUND": SOUND if data.get("front_end") is not None else "",
        "PLATFORMIO": "`pio run -t upload`." if board.id in platformio() else (
            "`platformio.ini` lacks this board's name; the file says what to fill in."
        ),
    }  # fmt: skip


def _floats(values: object) -> str:
    """float32 values as C constants that are exactly these."""
    numbers = (np.format_float_scientific(np.float32(value), unique=True, trim="0") for value in np.atleast_1d(values))
    return ", ".join(f"{number}f" for number in numbers)


def platformio() -> dict[str, dict[str, str]]:
    """PlatformIO's platform, board and framework by our board's id, where it knows the board (its own definitions)."""
    with open(DATA / "platformio.csv", newline="", encoding="utf-8") as file:
        return {row.pop("id"): row for row in csv.DictReader(file)}


def _platformio(board: Board, name: str) -> str:
    known = platformio().get(board.id)
    lines = [f"; {comment_line(board.name)}", "[platformio]", f"src_dir = arduino/{name}", "", f"[env:{board.id}]"]
    if known:
        lines += [f"{key} = {value}" for key, value in known.items()]
    else:
        lines += [
            f"; No name of {comment_line(board.name)} in PlatformIO is known here: see https://docs.platformio.org/en/latest/boards/",
            "platform = FILL_IN", "board = FILL_IN", "framework = arduino",
        ]  # fmt: skip
    return "\n".join([*lines, "build_flags = -O2", "monitor_speed = 115200", ""])
