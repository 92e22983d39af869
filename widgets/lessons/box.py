"""Points in a unit box, cost across and score up: their front, what it dominates, the best few of it."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pnas_kit.paths import DATA
from pnas_kit.search.pareto import hypervolume, non_dominated
from pnas_kit.search.subset_2d import exact_2d

CORNER = (1.0, 1.0)
"""The corner that volumes are measured to: highest cost, lowest score (a score is turned round to be minimised)."""

MOST_CHOSEN = 8
PLAIN = {
    "x": {"title": "Cost", "low": 0, "high": 100, "log": False},
    "y": {"title": "Score", "low": 0, "high": 100, "log": False},
}
REAL = {
    "x": {"title": "Compute (M MACs)", "low": 0.01, "high": 4, "log": True},
    "y": {"title": "Accuracy (%)", "low": 50, "high": 100, "log": False},
}
"""The box that real networks are shown in: millions of multiply-accumulates against test accuracy."""


@dataclass(frozen=True)
class Look:
    """What there is to see of some points.

    Attributes:
        front: positions of the points that no other dominates, by cost; of equal points the first.
        chosen: those of them that together dominate the most.
        volume: share of the box that the front dominates.
        kept: share of that volume that the best 1, 2, ... points keep.
        alone: share of the box that only this point dominates, one a point.
        beaten: how many others dominate it, one a point.
    """

    front: list[int]
    chosen: list[int]
    volume: float
    kept: list[float]
    alone: list[float]
    beaten: list[int]


def look(points: Sequence[Sequence[float]], k: int, keep_ends: bool) -> Look:
    """The front of ``points`` (cost and score, 0 to 1) and the best ``k`` of it."""
    if not len(points):
        return Look([], [], 0.0, [], [], [])
    low = _minimised(points)
    distinct, first = np.unique(low, axis=0, return_index=True)
    front = first[non_dominated(distinct)]
    volume = hypervolume(low[front], CORNER)
    choices = [_best(low[front], n, keep_ends) for n in range(1, min(MOST_CHOSEN, len(front)) + 1)]
    volumes = [hypervolume(low[front][chosen], CORNER) for chosen in choices]
    chosen = choices[min(k, len(choices)) - 1]
    alone = np.zeros(len(low))
    alone[front] = [volume - hypervolume(np.delete(low, i, axis=0), CORNER) for i in front]
    return Look(
        front.tolist(),
        front[chosen].tolist(),
        volume,
        [value / volume if volume else 0.0 for value in volumes],
        alone.tolist(),
        [int(((low <= point).all(axis=1) & (low < point).any(axis=1)).sum()) for point in low],
    )


def _minimised(points: Sequence[Sequence[float]]) -> np.ndarray:
    cost, score = np.asarray(points, dtype=float).T
    return np.column_stack([cost, 1 - score])


def _best(front: np.ndarray, k: int, keep_ends: bool) -> list[int]:
    """Positions of the ``k`` points of a sorted front that dominate the most of the box."""
    return exact_2d(front, k, CORNER[0], keep_ends and k >= 2)


def random_points(count: int, seed: int) -> list[list[float]]:
    """Points as a search might find them: what costs more tends to score more, up to a bound that bends."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0.04, 0.96, count)
    score = (1 - np.exp(-3 * cost)) * rng.uniform(0.35, 1.0, count)
    return np.column_stack([cost, score]).round(4).tolist()


def real_points() -> list[list[float]]:
    """Networks of the rank study that were trained on the digits, as far as they lie in the box `REAL`."""
    with open(DATA / "rank_study.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["data"] == "digits" and row["seed"] == "0"]
    values = [(float(row["macs"]) / 1e6, 100 * float(row["accuracy"])) for row in rows]
    shares = [[share(REAL["x"], macs), share(REAL["y"], accuracy)] for macs, accuracy in values]
    return [point for point in shares if min(point) >= 0 and max(point) <= 1]


def share(axis: dict, value: float) -> float:
    """Where a value lies on an axis: 0 at its low end, 1 at its high end."""
    turn = math.log if axis["log"] else float
    return (turn(value) - turn(axis["low"])) / (turn(axis["high"]) - turn(axis["low"]))
