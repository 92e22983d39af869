"""The boards a network may be meant for, and how fast their cores run one."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass

from pnas_kit.paths import DATA

KIB = 1024
DEFAULT_SECONDS = 0.5
"""Time for one inference that a board's default limit on MACs allows."""


@dataclass(frozen=True)
class Board:
    """A target. Memory is what one program may use; `power_mw` is None where nothing is published."""

    id: str
    name: str
    mcu: str
    core: str
    clock_mhz: float
    ram_bytes: int
    flash_bytes: int
    power_mw: float | None = None
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("clock_mhz", "ram_bytes", "flash_bytes"):
            if not getattr(self, name) > 0:
                raise ValueError(f"a board's {name} is above 0, got {getattr(self, name)}")
        speed(self.core)

    @property
    def default_macs(self) -> int:
        """MACs of a pointwise network that runs in `DEFAULT_SECONDS`, to two digits."""
        macs = DEFAULT_SECONDS * self.clock_mhz * 1e6 / speed(self.core).cycles["pointwise"]
        digits = 10 ** (len(str(int(macs))) - 2)
        return max(100_000, int(macs / digits) * digits)


@dataclass(frozen=True)
class Speed:
    """Cycles per MAC of one core, by kind of operator.

    `band` is the relative uncertainty of a latency that comes from it: 0.2 is 20 % either way, 1.0 a factor of two.
    """

    core: str
    engine: str
    cycles: dict[str, float]
    band: float
    source: str


@functools.cache
def speeds() -> dict[str, Speed]:
    """Every core that a board may have, from `data/latency.csv`."""
    kinds = ("conv", "pointwise", "depthwise", "linear")
    with open(DATA / "latency.csv", newline="", encoding="utf-8") as file:
        return {
            row["core"]: Speed(
                row["core"], row["engine"], {k: float(row[k]) for k in kinds}, float(row["band"]), row["source"]
            )
            for row in csv.DictReader(file)
        }


def speed(core: str) -> Speed:
    """Cycles per MAC of `core`; raises ValueError for one that is not in the table."""
    if core not in speeds():
        raise ValueError(f"core is one of {sorted(speeds())}, got {core!r}")
    return speeds()[core]


@functools.cache
def boards() -> dict[str, Board]:
    """The boards of `data/boards.csv` by id, in the order of the file."""
    with open(DATA / "boards.csv", newline="", encoding="utf-8") as file:
        return {row["id"]: _board(row) for row in csv.DictReader(file)}


def _board(row: dict[str, str]) -> Board:
    return Board(
        id=row["id"],
        name=row["name"],
        mcu=row["mcu"],
        core=row["core"],
        clock_mhz=float(row["clock_mhz"]),
        ram_bytes=int(row["ram_kib"]) * KIB,
        flash_bytes=int(row["flash_kib"]) * KIB,
        power_mw=float(row["power_mw"]) if row["power_mw"] else None,
        source=row["source"],
        note=row["note"],
    )
