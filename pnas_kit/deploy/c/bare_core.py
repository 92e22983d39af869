"""Runs an image on Unicorn's Cortex-M, which is QEMU's core without a board: Python puts the inputs into its RAM."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .link import STACK_BYTES, EmulatorError, ToolMissing
from .zig import FlashImage

PAGE = 4096
RETURN_AT = 0x1F000000  # a page of its own, of code: a function that returns here has ended
UNUSED = 0xA5  # what the stack is filled with, to see how much of it was used

CPUS: dict[str, tuple[str, str]] = {
    "cortex-m0": ("cortex_m0", "UC_CPU_ARM_CORTEX_M0"),
    "cortex-m3": ("cortex_m3", "UC_CPU_ARM_CORTEX_M3"),
    "cortex-m4": ("cortex_m4", "UC_CPU_ARM_CORTEX_M4"),
    "cortex-m7": ("cortex_m7", "UC_CPU_ARM_CORTEX_M7"),
    "cortex-m33": ("cortex_m33+dsp", "UC_CPU_ARM_CORTEX_M33"),  # as on the boards of this list; the extension is optional
}
"""By core: Zig's name and Unicorn's."""


def installed() -> bool:
    """Whether the unicorn package is there."""
    return importlib.util.find_spec("unicorn") is not None


class Core:
    """One emulated core with the image in its flash."""

    def __init__(self, image: FlashImage, core: str) -> None:
        """Maps the board's flash and RAM, and puts the image into the flash.

        Args:
            core: a key of `CPUS`, the one that the image was compiled for.

        Raises:
            ToolMissing: no unicorn package.
        """
        if not installed():
            raise ToolMissing("the unicorn package is not installed: run `pip install unicorn`")
        import unicorn
        from unicorn import arm_const

        self._unicorn, self._registers, self._image = unicorn, arm_const, image
        self._core = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        self._core.ctl_set_cpu_model(getattr(arm_const, CPUS[core][1]))
        memory = image.memory
        self._core.mem_map(
            memory.flash_at, -(-memory.flash_bytes // PAGE) * PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC
        )
        self._core.mem_map(memory.ram_at, -(-memory.ram_bytes // PAGE) * PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        self._core.mem_map(RETURN_AT, PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        self._core.mem_write(memory.flash_at, image.flash)
        # The stack is right above the variables and no larger than what the linker keeps free for it.
        self._stack = image.bss_end + STACK_BYTES
        self._core.mem_write(image.bss_end, bytes([UNUSED]) * STACK_BYTES)

    def call(self, function: int, seconds: float = 120.0, argument: int = 0) -> int:
        """Calls a function of at most one argument; its result, or what it left in that register.

        Raises:
            EmulatorError: it crashed, hung, or used more stack than there is.
        """
        core, registers = self._core, self._registers
        core.reg_write(registers.UC_ARM_REG_SP, self._stack)
        core.reg_write(registers.UC_ARM_REG_LR, RETURN_AT | 1)
        core.reg_write(registers.UC_ARM_REG_R0, argument)
        try:
            core.emu_start(function | 1, RETURN_AT, timeout=int(seconds * 1e6))
        except self._unicorn.UcError as error:
            at = core.reg_read(registers.UC_ARM_REG_PC)
            raise EmulatorError(f"the emulated core stopped at {at:#x}: {error}; please report this net") from None
        if core.reg_read(registers.UC_ARM_REG_PC) & ~1 != RETURN_AT:
            raise EmulatorError(f"the emulated core did not finish in {seconds:g} s: try a smaller net")
        if core.mem_read(self._image.bss_end, 4) != bytes([UNUSED]) * 4:
            raise EmulatorError(f"the net used all {STACK_BYTES} bytes of stack; please report it")
        return core.reg_read(registers.UC_ARM_REG_R0)

    def counted(self, function: int) -> int:
        """Calls a function and counts the instructions; about ten times slower."""
        sizes: dict[tuple[int, int], int] = {}
        runs: dict[tuple[int, int], int] = {}

        def see(core: Any, address: int, size: int, _: object) -> None:
            runs[address, size] = runs.get((address, size), 0) + 1

        hook = self._core.hook_add(self._unicorn.UC_HOOK_BLOCK, see)
        self._core.ctl_flush_tb()
        self.call(function)
        self._core.hook_del(hook)
        self._core.ctl_flush_tb()
        for address, size in runs:
            sizes[address, size] = _instructions(bytes(self._core.mem_read(address, size)))
        return sum(count * sizes[block] for block, count in runs.items())

    def outputs(self, x: np.ndarray, sizes: Sequence[int], progress: Callable[[float], None]) -> tuple[np.ndarray, int]:
        """int8 `(len(x), sum(sizes))` for int8 inputs and outputs of `sizes` bytes, and the instructions of one `nn_run`."""
        self.call(self._image.init)
        source = self.call(self._image.entry)
        targets = [(self.call(self._image.output, argument=number), size) for number, size in enumerate(sizes)]
        found, instructions = np.empty((len(x), sum(sizes)), np.int8), 0
        for number, sample in enumerate(x):
            self._core.mem_write(source, np.ascontiguousarray(sample).tobytes())
            if number:
                self.call(self._image.run)
            else:
                instructions = self.counted(self._image.run)
            found[number] = np.frombuffer(b"".join(bytes(self._core.mem_read(at, size)) for at, size in targets), np.int8)
            progress((number + 1) / len(x))
        return found, instructions


def _instructions(code: bytes) -> int:
    """Thumb instructions in a stretch of code: those that start with 0b11101 or more have two halfwords."""
    count = at = 0
    while at < len(code):
        at += 4 if code[at + 1] >> 3 >= 0b11101 else 2
        count += 1
    return count
