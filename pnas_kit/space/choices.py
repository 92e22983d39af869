"""The search space: fourteen parameters that every family shares (PrototypeNAS, arXiv 2603.15106, table 1).

This one table feeds the sampler, counts the space, makes the nets of the fuzz tests and draws the sliders of the lessons.
The parameters carry the same names for every family on purpose: an evolutionary sampler recombines only what two trials
share.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GROUPS = 4
WIDTH_LEVELS = 10
"""Granularity at which the continuous parameters are counted by `count`; the sampler draws them continuously."""


@dataclass(frozen=True)
class Choice:
    """One parameter: either `options` (categorical) or a continuous range from `low` to `high`."""

    name: str
    meaning: str
    options: tuple[str | int, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def continuous(self) -> bool:
        return not self.options

    def check(self, value: str | int | float) -> None:
        """Raise ValueError when `value` is outside this choice."""
        inside = self.low <= float(value) <= self.high if self.continuous else value in self.options
        if not inside:
            expected = f"{self.low} to {self.high}" if self.continuous else f"one of {list(self.options)}"
            raise ValueError(f"{self.name} is {expected}, got {value!r}")


KERNEL_STRIDES = tuple(f"k{kernel}s{stride}" for kernel in (3, 5, 7) for stride in (2, 1))


def choices(families: tuple[str, ...]) -> tuple[Choice, ...]:
    """The fourteen parameters of a task whose nets come from `families`."""
    groups = range(GROUPS)
    return (
        Choice("family", "the superblock that is repeated", families),
        *(Choice(f"depth_{g}", f"superblocks of group {g}, less one", (0, 1, 2, 3)) for g in groups),
        *(Choice(f"kernel_stride_{g}", f"kernel and stride of group {g}", KERNEL_STRIDES) for g in groups),
        Choice("width", "scale of every convolution's channels", low=0.1, high=1.0),
        *(Choice(f"sparsity_{g}", f"share of group {g}'s channels pruned", low=0.1, high=0.9) for g in groups),
    )


def count(table: tuple[Choice, ...]) -> int:
    """Number of different networks, with ten steps for each continuous parameter."""
    return math.prod(WIDTH_LEVELS if choice.continuous else len(choice.options) for choice in table)
