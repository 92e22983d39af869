"""The generated C on every emulated core, with QEMU and with Unicorn: `python benchmarks/chip_emulators.py [--tests 24]`.

Two nets drawn at random, one for images and one for series, with random weights; every output byte is compared with TFLite's
reference kernels. Seconds are this computer's, for all inputs, with compiling. Instructions are of one inference; QEMU runs
what gcc made and Unicorn what Clang made. `--markdown` prints the table of docs/chip.md.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from chip_memory import quantised

from pnas_kit.cost import trace
from pnas_kit.cost.cimage import c_flash_bytes, c_ram_bytes
from pnas_kit.deploy import QuantModel
from pnas_kit.deploy.c.cores import CORES
from pnas_kit.deploy.c.link import STACK_BYTES
from pnas_kit.deploy.emulate import Emulated, emulate
from pnas_kit.space import Arch, Shape, ShapeError, space

SHAPES: tuple[Shape, ...] = ((16, 16, 1), (1, 128, 3))
KIB = 1024
SMALL, LARGE = (16 * KIB, 112 * KIB), (256 * KIB, 1024 * KIB)
"""RAM and flash. Only the smaller fits into QEMU's own M0 board; the larger runs on another core there."""
MACS = (200_000, 1_000_000)


@dataclass(frozen=True)
class Bench:
    """What `emulate` asks of a board; a `Board` would have to have a core whose speed is known."""

    name: str
    core: str
    ram_bytes: int
    flash_bytes: int


def drawn(shape: Shape, seed: int = 0) -> Arch:
    """A random architecture that the smaller memory holds, and neither trivial nor slow."""
    rng = random.Random(f"{seed}/{shape}")
    while True:
        params = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(shape)}
        arch = Arch.from_params(params, shape, 10)
        try:
            macs = sum(op.macs for op in trace(arch.pruned, shape))
        except ShapeError:
            continue
        room = c_ram_bytes(arch.pruned, shape) + STACK_BYTES <= SMALL[0] and c_flash_bytes(arch.pruned, shape) < SMALL[1]
        if room and MACS[0] < macs < MACS[1]:
            return arch


def runs(model: QuantModel, tests: int, cores: list[str]) -> Iterator[tuple[str, Emulated]]:
    """Every core both ways, one after the other."""
    x = np.random.default_rng(tests).integers(-128, 128, (tests, *model.input_shape), dtype=np.int8)
    for core in cores:
        memories = (SMALL, LARGE) if len(CORES[core].machines) > 1 else (LARGE,)
        for ram, flash in memories:
            board = Bench("the benchmark", core, ram, flash)
            for how in ("qemu", "unicorn") if (ram, flash) == memories[-1] else ("qemu",):
                yield core, emulate(model, x, board, how=how)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=24, help="inputs")
    parser.add_argument("--cores", nargs="+", choices=CORES, default=list(CORES))
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    wrong = 0
    print_row(("core", "emulated by", "bytes that differ", "instructions", "seconds"), arguments.markdown, head=True)
    for shape in SHAPES:
        arch = drawn(shape)
        macs = sum(op.macs for op in trace(arch.pruned, shape))
        print_row((f"{arch.words}, {'x'.join(map(str, shape))}, {macs:,} MACs", "", "", "", ""), arguments.markdown)
        for core, found in runs(quantised(arch, 0), arguments.tests, arguments.cores):
            wrong += found.different
            compared = f"{found.different} of {found.tests * 10}"
            by = found.machine.split(", with")[0]
            print_row((core, by, compared, f"{found.instructions:,}", f"{found.seconds:.1f}"), arguments.markdown)
    if wrong:
        raise SystemExit(f"{wrong} bytes differ")


def print_row(cells: tuple[str, ...], markdown: bool, head: bool = False) -> None:
    if markdown:
        print("|", " | ".join(cells), "|" + ("\n" + "|---" * len(cells) + "|" if head else ""))
    else:
        print(
            "  ".join(f"{cell:{width}}" for cell, width in zip(cells, (14, 58, 18, 14, 7), strict=True)).rstrip(), flush=True
        )


if __name__ == "__main__":
    main()
