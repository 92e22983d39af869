"""Fronts: which points no other beats, how much space they dominate, and which few stand for all.

Everything is minimised; turn the sign of what is to be maximised before it comes here. Points are float arrays
`(n, d)`: n points, d objectives.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .boxes import Boxes
from .dominance import checked, finite, non_dominated
from .evolution import evolved
from .subset import exact, greedy, nearly_exact
from .subset_2d import exact_2d

__all__ = ["METHODS", "curve", "hypervolume", "hypervolume_history", "kept", "non_dominated", "normalise", "select"]


def hypervolume(points: ArrayLike, reference: ArrayLike) -> float:
    """Volume of the space that the points dominate up to the reference, exact for any d.

    Points that do not lie below the reference in every objective count nothing. In 2-D a sweep, O(n log n). Above
    that a sweep over the last objective that measures what each point adds in the others (`Boxes`): 0.04 s for
    400 points of a 5-D front.

    Args:
        points: `(n, d)`, minimised.
        reference: `(d,)`, the corner that everything is measured to.

    Raises:
        ValueError: the shapes do not fit or a value is not finite.
    """
    points, reference = _below_reference(points, reference)
    if not len(points):
        return 0.0
    points = points[np.argsort(points[:, -1], kind="stable")]
    depths = reference[-1] - points[:, -1]
    if points.shape[1] == 1:
        return float(depths[0])
    if points.shape[1] == 2:
        reach = reference[0] - np.minimum.accumulate(points[:, 0])
        return float(depths @ np.diff(reach, prepend=0.0))
    boxes = Boxes(reference[:-1])
    return float(sum(depth * boxes.insert(point) for depth, point in zip(depths, points[:, :-1], strict=True)))


def hypervolume_history(points: ArrayLike, reference: ArrayLike) -> np.ndarray:
    """Hypervolume of the first i points for every i = 1..n, float64 `(n,)`, exact.

    One pass; 0.1 s for 500 points of a 5-D front, growing with about the square of their number. `History` takes points
    one by one.

    Args and Raises: as `hypervolume`.
    """
    points = checked(points)
    inside, reference = _below_reference(points, reference)
    counts = np.zeros(len(points))
    if len(inside):
        boxes = Boxes(reference)
        counts[(points < reference).all(axis=1)] = [boxes.insert(point) for point in inside]
    return np.cumsum(counts)


def normalise(points: ArrayLike) -> np.ndarray:
    """The points with every objective scaled to [0, 1] over this set, float64 `(n, d)`; a constant objective is 0.

    Raises:
        ValueError: the array is not `(n, d)` or a value is not finite.
    """
    points = finite(points)
    if not len(points):
        return points
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - low) / np.where(high > low, high - low, 1.0)


METHODS = ("auto", "exact", "greedy", "evolution")


def select(
    points: ArrayLike, k: int, *, keep_extremes: bool = True, reference: float = 1.1, seed: int = 0, method: str = "auto"
) -> list[int]:
    """Indices of at most k points that together dominate the most space, by the first objective, smallest first.

    Hypervolume subset selection: the largest hypervolume of k points of the front, its objectives scaled to
    [0, 1], up to `reference` in each. NP-hard above two objectives. The methods:

    - "auto": exact in 2-D (dynamic programming, O(nk)). Above: greedy, then exchanges of single points while they help, also
      from random starts, and on small fronts a short branch and bound, which most often proves the choice the best.
    - "exact": branch and bound to its end, however long it takes.
    - "greedy": the point that adds most, k times; at least 1 - 1/e of the best, in any number of objectives.
    - "evolution": the way of the paper, to compare with.

    Dominated points and copies add nothing and are never chosen: fewer than k come back if the front has fewer
    distinct points. The same points in another order give the same choice.

    Args:
        points: `(n, d)`, minimised.
        k: how many, at least 1.
        keep_extremes: for k >= 2 always includes a smallest (lowest first objective, ties by the others in
            turn) and a best (lowest mean of the other scaled objectives, ties by the first). In 2-D they are the ends.
        reference: reference point after scaling, above 1. At 1 the ends of the front would count nothing.
        seed: of the random starts and of the evolution.
        method: one of `METHODS`.

    Raises:
        ValueError: there is no point, k < 1, reference <= 1, a value is not finite, or the method is not known.
    """
    points = finite(points)
    if not len(points):
        raise ValueError("expected at least one point to select from, got none; is any candidate feasible?")
    if k < 1:
        raise ValueError(f"expected k >= 1 points to select, got {k}")
    if method not in METHODS:
        raise ValueError(f"expected a method of {METHODS}, got {method!r}")
    _check_scaled(reference)
    # Sorted by value, copies removed: whatever is decided by position below does not depend on the order given.
    front, index = np.unique(points[non_dominated(points)], axis=0, return_index=True)
    index = np.flatnonzero(non_dominated(points))[index]
    forced = keep_extremes and k >= 2
    chosen = range(len(front)) if k >= len(front) else _chosen(normalise(front), k, reference, forced, seed, method)
    return [int(i) for i in index[sorted(chosen)]]


def _chosen(scaled: np.ndarray, k: int, reference: float, forced: bool, seed: int, method: str) -> list[int]:
    if scaled.shape[1] == 2 and method in ("auto", "exact"):
        return exact_2d(scaled, k, reference, forced)
    extremes = _extremes(scaled) if forced else []
    if method == "greedy":
        return greedy(scaled, k, reference, extremes)
    if method == "evolution":
        return evolved(scaled, k, reference, extremes, seed)
    return (exact if method == "exact" else nearly_exact)(scaled, k, reference, extremes, seed)


def curve(points: ArrayLike, most: int, **settings: Any) -> list[float]:
    """Share of the front's hypervolume that the best 1, 2, .. `most` points keep: what one more buys.

    It never falls: where chance finds less with one point more, as it may without "exact", the smaller choice counts.

    Args:
        points: `(n, d)`, minimised.
        most: the largest k, at least 1; the list is shorter if the front is smaller.
        settings: as in `select`.

    Raises:
        ValueError: as `select`.
    """
    points = finite(points)
    if most < 1:
        raise ValueError(f"expected a largest k of at least 1, got {most}")
    most = min(most, len(np.unique(points[non_dominated(points)], axis=0)))
    chosen = [select(points, k, **settings) for k in range(1, most + 1)]
    return np.maximum.accumulate(_kept(points, chosen, settings.get("reference", 1.1))).tolist()


def _extremes(scaled: np.ndarray) -> list[int]:
    """A smallest and a best of a front in lexicographic order; one index if they are the same."""
    return sorted({0, int(np.argmin(scaled[:, 1:].mean(axis=1)))})


def kept(points: ArrayLike, chosen: ArrayLike, *, reference: float = 1.1) -> float:
    """Share of the front's hypervolume that the chosen points keep, in [0, 1], scaled as in `select`.

    Args:
        points: `(n, d)`, minimised; dominated ones do not matter.
        chosen: indices of points on the front.
        reference: reference point after scaling to the front, above 1.

    Raises:
        ValueError: there is no point, a chosen index does not exist, reference <= 1, or a value is not finite.
    """
    points, chosen = finite(points), np.asarray(chosen, dtype=np.int64)
    if not len(points):
        raise ValueError("expected at least one point, got none")
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < len(points)):
        raise ValueError(f"expected indices of {len(points)} points, got {chosen.tolist()}")
    _check_scaled(reference)
    return _kept(points, [chosen], reference)[0]


def _kept(points: np.ndarray, choices: Sequence[Sequence[int]], reference: float) -> list[float]:
    front = points[non_dominated(points)]
    low, high = front.min(axis=0), front.max(axis=0)
    scaled = (points - low) / np.where(high > low, high - low, 1.0)
    corner = np.full(points.shape[1], float(reference))
    whole = hypervolume(scaled, corner)
    return [hypervolume(scaled[chosen], corner) / whole for chosen in choices]


def _check_scaled(reference: float) -> None:
    if not 1 < reference < np.inf:
        raise ValueError(f"expected a finite reference above 1, the largest scaled value, got {reference}")


def _below_reference(points: ArrayLike, reference: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    points, reference = finite(points), np.asarray(reference, dtype=np.float64)
    if len(points) and reference.shape != points.shape[1:]:
        raise ValueError(f"expected a reference of shape {points.shape[1:]}, got {reference.shape}")
    if not np.isfinite(reference).all():
        raise ValueError(f"expected a finite reference, got {reference}")
    return (points[(points < reference).all(axis=1)] if len(points) else points), reference
