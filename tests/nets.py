"""Random points of the search space, for tests that hold over all of it."""

from __future__ import annotations

import random

from pnas_kit.space import Arch, Shape, ShapeError, shapes, space

SHAPES: tuple[Shape, ...] = (
    (8, 8, 1), (28, 28, 1), (32, 32, 3), (33, 47, 2), (160, 160, 3), (1, 16, 1), (1, 128, 6), (1, 315, 3), (1, 4096, 64),
)  # fmt: skip
"""The smallest, the largest and the odd inputs that the space promises to take."""


def sampled(shape: Shape, count: int, seed: int = 0, classes: int = 5, **fixed) -> list[Arch]:
    """`count` random architectures that this input can pass through; `fixed` pins parameters."""
    rng = random.Random(f"{seed}/{shape}")
    found: list[Arch] = []
    while len(found) < count:
        drawn = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(shape)}
        arch = Arch.from_params(drawn | fixed, shape, classes)
        try:
            shapes(arch.layers, shape)
        except ShapeError:
            continue
        found.append(arch)
    return found


def per_family(shape: Shape, count: int, seed: int = 0, **fixed) -> list[Arch]:
    """`count` random architectures of every family that serves this shape."""
    return [arch for family in space(shape)[0].options for arch in sampled(shape, count, seed, family=family, **fixed)]
