"""Which emulated board runs the self-test in place of the user's, and what is different about it."""

from __future__ import annotations

from dataclasses import dataclass

from .c.emulator import MACHINES, Machine


@dataclass(frozen=True)
class StandIn:
    """An emulated board for a core: the machine, the compiler's flags, and in words what is not as on the real one."""

    machine: Machine
    flags: tuple[str, ...]
    words: str


def stand_in(core: str) -> StandIn:
    """For a core as boards name it, such as "cortex-m4f"; any core has one."""
    name = core.removesuffix("f")
    if name == "cortex-m0plus":
        # An M3 runs every instruction of an M0+; QEMU's own M0 board has 16 KiB of RAM.
        words = "Compiled for the Cortex-M0+ and run on an emulated Cortex-M3, which has the same instructions and more."
        return StandIn(MACHINES["cortex-m3"], ("-mcpu=cortex-m0plus",), words)
    if name in ("cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"):
        machine = MACHINES[name]
        return StandIn(machine, machine.flags, f"The emulated board has the core of this one, {name.title()}.")
    stands = "cortex-m7" if name.startswith("cortex") else "cortex-m4"
    words = f"No emulated board has a core like {core} and enough memory: a {stands.title()} runs the same C in its place."
    return StandIn(MACHINES[stands], MACHINES[stands].flags, words)
