"""Where an image's parts lie: the linker script with the board's own sizes, and what does not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pnas_kit.cost.beside import STACK_BYTES

BOARD, BARE = Path(__file__).with_name("board"), Path(__file__).with_name("bare")

BOOT_BYTES = 64
"""Of flash, for the vectors."""

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
TEST_DATA = '-DNN_TEST_DATA=__attribute__((section(".tests")))'


class EmulatorError(RuntimeError):
    """The image could not be built or run; the text says why and what to do."""


class ToolMissing(EmulatorError):
    """The compiler or the emulator is not installed."""


class DoesNotFit(EmulatorError):
    """The net is larger than the board's memory."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Addresses and sizes in bytes: the board's flash and RAM, and room outside of it for test vectors.

    `boot_at` is where the core looks for its vectors: at the start of the flash unless the emulated board wants it
    elsewhere.
    """

    flash_bytes: int
    ram_bytes: int
    flash_at: int = 0
    ram_at: int = 0x20000000
    boot_at: int | None = None
    tests_at: int = 0x21000000
    tests_bytes: int = 16 << 20


def script(memory: Memory, *, entry: str) -> str:
    """The linker script."""
    values = {
        "BOOT_AT": memory.flash_at if memory.boot_at is None else memory.boot_at, "BOOT_BYTES": BOOT_BYTES,
        "FLASH_AT": memory.flash_at + BOOT_BYTES, "FLASH_BYTES": f"{memory.flash_bytes} - {BOOT_BYTES}",
        "RAM_AT": memory.ram_at, "RAM_BYTES": memory.ram_bytes,
        "TESTS_AT": memory.tests_at, "TESTS_BYTES": memory.tests_bytes, "STACK_BYTES": STACK_BYTES, "ENTRY": entry,
    }  # fmt: skip
    text = (BOARD / "image.ld").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda match: str(values[match[1]]), text)


def write_script(memory: Memory, path: Path, *, entry: str) -> None:
    """Writes the linker script to `path`."""
    path.write_text(script(memory, entry=entry), encoding="utf-8")


def explained(said: str, memory: Memory) -> EmulatorError:
    """The compiler's or linker's complaint as an error that says what to do.

    Returns:
        `DoesNotFit` where a memory is too small: which, and by how many bytes.
    """
    pattern = r"region [`'](\w+)'(?: overflowed by|: overflowed by) (\d+) bytes"
    over: dict[str, int] = {}
    for name, count in re.findall(pattern, said):
        over[name] = max(over.get(name, 0), int(count))
    words = []
    if "flash" in over:
        words.append(f"{over['flash']:,} bytes too many for the board's {memory.flash_bytes:,} bytes of flash")
    if "ram" in over:
        words.append(
            f"{over['ram']:,} bytes too many for the board's {memory.ram_bytes:,} bytes of RAM (which include "
            f"{STACK_BYTES:,} for the stack)"
        )
    if words:
        return DoesNotFit(f"the net does not fit the board: {' and '.join(words)}; choose a smaller net or a larger board")
    if "tests" in over:
        return EmulatorError(f"the test inputs take {over['tests']:,} bytes too many: test with fewer inputs")
    if re.search(r"(?i)no ?space ?left", said):  # gcc's words, and the name of Zig's error
        return EmulatorError("the disk is full: free some space, then run it again")
    return EmulatorError(f"the C did not compile: {said.strip()[-800:]}")
