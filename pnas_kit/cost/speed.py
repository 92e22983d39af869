"""How fast a core runs a network with an inference engine: cycles per MAC by kind of operator."""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass

from pnas_kit.paths import DATA

from .ops import Op

KINDS = ("conv", "pointwise", "depthwise", "linear")
"""Kinds of operator that have MACs."""


@dataclass(frozen=True)
class Estimated:
    """A figure that was not measured, with how far off it may be.

    `band` is relative: 0.2 is a fifth more, or the same factor less; 1.0 is a factor of two either way.
    """

    value: float
    band: float

    @property
    def low(self) -> float:
        return self.value / (1 + self.band)

    @property
    def high(self) -> float:
        return self.value * (1 + self.band)

    def holds(self, measured: float) -> bool:
        """Whether a measured value lies within the band."""
        return self.low <= measured <= self.high


@dataclass(frozen=True)
class Speed:
    """Cycles per MAC of one core with one engine, by kind of operator (see `KINDS`).

    Attributes:
        core: as in `Board.core`.
        engine: the software that runs the network.
        cycles: per MAC. Adds, poolings and concatenations have none; the convolutions of the nets that were fitted
            carry them.
        int4: cycles of a convolution with int4 weights, relative to one with int8; 1 where it is not known.
        band: relative uncertainty of a latency that comes from it, see `Estimated`.
        how: "measured" (fitted to published latencies of this core and engine), "derived" or "assumed".
        source: where it comes from, in words.
    """

    core: str
    engine: str
    cycles: dict[str, float]
    int4: float
    band: float
    how: str
    source: str


@functools.cache
def _table() -> dict[str, dict[str, Speed]]:
    found: dict[str, dict[str, Speed]] = {}
    with open(DATA / "latency.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cycles = {kind: float(row[kind]) for kind in KINDS}
            found.setdefault(row["core"], {})[row["engine"]] = Speed(
                row["core"], row["engine"], cycles, float(row["int4"]), float(row["band"]), row["how"], row["source"]
            )
    return found


def cores() -> tuple[str, ...]:
    """Every core that a board may have, in the order of `data/latency.csv`."""
    return tuple(_table())


def speeds(core: str) -> dict[str, Speed]:
    """What is known of `core`, by engine; the first is the default.

    Raises:
        ValueError: the core is not in the table.
    """
    if core not in _table():
        raise ValueError(f"core is one of {list(cores())}, got {core!r}")
    return dict(_table()[core])


def speed(core: str, engine: str | None = None) -> Speed:
    """Cycles per MAC of `core` with `engine`, or with the core's default engine.

    Raises:
        ValueError: the core is not in the table, or nothing is known of the engine on this core.
    """
    known = speeds(core)
    if engine is None:
        return next(iter(known.values()))
    if engine not in known:
        raise ValueError(f"engine on {core} is one of {list(known)}, got {engine!r}; leave it out for the default")
    return known[engine]


def cycles(op: Op, at: Speed) -> float:
    """Processor cycles of an operator.

    Adds, pools and concatenations have no MACs and are left out: the coefficients were fitted to whole networks, so
    their share there is in the convolutions' (`docs/chip.md` says how much it is).
    """
    return op.macs * at.cycles[op.kind] * (at.int4 if op.bits == 4 else 1.0) if op.macs else 0.0


def combined(*bands: float) -> float:
    """The band of a product of figures, all of them off in the same direction at worst."""
    return math.prod(1 + band for band in bands) - 1
