"""The Pareto front of a search and the prototypes proposed from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .candidate import Candidate
from .evaluate import Problem
from .pareto import kept, non_dominated, select


def points(candidates: Sequence[Candidate], problem: Problem) -> np.ndarray:
    """Objectives of feasible candidates, all to be minimised: float64 `(candidates, objectives)`."""
    rows = np.array([problem.values(c) for c in candidates], dtype=float).reshape(-1, len(problem.objectives))
    rows[:, len(problem.costs) :] *= -1
    return rows


def front(candidates: Sequence[Candidate], problem: Problem) -> list[Candidate]:
    """The feasible candidates that no other beats in every objective."""
    feasible = [c for c in candidates if c.feasible]
    if not feasible:
        return []
    return [c for c, keep in zip(feasible, non_dominated(points(feasible, problem)), strict=True) if keep]


def propose(candidates: Sequence[Candidate], problem: Problem, k: int) -> list[Candidate]:
    """At most `k` of the front that together keep the most of its hypervolume, in order of MACs."""
    best = front(candidates, problem)
    if not best:
        return []
    chosen = [best[i] for i in select(points(best, problem), k)]
    return sorted(chosen, key=lambda c: c.cost.macs)


def propose_curve(candidates: Sequence[Candidate], problem: Problem, most: int) -> list[float]:
    """Share of the front's hypervolume that proposals of 1, 2, .. `most` prototypes keep: what one more buys.

    Shorter than `most` where the front is smaller, empty where nothing is feasible.
    """
    best = points(front(candidates, problem), problem)
    shares: list[float] = []
    for k in range(1, most + 1):
        chosen = select(best, k) if len(best) else []
        if len(chosen) < k:
            break
        shares.append(kept(best, chosen))
    return shares
