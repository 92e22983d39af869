"""Hypervolume subset selection on a front in [0, 1]^d, d > 2: greedy with exchanges, or exact by branch and bound.

All functions take a front, float64 `(n, d)`, the reference of every objective, and `forced`: at most k positions that
must be in. They return positions in the front.
"""

import numpy as np

from .boxes import Boxes

RANDOM_STARTS = 24
"""Greedy plus exchanges alone equalled full enumeration on most fronts tried; a few more starts close the rest."""

LEAST_GAIN = 1e-12
"""An exchange must gain more than rounding, or two equal choices could alternate for ever."""

CORNERS = 6
"""Points up to which their 2^points corners are fewer operations than the boxes they leave."""


def gains(front: np.ndarray, chosen: list[int], reference: float) -> np.ndarray:
    """The volume that each point of the front would add to the chosen ones, float64 `(n,)`."""
    if len(chosen) > CORNERS:
        boxes = Boxes(np.full(front.shape[1], reference))
        for point in front[chosen]:
            boxes.insert(point)
        return boxes.gains(front)
    # Inclusion and exclusion: the intersection of what several points dominate is what their upper corner dominates.
    room = np.ascontiguousarray((reference - front).T)
    corners, signs = np.full((front.shape[1], 1), np.inf), np.ones(1)
    for point in room.T[chosen]:
        corners = np.concatenate([corners, np.minimum(corners, point[:, None])], axis=1)
        signs = np.concatenate([signs, -signs])
    volumes = np.ones((len(signs), len(front)))
    for edge, corner in zip(room, corners, strict=True):
        volumes *= np.minimum(edge, corner[:, None])
    return signs @ volumes


def volume(front: np.ndarray, chosen: list[int], reference: float) -> float:
    """The hypervolume of the chosen points."""
    boxes = Boxes(np.full(front.shape[1], reference))
    return sum(boxes.insert(point) for point in front[chosen])


def greedy(front: np.ndarray, k: int, reference: float, forced: list[int]) -> list[int]:
    """k points, each the one that adds most: at least 1 - 1/e of the optimum (Nemhauser, Wolsey, Fisher 1978)."""
    chosen = list(forced)
    while len(chosen) < k:
        added = gains(front, chosen, reference)
        added[chosen] = -1.0
        chosen.append(int(np.argmax(added)))
    return chosen


def swapped(front: np.ndarray, chosen: list[int], reference: float, fixed: int) -> list[int]:
    """Replaces one point after another, past the first `fixed`, by the best for its place, until none is better."""
    chosen = list(chosen)
    unchanged, place = 0, fixed
    while unchanged < len(chosen) - fixed:
        added = gains(front, chosen[:place] + chosen[place + 1 :], reference)
        best = int(np.argmax(added))
        if added[best] > added[chosen[place]] + LEAST_GAIN:
            chosen[place], unchanged = best, 0
        unchanged += 1
        place = place + 1 if place + 1 < len(chosen) else fixed
    return chosen


def greedy_with_swaps(
    front: np.ndarray, k: int, reference: float, forced: list[int], seed: int, starts: int = RANDOM_STARTS
) -> list[int]:
    """k points of large hypervolume: exchanges from the greedy choice and from random ones, the best of all."""
    generator = np.random.default_rng(seed)
    free = np.setdiff1d(np.arange(len(front)), forced)
    first = [greedy(front, k, reference, forced)]
    first += [forced + generator.choice(free, k - len(forced), replace=False).tolist() for _ in range(starts)]
    ends = [swapped(front, start, reference, len(forced)) for start in first]
    # `max` keeps the first of equals, which is the greedy one.
    return max(ends, key=lambda chosen: volume(front, chosen, reference))


PROVABLE = 60
"""Points up to which `nearly_exact` adds a short branch and bound; among more, a short one proves nothing."""

BRANCHES = 64
"""Parts of a choice that it looks at: some milliseconds."""


def nearly_exact(front: np.ndarray, k: int, reference: float, forced: list[int], seed: int) -> list[int]:
    """k points of the largest hypervolume, most often: by exchanges, and on a small front then by branch and bound."""
    if len(front) <= PROVABLE:
        return exact(front, k, reference, forced, seed, BRANCHES)
    return greedy_with_swaps(front, k, reference, forced, seed)


def exact(front: np.ndarray, k: int, reference: float, forced: list[int], seed: int, most: int | None = None) -> list[int]:
    """k points of the largest hypervolume, by branch and bound from the choice of `greedy_with_swaps`.

    Hypervolume is submodular: what a point adds only shrinks as others come in, so a part of a choice is worth at most
    its own volume plus the largest gains among the points that may still come. Fronts are kinder than the worst case,
    n^(k - 1) parts: some thousand for 5 of 500 points on a 5-D sphere.

    Args:
        most: parts to look at before the best choice so far is taken; None goes on to the end.
    """
    start = greedy_with_swaps(front, k, reference, forced, seed)
    return _Branches(front, k, reference, start, most).best(forced)


class _Branches:
    """A depth-first walk over the parts of a choice that could still beat the best one known."""

    def __init__(self, front: np.ndarray, k: int, reference: float, known: list[int], most: int | None) -> None:
        self._front, self._k, self._reference, self._left = front, k, reference, most
        self._best, self._volume = known, volume(front, known, reference)

    def best(self, forced: list[int]) -> list[int]:
        if len(forced) < self._k:
            self._try(list(forced), np.setdiff1d(np.arange(len(self._front)), forced))
        return self._best

    def _try(self, part: list[int], free: np.ndarray) -> None:
        """Looks at all ways to complete `part` from `free` that could be better."""
        if self._left == 0:
            return
        self._left = None if self._left is None else self._left - 1
        wanted, own = self._k - len(part), volume(self._front, part, self._reference)
        added = gains(self._front, part, self._reference)[free]
        order = np.argsort(-added, kind="stable")
        free, added = free[order], added[order]
        if wanted == 1:
            if own + added[0] > self._volume + LEAST_GAIN:
                self._best, self._volume = [*part, int(free[0])], own + added[0]
            return
        bounds = own + np.convolve(added, np.ones(wanted), mode="valid")
        for place, bound in enumerate(bounds):
            if bound <= self._volume + LEAST_GAIN:
                return
            self._try([*part, int(free[place])], free[place + 1 :])
