"""The hypervolume of a search while it grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pnas_kit.search.candidate import Candidate
from pnas_kit.search.evaluate import Problem
from pnas_kit.search.front import points
from pnas_kit.search.pareto import hypervolume, non_dominated

SETTLED = 50
"""Candidates that set the scale. It changes with each of them and then never again, so that a curve that was seen stays."""

REFERENCE = 1.1
"""Corner of the scaled objectives, as in the subset selection."""


class Volume:
    """Hypervolume after each feasible candidate, as a share of the box from the best to the reference.

    All objectives of the search, each scaled over the first `SETTLED` candidates that fit. What is worse than the reference
    in any of them adds nothing; what is better than all that set the scale may lift the share above 1.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.history: list[tuple[int, float]] = []
        self._first: list[np.ndarray] = []
        self._low = self._span = np.zeros(0)
        self._front = np.zeros((0, 0))

    def __len__(self) -> int:
        return len(self.history)

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Go on with more feasible candidates."""
        new = points(candidates, self._problem)
        self.history += [(candidate.number, 0.0) for candidate in candidates]
        room = SETTLED - len(self._first)
        if room > 0 and len(new):
            self._first += list(new[:room])
            self._rescale()
        start = len(self.history) - len(new)
        for index in range(max(0, room), len(new)):
            self._grow(start + index, new[index])

    def _rescale(self) -> None:
        """Count anew what is there, on the scale of all of it."""
        found = np.array(self._first)
        self._low, high = found.min(axis=0), found.max(axis=0)
        self._span = np.where(high > self._low, high - self._low, 1.0)
        self._front = np.zeros((0, found.shape[1]))
        for index, point in enumerate(found):
            self._grow(index, point)

    def _grow(self, index: int, point: np.ndarray) -> None:
        scaled = (point - self._low) / self._span
        before = self.history[index - 1][1] if index else 0.0
        gained = gain(scaled, self._front, REFERENCE) / REFERENCE ** len(point)
        if gained > 0:
            self._front = np.concatenate([self._front[~(scaled <= self._front).all(axis=1)], [scaled]])
        self.history[index] = (self.history[index][0], before + gained)


def gain(point: np.ndarray, front: np.ndarray, reference: float) -> float:
    """Volume that a point adds to a front: the box it dominates, less what of that box the front dominates already.

    While, Bradstreet, Barone, "A fast way of calculating exact hypervolumes", IEEE Trans. Evol. Comp. 16 (2012). At 1,000
    points of a 5-D front 2 ms on average, where all of it takes half a second.

    Args:
        point: float ``(d,)``, minimised.
        front: float ``(n, d)``, no point of which dominates another.
        reference: of every objective.
    """
    if (point >= reference).any() or (front <= point).all(axis=1).any():
        return 0.0
    inside = np.unique(np.maximum(front, point), axis=0)
    inside = inside[(inside < reference).all(axis=1)]
    taken = hypervolume(inside[non_dominated(inside)], np.full(len(point), reference)) if len(inside) else 0.0
    return float(np.prod(reference - point) - taken)
