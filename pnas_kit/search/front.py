"""The Pareto front of a search and the prototypes proposed from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .candidate import Candidate
from .evaluate import Problem
from .pareto import curve, non_dominated, select


def points(candidates: Sequence[Candidate], problem: Problem, objectives: Sequence[str] | None = None) -> np.ndarray:
    """Objectives of feasible candidates, all to be minimised: float64 `(candidates, objectives)`.

    Args:
        objectives: names, of the problem's objectives, "macs" and "score"; None takes the problem's.

    Raises:
        ValueError: an objective is none of these.
    """
    names = tuple(problem.objectives if objectives is None else objectives)
    known = {*problem.objectives, "macs", "score"}
    if not names or not set(names) <= known:
        raise ValueError(f"expected objectives among {sorted(known)}, got {names}")
    columns = [_column(candidates, problem, name) for name in names]
    return np.array(columns, dtype=float).reshape(len(names), len(candidates)).T


def _column(candidates: Sequence[Candidate], problem: Problem, name: str) -> np.ndarray:
    if name == "score":
        return np.array([np.nan if c.score is None else -c.score for c in candidates])
    if name in problem.proxies:
        return np.array([-c.proxies[name] for c in candidates])
    return np.array([getattr(c.cost, name) for c in candidates])


def front(candidates: Sequence[Candidate], problem: Problem, objectives: Sequence[str] | None = None) -> list[Candidate]:
    """The feasible candidates that no other beats in every objective; `objectives` as in `points`."""
    feasible = [c for c in candidates if c.feasible]
    if not feasible:
        return []
    keep = non_dominated(points(feasible, problem, objectives))
    return [c for c, kept in zip(feasible, keep, strict=True) if kept]


def _choice(candidates: Sequence[Candidate], problem: Problem, objectives: Sequence[str] | None) -> np.ndarray:
    """The points among which `propose` chooses, float64 `(candidates, objectives)`."""
    if objectives is not None or any(c.score is None for c in candidates):
        return points(candidates, problem, objectives)
    found = points(candidates, problem, (*problem.costs, "score"))
    found[:, :-1] = np.log(found[:, :-1])  # from 10,000 to 100,000 MACs is as far as from 100,000 to a million
    return found


def propose(
    candidates: Sequence[Candidate],
    problem: Problem,
    k: int,
    *,
    objectives: Sequence[str] | None = None,
    keep_extremes: bool = True,
    method: str = "auto",
) -> list[Candidate]:
    """At most `k` of the front that together keep the most of its hypervolume, in order of MACs.

    Args:
        objectives: in which the front is taken and its hypervolume measured, as in `points`. None takes the logarithm of
            the problem's costs and the score, which from the very same trials chooses better nets than the paper's way,
            `problem.objectives` (docs/search.md, "Is the method worth it?"). Candidates recorded without a score are
            chosen in the paper's way.
        keep_extremes, method: as in `pareto.select`.
    """
    feasible = [c for c in candidates if c.feasible]
    if not feasible:
        return []
    chosen = select(_choice(feasible, problem, objectives), k, keep_extremes=keep_extremes, method=method)
    return sorted((feasible[i] for i in chosen), key=lambda c: c.cost.macs)


def propose_curve(
    candidates: Sequence[Candidate],
    problem: Problem,
    most: int,
    *,
    objectives: Sequence[str] | None = None,
    keep_extremes: bool = True,
) -> list[float]:
    """Share of the front's hypervolume that proposals of 1, 2, .. `most` prototypes keep: what one more buys.

    Shorter than `most` where the front is smaller, empty where nothing is feasible. Arguments as in `propose`.
    """
    feasible = [c for c in candidates if c.feasible]
    if not feasible:
        return []
    return curve(_choice(feasible, problem, objectives), most, keep_extremes=keep_extremes)
