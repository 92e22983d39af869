"""The part of objective space that a growing set of points leaves undominated, as disjoint boxes."""

import numpy as np


class Boxes:
    """Disjoint boxes that fill the space below a reference point which no inserted point dominates.

    One box per local upper bound: a corner no inserted point lies strictly below, each coordinate of which is
    held by one inserted point (its *definer*) or by the reference. Update rule and boxes: Klamroth, Lacour,
    Vanderpooten, "On the representation of the search region in multi-objective optimization", EJOR 245
    (2015), and Lacour, Klamroth, Fonseca, "A box decomposition algorithm to compute the
    hypervolume indicator", Computers & Operations Research 79 (2017).

    The rule asks for coordinates without ties. Corners are therefore compared by ranks, ties broken by index,
    and only measured in real coordinates: volume is continuous in the points, so the result stays exact.

    Attributes:
        lower, upper: float64 `(boxes, d)`, the corners of the boxes.
    """

    def __init__(self, points: np.ndarray, reference: np.ndarray, ideal: np.ndarray):
        """Starts with nothing inserted: one box, from the ideal point to the reference.

        Args:
            points: float64 `(n, d)`, all that may ever be inserted, each strictly below the reference.
            reference: float64 `(d,)`, the upper corner of everything.
            ideal: float64 `(d,)`, the lower corner of everything; no point inserted or asked about is below it.
        """
        count, dims = points.shape
        self._ranks = np.full((count + dims, dims), -1, dtype=np.int64)
        self._values = np.empty((count + dims, dims))
        self._values[:count] = points
        # Rows n..n+d-1 stand for the reference: row n+j holds coordinate j of every corner not yet cut there.
        self._values[count:] = ideal
        for axis in range(dims):
            self._ranks[np.argsort(points[:, axis], kind="stable"), axis] = np.arange(count)
            self._ranks[count + axis, axis] = count
            self._values[count + axis, axis] = reference[axis]
        self._ideal = ideal[0]
        self._definers = np.arange(count, count + dims)[None, :]
        self._corner_ranks = np.full((1, dims), count)
        self.lower, self.upper = self._corners(self._definers)

    def insert(self, index: int) -> float:
        """Adds one of the points and returns the volume that it newly dominates."""
        rank = self._ranks[index]
        hit = (self._corner_ranks > rank).all(axis=1)
        if not hit.any():
            return 0.0
        old = self._definers[hit]
        # Cutting a corner at `rank` along an axis leaves an upper bound only where the definers of its other
        # coordinates stay below the cut (Klamroth et al.); all other cuts are redundant.
        held = self._ranks[old]
        diagonal = np.arange(held.shape[1])
        held[:, diagonal, diagonal] = -1
        row, axis = np.nonzero(rank > held.max(axis=1))
        definers = old[row]
        definers[np.arange(len(row)), axis] = index
        corner_ranks = self._corner_ranks[hit][row]
        corner_ranks[np.arange(len(row)), axis] = rank[axis]
        lower, upper = self._corners(definers)
        gone = np.prod(self.upper[hit] - self.lower[hit], axis=1).sum()
        keep = ~hit
        self._definers = np.concatenate([self._definers[keep], definers])
        self._corner_ranks = np.concatenate([self._corner_ranks[keep], corner_ranks])
        self.lower = np.concatenate([self.lower[keep], lower])
        self.upper = np.concatenate([self.upper[keep], upper])
        return float(gone - np.prod(upper - lower, axis=1).sum())

    def gains(self, points: np.ndarray) -> np.ndarray:
        """The volume that each of `points` `(m, d)` would newly dominate, float64 `(m,)`; nothing is inserted."""
        columns = np.ascontiguousarray(points.T)
        total = np.zeros(len(points))
        # Blocks of boxes, so that the temporaries stay in the cache.
        block = max(1, 2**16 // max(1, len(points)))
        for start in range(0, len(self.lower), block):
            lower, upper = self.lower[start : start + block, :, None], self.upper[start : start + block, :, None]
            volumes = np.ones((len(lower), len(points)))
            for axis, column in enumerate(columns):
                volumes *= np.maximum(upper[:, axis] - np.maximum(lower[:, axis], column), 0.0)
            total += volumes.sum(axis=0)
        return total

    def _corners(self, definers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper corners `(boxes, d)` of the boxes with these definers `(boxes, d)`."""
        dims = definers.shape[1]
        upper = np.stack([self._values[definers[:, axis], axis] for axis in range(dims)], axis=1)
        lower = np.empty_like(upper)
        lower[:, 0] = self._ideal
        for axis in range(1, dims):
            lower[:, axis] = self._values[definers[:, :axis], axis].max(axis=1)
        return lower, upper
