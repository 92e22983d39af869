"""The cores that can be emulated, each with what runs it: QEMU's boards, and Unicorn's cores without a board."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .link import Memory

KIB, MIB = 1 << 10, 1 << 20
FOUR_MIB = Memory(flash_bytes=4 * MIB, ram_bytes=4 * MIB)
HARD = "-mfloat-abi=hard"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """An emulated board: QEMU's name, its core, the compiler's flags, its memory, nanoseconds a SysTick tick."""

    name: str
    core: str = ""
    flags: tuple[str, ...]
    memory: Memory = FOUR_MIB
    tick_ns: float = 40.0

    def has_room(self, flash_bytes: int, ram_bytes: int) -> bool:
        """Whether a board's memories are no larger than the emulated one's."""
        return flash_bytes <= self.memory.flash_bytes and ram_bytes <= self.memory.ram_bytes


MACHINES: dict[str, Machine] = {
    "cortex-m0": Machine(
        name="microbit", core="cortex-m0", flags=("-mcpu=cortex-m0",), tick_ns=62.5,
        memory=Memory(flash_bytes=128 * KIB, ram_bytes=16 * KIB, tests_at=128 * KIB, tests_bytes=128 * KIB),
    ),
    "cortex-m3": Machine(name="mps2-an385", core="cortex-m3", flags=("-mcpu=cortex-m3",)),
    "cortex-m4": Machine(name="mps2-an386", core="cortex-m4", flags=("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", HARD)),
    "cortex-m7": Machine(
        name="mps2-an500", core="cortex-m7", flags=("-mcpu=cortex-m7", "-mfpu=fpv5-d16", HARD),
        memory=replace(FOUR_MIB, tests_at=0x60000000),
    ),
    "cortex-m33": Machine(
        name="mps2-an505", core="cortex-m33", flags=("-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", HARD), tick_ns=50.0,
        memory=Memory(flash_bytes=4 * MIB, ram_bytes=4 * MIB, flash_at=0x10000000, ram_at=0x38000000, tests_at=0x80000000),
    ),
    "cortex-m55": Machine(
        name="mps3-an547", core="cortex-m55", flags=("-mcpu=cortex-m55", HARD), tick_ns=31.25,
        memory=Memory(
            flash_bytes=2 * MIB, ram_bytes=4 * MIB, boot_at=0, flash_at=0x11000000, ram_at=0x31000000, tests_at=0x60000000
        ),
    ),
}  # fmt: skip
"""QEMU's boards by their core."""


@dataclass(frozen=True, kw_only=True)
class Core:
    """What emulates a core.

    Attributes:
        machines: QEMU's, the best first; those after it have another core, which runs what was compiled for this one.
        unicorn: the core that Unicorn runs for it.
        zig: the name by which Zig compiles for that.
    """

    machines: tuple[Machine, ...]
    unicorn: str
    zig: str

    def machine(self, flash_bytes: int, ram_bytes: int) -> Machine:
        """The best machine that holds such a board's memories; the last, which is the largest, where none does."""
        roomy = (machine for machine in self.machines if machine.has_room(flash_bytes, ram_bytes))
        return next(roomy, self.machines[-1])


def _core(name: str) -> Core:
    return Core(machines=(MACHINES[name],), unicorn=name, zig=name.replace("-", "_"))


CORES: dict[str, Core] = {
    "cortex-m0plus": Core(
        # The instructions of an M0 are those of an M0+, but its board has 16 KiB of RAM; an M3 runs them too.
        machines=(MACHINES["cortex-m0"], replace(MACHINES["cortex-m3"], flags=("-mcpu=cortex-m0plus",))),
        unicorn="cortex-m0", zig="cortex_m0",
    ),
    "cortex-m3": _core("cortex-m3"),
    "cortex-m4": _core("cortex-m4"),
    "cortex-m7": _core("cortex-m7"),
    "cortex-m33": replace(_core("cortex-m33"), zig="cortex_m33+dsp"),  # an option of the core that boards here have
    # Unicorn has no M55; the M33 takes the same kernels.
    "cortex-m55": Core(machines=(MACHINES["cortex-m55"],), unicorn="cortex-m33", zig="cortex_m33+dsp"),
}  # fmt: skip

ALIKE = {"cortex-m0": "cortex-m0plus", "cortex-m4f": "cortex-m4", "cortex-m85": "cortex-m55"}
"""Cores of boards that are emulated as another one; compilers use the M55's part of an M85's instructions."""


def core_of(board_core: str) -> str | None:
    """The key of `CORES` for a core as boards name it, such as "cortex-m4f"; None where nothing emulates it."""
    name = ALIKE.get(board_core, board_core)
    return name if name in CORES else None


def title(core: str) -> str:
    """ "cortex-m4" as Arm writes it; other names as they are."""
    return core.replace("cortex-m", "Cortex-M").replace("plus", "+").removesuffix("f") if "cortex-" in core else core


def in_words(emulated: str, board_core: str) -> str:
    """ "Cortex-M4", or "Cortex-M3 in place of the Cortex-M0+" where the board's core is another one."""
    same = title(emulated) == title(board_core)
    return title(emulated) if same else f"{title(emulated)} in place of the {title(board_core)}"
