"""Compiles the generated C with the Zig package's Clang and linker: no tools but Python packages."""

from __future__ import annotations

import importlib.util
import os
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .link import BARE, BOARD, WARNINGS, EmulatorError, Memory, ToolMissing, explained, write_script

TABLE = struct.Struct("<6I")  # as in bare/table.c
BARE_CORE = ("-target", "thumb-freestanding-eabi", "-ffreestanding", "-fno-builtin", "-fno-unwind-tables")
COMPILING = (*BARE_CORE, "-fno-asynchronous-unwind-tables", "-fno-sanitize=undefined", "-ffunction-sections")


@dataclass(frozen=True)
class FlashImage:
    """What lies in the board's flash, and where its functions and its variables are.

    Attributes:
        flash: code and constants, from `memory.flash_at` on.
        init, entry, run, output: addresses of the four functions of `nn.h`, `entry` that of `nn_input`.
        bss, bss_end: addresses of the variables.
    """

    flash: bytes
    memory: Memory
    init: int
    entry: int
    run: int
    output: int
    bss: int
    bss_end: int


def installed() -> bool:
    """Whether the ziglang package is there."""
    return importlib.util.find_spec("ziglang") is not None


def build(
    files: Mapping[str, str],
    folder: Path,
    cpu: str,
    memory: Memory,
    *,
    optimise: str = "-O2",
    flags: Sequence[str] = (),
) -> FlashImage:
    """Compiles and links the files of `generate` into `folder`.

    Args:
        cpu: Zig's name of the core, such as "cortex_m4".
        memory: of the board; the link fails where the net does not fit.

    Raises:
        ToolMissing: no ziglang package.
        DoesNotFit: the net is larger than the memory.
        EmulatorError: a compiler's warning or error.
    """
    if not installed():
        raise ToolMissing("the ziglang package is not installed: run `pip install ziglang`")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_script(memory, folder / "image.ld", entry="image_entry")
    sources = [folder / "nn.c", BOARD / "memory.c", BARE / "table.c"]
    if cpu in ("cortex_m0", "cortex_m0plus"):
        sources.append(BARE / "arithmetic.c")
    objects = [folder / f"{source.stem}.o" for source in sources]
    shared = ["cc", *COMPILING, *WARNINGS, f"-mcpu={cpu}", optimise, *flags, "-I", folder, "-idirafter", BARE]
    for source, result in zip(sources, objects, strict=True):
        _zig([*shared, "-c", source, "-o", result], folder, memory)
    path = folder / "image.elf"
    _zig(["ld.lld", "--gc-sections", "-T", folder / "image.ld", *objects, "-o", path], folder, memory)
    flash = _flash(path.read_bytes(), memory.flash_at)
    return FlashImage(flash, memory, *TABLE.unpack_from(flash))


def _flash(elf: bytes, start: int) -> bytes:
    """What a 32-bit ELF file puts into memory, from address `start` on (System V ABI, program headers)."""
    (headers,), (size, count) = struct.unpack_from("<I", elf, 28), struct.unpack_from("<HH", elf, 42)
    image = bytearray()
    for number in range(count):
        kind, offset, _, address, length = struct.unpack_from("<5I", elf, headers + number * size)
        if kind == 1 and length:
            image.extend(bytes(max(0, address - start + length - len(image))))
            image[address - start : address - start + length] = elf[offset : offset + length]
    return bytes(image)


def _zig(arguments: Sequence[object], folder: Path, memory: Memory) -> None:
    command = [sys.executable, "-m", "ziglang", *map(str, arguments)]
    caches = {name: str(folder / "zig") for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **caches})
    if done.returncode:
        raise explained(done.stderr, memory)
    if done.stderr.strip():
        raise EmulatorError(f"the compiler complained: {done.stderr.strip()[-800:]}")
