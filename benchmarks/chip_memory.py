"""Predicted against real memory on random nets of every family, input shape, precision and head.

`python benchmarks/chip_memory.py [--nets 216] [--images 24]`: the feature-map arena and the persistent part as TensorFlow
Lite Micro allocates them, the size of the `.tflite`, and for `--images` of the nets the generated C as
arm-none-eabi-size counts it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pnas_kit.cost import arena_bytes, trace
from pnas_kit.cost.cimage import c_flash_bytes
from pnas_kit.cost.flash import tflite_bytes
from pnas_kit.cost.tail import host_tail_bytes
from pnas_kit.deploy import QuantModel, arena, quantise, with_softmax, write_tflite
from pnas_kit.space import Arch, Shape, ShapeError, outputs, space
from pnas_kit.space.net import build

SHAPES: tuple[Shape, ...] = (
    (8, 8, 1), (28, 28, 1), (32, 32, 3), (33, 47, 2), (64, 64, 3), (96, 96, 3), (1, 64, 1), (1, 128, 6), (1, 500, 12),
)  # fmt: skip
MOST_MACS = 40e6


def drawn(count: int, seed: int = 0) -> Iterator[Arch]:
    """Random architectures, families and shapes in turn; a third with int4 groups, half of the image nets detectors."""
    rng = random.Random(seed)
    kinds = [(shape, family) for shape in SHAPES for family in space(shape)[0].options]
    for number in range(count):
        shape, family = kinds[number % len(kinds)]
        bits = tuple(rng.choice((4, 8)) for _ in range(4)) if (number + number // len(kinds)) % 3 == 2 else (8,) * 4
        head = "detector" if shape[0] > 1 and number // len(kinds) % 2 else "classifier"
        yield _one(rng, shape, family, bits, head)


def _one(rng: random.Random, shape: Shape, family: str, bits: tuple[int, ...], head: str) -> Arch:
    while True:
        params = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(shape)}
        plain = Arch.from_params(params | {"family": family}, shape, rng.randint(2, 12))
        arch = replace(plain, bits=bits, head=head)
        try:
            if sum(op.macs for op in trace(arch.pruned, shape)) < MOST_MACS:
                return arch
        except ShapeError:
            continue


def quantised(arch: Arch, seed: int) -> QuantModel:
    """The architecture with random weights, as integers; every fourth has a softmax over its class scores."""
    net, x = build(arch.pruned, arch.input_shape, seed), np.random.default_rng(seed).normal(size=(4, *arch.input_shape))
    # Batch norms see the samples, as in training: else maps grow from layer to layer and scales leave their usual range.
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        net.train()(torch.from_numpy(x.astype(np.float32)).permute(0, 3, 1, 2))
    model = quantise(net.eval(), x.astype(np.float32))
    return model if seed % 4 else with_softmax(model, next(n for n in outputs(model.layers) if n.endswith("classes")))


def errors(arch: Arch, seed: int) -> tuple[int, float, float]:
    """Bytes that the arena is off, and the relative errors of the persistent part and of the file's size."""
    net = quantised(arch, seed)
    model, layers = write_tflite(net), net.layers
    real = arena(model)
    return (
        arena_bytes(trace(layers, arch.input_shape), arch.input_shape) - real.head_bytes,
        host_tail_bytes(layers) / real.tail_bytes - 1,
        tflite_bytes(layers, arch.input_shape) / len(model) - 1,
    )


def image_error(arch: Arch, seed: int) -> float:
    """Relative error of the predicted flash of the generated C for a Cortex-M4."""
    from pnas_kit.deploy.c import generate
    from pnas_kit.deploy.c.emulator import MACHINES, sizes

    model = quantised(arch, seed)
    with tempfile.TemporaryDirectory() as folder:
        code, _, _ = sizes(generate(model), Path(folder), MACHINES["cortex-m4"])
    return c_flash_bytes(model.layers, arch.input_shape) / code - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", type=int, default=216)
    parser.add_argument("--images", type=int, default=24)
    arguments = parser.parse_args()
    archs = list(drawn(arguments.nets))
    found = np.array([errors(arch, number) for number, arch in enumerate(archs)])
    print(
        f"{len(archs)} nets, {sum(4 in a.bits for a in archs)} of them with int4 groups, "
        f"{sum(a.head == 'detector' for a in archs)} detectors, {len(archs[::4])} with a softmax"
    )
    print(f"arena: {int((found[:, 0] == 0).sum())} exact, largest error {int(abs(found[:, 0]).max())} bytes")
    for name, column in (("persistent part on this host", 1), ("size of the .tflite", 2)):
        print(f"{name}: largest error {100 * abs(found[:, column]).max():.3f} %")
    if shutil.which("arm-none-eabi-gcc"):
        step = max(1, len(archs) // arguments.images)
        off = [image_error(archs[number], number) for number in range(0, len(archs), step)]
        print(f"C image on a Cortex-M4, {len(off)} nets: median {100 * np.median(np.abs(off)):.2f} %, "
              f"largest error {100 * max(map(abs, off)):.2f} %")  # fmt: skip
    else:
        print("C image: arm-none-eabi-gcc is not installed")


if __name__ == "__main__":
    main()
