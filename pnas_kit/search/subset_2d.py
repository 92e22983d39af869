"""Hypervolume subset selection in two objectives, exact."""

import math
from collections import deque

import numpy as np


def exact_2d(front: np.ndarray, k: int, reference: float, keep_ends: bool) -> list[int]:
    """Positions of the k points with the largest hypervolume, exact, O(nk).

    Over a 2-D front sorted by x, F_l(i) = max over j < i of F_{l-1}(j) + (r - x_i)(y_j - y_i) is the best of l points
    of which i is the last. For fixed l these are lines in t = r - x_i with slopes y_j that fall with j, and t falls
    with i, so that the upper envelope is kept in a deque (as Bringmann, Friedrich, Klitzke, "Two-dimensional
    subset selection for hypervolume and epsilon-indicator", GECCO 2014).

    Args:
        front: float64 `(n, 2)`, x strictly rising, y strictly falling, n >= k >= 1.
        reference: r, of both objectives.
        keep_ends: include the first and the last point (k >= 2).
    """
    x, y = front.T
    t, slopes = (reference - x).tolist(), y.tolist()
    best = (reference - x) * (reference - y)
    if keep_ends:
        best[1:] = -np.inf
    best, parents = best.tolist(), []
    for _ in range(1, k):
        best, parent = _append_point(best, t, slopes)
        parents.append(parent)
    chain = [len(front) - 1 if keep_ends else best.index(max(best))]
    for parent in reversed(parents):
        chain.append(parent[chain[-1]])
    return chain[::-1]


def _append_point(best: list[float], t: list[float], y: list[float]) -> tuple[list[float], list[int]]:
    """F_l and the j that attains it from F_{l-1}; -inf and -1 where there are too few points before.

    Plain lists: one number at a time, they are several times as fast as arrays.
    """
    longer, parent = [-math.inf] * len(t), [-1] * len(t)
    lines: deque[int] = deque()
    for i in range(1, len(t)):
        if best[i - 1] > -math.inf:
            # The middle one of three lines is never the highest if the outer two meet above it.
            while len(lines) > 1 and _hidden(best, y, lines[-2], lines[-1], i - 1):
                lines.pop()
            lines.append(i - 1)
        while len(lines) > 1 and best[lines[1]] + t[i] * y[lines[1]] >= best[lines[0]] + t[i] * y[lines[0]]:
            lines.popleft()
        if lines:
            parent[i] = lines[0]
            longer[i] = best[lines[0]] + t[i] * (y[lines[0]] - y[i])
    return longer, parent


def _hidden(best: list[float], y: list[float], left: int, middle: int, right: int) -> bool:
    """Whether the line `middle` lies nowhere above both others; slopes `y` fall from left to right."""
    return (best[right] - best[left]) * (y[left] - y[middle]) >= (best[middle] - best[left]) * (y[left] - y[right])
