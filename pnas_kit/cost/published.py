"""Latencies, energies and instruction counts that others published, as read from `data/`."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from pnas_kit.paths import DATA

from .ops import trace
from .reference_nets import reference_nets
from .speed import KINDS

TINY = ("kws", "vww", "ic", "ad")
"""The nets of MLPerf Tiny."""


@dataclass(frozen=True)
class Run:
    """One network on one system.

    Attributes:
        system: board as the submitter calls it; `board` is its id in `data/boards.csv`, "" if it is not there.
        engine: the engine's name in `data/latency.csv`; `version` is what the submitter states.
        net: id of a reference net.
        fitted: whether the latency model was calibrated on it; None for runs that are not compared either.
        ms, uj: median latency, energy (None where not published).
    """

    system: str
    board: str
    core: str
    clock_mhz: float
    engine: str
    version: str
    net: str
    ms: float
    uj: float | None
    fitted: bool | None
    source: str
    note: str

    @property
    def cycles(self) -> float:
        return self.ms * self.clock_mhz * 1000


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv`."""
    with open(DATA / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@functools.cache
def runs() -> tuple[Run, ...]:
    """Every published run: MLPerf Tiny's medians first, then the others."""
    found = [run for row in rows("mlperf_tiny") for run in _submission(row)]
    for row in rows("published"):
        found.append(
            Run(
                row["system"], "", row["core"], float(row["clock_mhz"]), row["engine"], row["version"], row["net"],
                float(row["ms"]), None, row["fit"] == "yes", row["source"], row["note"],
            )
        )  # fmt: skip
    return tuple(found)


def _submission(row: Mapping[str, str]) -> list[Run]:
    return [
        Run(
            row["system"], row["board"], row["core"], float(row["clock_mhz"]), row["engine"], row["version"], net,
            float(row[f"{net}_ms"]), float(row[f"{net}_uj"]) if row[f"{net}_uj"] else None,
            None if row["fit"] == "-" else net in row["fit"].split(),
            f"MLPerf Tiny {row['round']} ({row['submitter']})", row["note"],
        )
        for net in TINY
        if row[f"{net}_ms"]
    ]  # fmt: skip


@functools.cache
def macs(net: str) -> dict[str, int]:
    """MACs of a reference net by kind of operator."""
    reference = reference_nets()[net]
    ops = trace(reference.layers, reference.input_shape)
    return {kind: sum(op.macs for op in ops if op.kind == kind) for kind in KINDS}
