"""Hypervolume subset selection on a front in [0, 1]^d: exact in 2-D, greedy with exchanges above."""

from collections import deque

import numpy as np

from .boxes import Boxes

RANDOM_STARTS = 3
"""Greedy plus exchanges alone equalled full enumeration on most fronts tried; a few more starts close the rest."""

# An exchange must gain more than rounding, or two equal choices could alternate for ever.
LEAST_GAIN = 1e-12


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
    best = (reference - x) * (reference - y)
    if keep_ends:
        best[1:] = -np.inf
    parents = []
    for _ in range(1, k):
        best, parent = _append_point(best, reference - x, y)
        parents.append(parent)
    chain = [len(front) - 1 if keep_ends else int(np.argmax(best))]
    for parent in reversed(parents):
        chain.append(int(parent[chain[-1]]))
    return chain[::-1]


def _append_point(best: np.ndarray, t: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """F_l and the j that attains it from F_{l-1}, each `(n,)`; -inf and -1 where there are too few points before."""
    longer, parent = np.full(len(t), -np.inf), np.full(len(t), -1)
    lines: deque[int] = deque()
    for i in range(1, len(t)):
        if np.isfinite(best[i - 1]):
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


def _hidden(best: np.ndarray, y: np.ndarray, left: int, middle: int, right: int) -> bool:
    """Whether the line `middle` lies nowhere above both others; slopes `y` fall from left to right."""
    return (best[right] - best[left]) * (y[left] - y[middle]) >= (best[middle] - best[left]) * (y[left] - y[right])


def greedy_with_swaps(front: np.ndarray, k: int, reference: float, forced: list[int], seed: int) -> list[int]:
    """Positions of k points of large hypervolume, the forced ones among them.

    Args:
        front: float64 `(n, d)` in [0, 1], n > k.
        reference: of every objective.
        forced: at most k positions that must be in.
        seed: of the random starts.
    """
    generator = np.random.default_rng(seed)
    free = np.setdiff1d(np.arange(len(front)), forced)
    starts = [_greedy(front, k, reference, forced)]
    for _ in range(RANDOM_STARTS):
        starts.append(forced + generator.choice(free, k - len(forced), replace=False).tolist())
    ends = [_swapped(front, start, reference, len(forced)) for start in starts]
    # `max` keeps the first of equals, which is the greedy one.
    return max(ends, key=lambda chosen: _volume(front, chosen, reference))


def _greedy(front: np.ndarray, k: int, reference: float, forced: list[int]) -> list[int]:
    chosen = list(forced)
    while len(chosen) < k:
        gains = _undominated(front, chosen, reference).gains(front)
        gains[chosen] = -1.0
        chosen.append(int(np.argmax(gains)))
    return chosen


def _swapped(front: np.ndarray, chosen: list[int], reference: float, fixed: int) -> list[int]:
    """Replaces one point after another, past the first `fixed`, by the best for its place, until none is better."""
    chosen = list(chosen)
    unchanged, place = 0, fixed
    while unchanged < len(chosen) - fixed:
        rest = chosen[:place] + chosen[place + 1 :]
        gains = _undominated(front, rest, reference).gains(front)
        best = int(np.argmax(gains))
        if gains[best] > gains[chosen[place]] + LEAST_GAIN:
            chosen[place], unchanged = best, 0
        unchanged += 1
        place = place + 1 if place + 1 < len(chosen) else fixed
    return chosen


def _undominated(front: np.ndarray, chosen: list[int], reference: float) -> Boxes:
    boxes = Boxes(np.full(front.shape[1], reference))
    for point in front[chosen]:
        boxes.insert(point)
    return boxes


def _volume(front: np.ndarray, chosen: list[int], reference: float) -> float:
    boxes = Boxes(np.full(front.shape[1], reference))
    return sum(boxes.insert(point) for point in front[chosen])
