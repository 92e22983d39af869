"""The Pareto front of a search and the prototypes proposed from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .candidate import Candidate
from .evaluate import Problem
from .pareto import kept, non_dominated, select


def points(candidates: Sequence[Candidate], problem: Problem | None = None) -> np.ndarray:
    """Objectives of feasible candidates, all to be minimised: float64 `(candidates, objectives)`.

    Without a problem the objectives are the MACs and whatever proxies the candidates were scored by.
    """
    names = problem.proxies if problem else tuple(candidates[0].proxies) if candidates else ()
    rows = [[c.cost.macs, *(-c.proxies[name] for name in names)] for c in candidates]
    return np.array(rows, dtype=float).reshape(len(rows), 1 + len(names))


def front(candidates: Sequence[Candidate], problem: Problem | None = None) -> list[Candidate]:
    """The feasible candidates that no other beats in every objective."""
    feasible = [c for c in candidates if c.feasible]
    if not feasible:
        return []
    return [c for c, keep in zip(feasible, non_dominated(points(feasible, problem)), strict=True) if keep]


def propose(candidates: Sequence[Candidate], problem: Problem | None = None, k: int = 5) -> list[Candidate]:
    """At most `k` of the front that together keep the most of its hypervolume, in order of MACs."""
    best = front(candidates, problem)
    if not best:
        return []
    chosen = [best[i] for i in select(points(best, problem), k)]
    return sorted(chosen, key=lambda c: c.cost.macs)


def worth(candidates: Sequence[Candidate], problem: Problem | None = None, most: int = 8) -> list[float]:
    """What one more prototype buys: for k = 1..most the share of the front's hypervolume that k proposed ones keep.

    Shorter where the front has fewer distinct points; empty without a front.
    """
    best = points(front(candidates, problem), problem)
    shares: list[float] = []
    for k in range(1, most + 1):
        chosen = select(best, k) if len(best) else []
        if len(chosen) < k:
            break
        shares.append(kept(best, chosen))
    return shares
