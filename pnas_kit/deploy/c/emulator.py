"""Compiles the generated C for a Cortex-M and runs it on an emulated board, with Debian's cross compiler and QEMU."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .cores import MACHINES, Machine
from .link import (
    BARE,
    BOARD,
    STACK_BYTES,
    TEST_DATA,
    WARNINGS,
    DoesNotFit,
    EmulatorError,
    Memory,
    ToolMissing,
    explained,
    write_script,
)

__all__ = [
    "MACHINES", "STACK_BYTES", "DoesNotFit", "EmulatorError", "Image", "Machine", "Ran", "ToolMissing", "build", "find",
    "installed", "run", "sizes",
]  # fmt: skip

TOOLS = ("arm-none-eabi-gcc", "arm-none-eabi-size", "qemu-system-arm")


@dataclass(frozen=True)
class Image:
    """A linked program and its sizes in bytes: code and constants (no test vectors), initialised and other variables."""

    path: Path
    text: int
    data: int
    bss: int


@dataclass(frozen=True)
class Ran:
    """What the self-test reported: tests, differing bytes, instructions of one `nn_run` as QEMU counts them."""

    tests: int
    different: int
    instructions: int
    said: str = field(repr=False)


def find(tool: str) -> str:
    """The tool's path.

    Raises:
        ToolMissing: it is not installed; the text names the package.
    """
    path = shutil.which(tool)
    if path is None:
        package = "qemu-system-arm" if tool.startswith("qemu") else "gcc-arm-none-eabi libnewlib-arm-none-eabi"
        raise ToolMissing(f"{tool} is not installed: run `apt-get install {package}`, or take the files as they are")
    return path


def installed() -> bool:
    """Whether the cross compiler and the emulator are there."""
    return all(map(shutil.which, TOOLS))


def build(
    files: Mapping[str, str],
    folder: Path,
    machine: Machine,
    *,
    optimise: str = "-O2",
    flags: Sequence[str] = (),
    flash_bytes: int | None = None,
    ram_bytes: int | None = None,
) -> Image:
    """Compiles and links the files of `generate` (with test vectors) into `folder`.

    Args:
        flash_bytes, ram_bytes: of the board that the net is for; the link fails where it does not fit.

    Raises:
        ToolMissing: no cross compiler.
        DoesNotFit: the net is larger than the memory.
        EmulatorError: a compiler's warning or error.
    """
    compiler = find("arm-none-eabi-gcc")
    _write(files, folder)
    own = machine.memory
    memory = replace(
        own,
        flash_bytes=min(flash_bytes or own.flash_bytes, own.flash_bytes),
        ram_bytes=min(ram_bytes or own.ram_bytes, own.ram_bytes),
    )
    write_script(memory, folder / "image.ld", entry="image_reset")
    sources = [folder / "nn.c", folder / "nn_selftest.c", *sorted(BOARD.glob("*.c"))]
    # Without a C library, and so without the compiler turning memcpy's own loop into a call of memcpy.
    bare = ["-ffreestanding", "-fno-tree-loop-distribute-patterns", "-idirafter", BARE]
    arguments = [*WARNINGS, *machine.flags, "-mthumb", optimise, *bare, TEST_DATA]
    linking = ["-nostdlib", "-T", folder / "image.ld", "-Wl,--gc-sections", "-I", folder]
    path = folder / "image.elf"
    _call([compiler, *arguments, *flags, *linking, *sources, "-lgcc", "-o", path], memory)
    return Image(path, *_measure(path))


def sizes(files: Mapping[str, str], folder: Path, machine: Machine, *, optimise: str = "-O2") -> tuple[int, int, int]:
    """Bytes of code and constants, initialised variables, and other variables of the net alone, compiled, not linked.

    Raises:
        ToolMissing: no cross compiler.
        EmulatorError: a compiler's warning or error.
    """
    compiler = find("arm-none-eabi-gcc")
    _write(files, folder)
    path = folder / "nn.o"
    flags = [*WARNINGS, *machine.flags, "-mthumb", optimise, "-idirafter", BARE]
    _call([compiler, *flags, "-c", folder / "nn.c", "-o", path], machine.memory)
    return _measure(path)


def _write(files: Mapping[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _measure(path: Path) -> tuple[int, int, int]:
    said = _call([find("arm-none-eabi-size"), "-A", path], Memory(flash_bytes=0, ram_bytes=0))
    found = [(name, int(size)) for name, size in re.findall(r"^\.(\S+)\s+(\d+)", said, re.MULTILINE)]
    kinds = (("vectors", "text", "rodata", "ARM.exidx"), ("data",), ("bss",))
    text, data, bss = (sum(size for name, size in found if name.startswith(kind)) for kind in kinds)
    return text, data, bss


def run(image: Image, machine: Machine, *, seconds: float = 120.0) -> Ran:
    """Runs the image on the emulated board.

    Raises:
        ToolMissing: no emulator.
        EmulatorError: it crashed, hung, or said something else than a result.
    """
    command = [
        find("qemu-system-arm"), "-M", machine.name, "-nographic", "-monitor", "none", "-serial", "null",
        "-semihosting-config", "enable=on,target=native", "-icount", "shift=0", "-kernel", str(image.path),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise EmulatorError(f"{machine.name} did not finish in {seconds:g} s: try a smaller net or fewer tests") from None
    said = done.stdout + done.stderr
    found = {name: int(value) for name, value in re.findall(r"^(different|ticks|tests) (\d+)$", said, re.MULTILINE)}
    if set(found) != {"different", "ticks", "tests"}:
        raise EmulatorError(f"{machine.name} stopped without a result; it said: {said[-500:] or 'nothing'}")
    # With -icount shift=0 an instruction takes a nanosecond of the board's time.
    return Ran(found["tests"], found["different"], round(found["ticks"] * machine.tick_ns), said)


def _call(command: Sequence[object], memory: Memory) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise explained(done.stderr, memory)
    return done.stdout
