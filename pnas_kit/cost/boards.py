"""The boards a network may be meant for."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass

from pnas_kit.paths import DATA

from .speed import speed

KIB = 1024
DEFAULT_SECONDS = 0.5
"""Time for one inference that a board's default limit on MACs allows."""


@dataclass(frozen=True)
class Board:
    """A target.

    Attributes:
        ram_bytes, flash_bytes: what one program may use.
        power_mw: while it computes; None where nothing is published.
        power_spread: how far published measurements lie from `power_mw`, relative as in `Estimated`; None where there
            is only one figure.
        source: of the memory, the clock and the power.
    """

    id: str
    name: str
    mcu: str
    core: str
    clock_mhz: float
    ram_bytes: int
    flash_bytes: int
    power_mw: float | None = None
    power_spread: float | None = None
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
        power_spread=float(row["power_spread"]) if row["power_spread"] else None,
        source=row["source"],
        note=row["note"],
    )
