# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
"""A program of its own that runs an image on Unicorn's Cortex-M: QEMU's core without a board.

Unicorn is under the GPL, version 2; so nothing of this project is loaded beside it, and this file may be taken under
either licence. `bare_core.py` starts it and talks to it through pipes alone. In: one line of JSON (`Job`'s fields), the
flash, the inputs. Out: one line of JSON for each input, `{"output": hex, "instructions": of the first run}`, or one
with `{"error": words}`.
"""

import json
import sys

PAGE = 4096
RETURN_AT = 0x1F000000  # a page of its own, of code: a function that returns here has ended
UNUSED = 0xA5  # what the stack is filled with, to see whether all of it was used


class Failed(Exception):
    """The core crashed, hung, or used more stack than there is."""


class Core:
    """One emulated core with the image in its flash."""

    def __init__(self, job, flash):
        import unicorn
        from unicorn import arm_const

        self.unicorn, self.registers, self.job = unicorn, arm_const, job
        code, data = unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE
        self.core = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        self.core.ctl_set_cpu_model(getattr(arm_const, job["cpu"]))
        self.core.mem_map(job["flash_at"], whole_pages(job["flash_bytes"]), code)
        self.core.mem_map(job["ram_at"], whole_pages(job["ram_bytes"]), data)
        self.core.mem_map(RETURN_AT, PAGE, code)
        self.core.mem_write(job["flash_at"], flash)
        # The stack is right above the variables and no larger than what the linker keeps free for it.
        self.core.mem_write(job["bss_end"], bytes([UNUSED]) * job["stack_bytes"])

    def call(self, function, argument=0):
        """Calls a function of at most one argument; what it left in the register of results."""
        core, registers, job = self.core, self.registers, self.job
        core.reg_write(registers.UC_ARM_REG_SP, job["bss_end"] + job["stack_bytes"])
        core.reg_write(registers.UC_ARM_REG_LR, RETURN_AT | 1)
        core.reg_write(registers.UC_ARM_REG_R0, argument)
        try:
            core.emu_start(function | 1, RETURN_AT, timeout=int(job["seconds"] * 1e6))
        except self.unicorn.UcError as error:
            at = core.reg_read(registers.UC_ARM_REG_PC)
            raise Failed(f"the emulated core stopped at {at:#x}: {error}; please report this net") from None
        if core.reg_read(registers.UC_ARM_REG_PC) & ~1 != RETURN_AT:
            raise Failed(f"the emulated core did not finish in {job['seconds']:g} s: try a smaller net")
        if core.mem_read(job["bss_end"], 4) != bytes([UNUSED]) * 4:
            raise Failed(f"the net used all {job['stack_bytes']} bytes of stack; please report it")
        return core.reg_read(registers.UC_ARM_REG_R0)

    def counted(self, function):
        """Calls a function and counts the instructions; about ten times slower."""
        runs = {}

        def see(core, address, size, _):
            runs[address, size] = runs.get((address, size), 0) + 1

        hook = self.core.hook_add(self.unicorn.UC_HOOK_BLOCK, see)
        self.core.ctl_flush_tb()
        self.call(function)
        self.core.hook_del(hook)
        self.core.ctl_flush_tb()
        return sum(count * instructions(bytes(self.core.mem_read(*block))) for block, count in runs.items())


def whole_pages(size):
    return -(-size // PAGE) * PAGE


def instructions(code):
    """Thumb instructions in a stretch of code: those that start with 0b11101 or more have two halfwords."""
    count = at = 0
    while at < len(code):
        at += 4 if code[at + 1] >> 3 >= 0b11101 else 2
        count += 1
    return count


def answers(job, flash, inputs):
    """What is said of each input."""
    core, size = Core(job, flash), job["input_bytes"]
    core.call(job["init"])
    source = core.call(job["entry"])
    targets = [(core.call(job["output"], number), length) for number, length in enumerate(job["output_sizes"])]
    for start in range(0, len(inputs), size):
        core.core.mem_write(source, inputs[start : start + size])
        said = {}
        if start:
            core.call(job["run"])
        else:
            said["instructions"] = core.counted(job["run"])
        yield said | {"output": "".join(bytes(core.core.mem_read(*target)).hex() for target in targets)}


def main():
    job = json.loads(sys.stdin.buffer.readline())
    flash = sys.stdin.buffer.read(job["image_bytes"])
    inputs = sys.stdin.buffer.read()
    try:
        for answer in answers(job, flash, inputs):
            print(json.dumps(answer), flush=True)
    except Failed as failed:
        print(json.dumps({"error": str(failed)}), flush=True)


if __name__ == "__main__":
    main()
