"""The part of objective space that a growing set of points leaves undominated, as disjoint boxes."""

import numpy as np


class Boxes:
    """Disjoint boxes that fill the space below a reference point which no inserted point dominates.

    One box per local upper bound: a corner no inserted point lies strictly below, each coordinate of which is
    held by one inserted point (its *definer*) or by the reference. Update rule and boxes: Klamroth, Lacour,
    Vanderpooten, "On the representation of the search region in multi-objective optimization", EJOR 245
    (2015), and Lacour, Klamroth, Fonseca, "A box decomposition algorithm to compute the
    hypervolume indicator", Computers & Operations Research 79 (2017).

    The rule asks for coordinates without ties. Of two equal ones the point inserted later therefore counts as the larger;
    volume is continuous in the points, so the result stays exact. Boxes open towards minus infinity: nothing need be
    known of points still to come.
    """

    def __init__(self, reference: np.ndarray):
        """Starts with nothing inserted: one box, everything below the reference, float64 `(d,)`."""
        dims = len(reference)
        # The reference's stand-ins, one for each axis, lie below every point on all axes but their own.
        self._points = np.where(np.eye(dims, dtype=bool), reference, -np.inf)
        self._known, self._count = dims, 1
        # Row b, axis j: the point that defines coordinate j of box b's upper corner.
        self._definers = np.arange(dims)[None, :]
        self._lower, self._upper = self._corners(self._definers)

    def insert(self, point: np.ndarray) -> float:
        """Adds a point `(d,)`, strictly below the reference, and returns the volume that it newly dominates."""
        hit = np.flatnonzero((self.upper > point).all(axis=1))
        if not len(hit):
            return 0.0
        gained = np.prod(self.upper[hit] - np.maximum(self.lower[hit], point), axis=1).sum()
        old = self._definers[hit]
        # Cutting a corner at the point's coordinate along an axis leaves an upper bound only where the definers of its
        # other coordinates stay below the cut (Klamroth et al.); all other cuts are redundant.
        held = self._points[old]
        diagonal = np.arange(len(point))
        held[:, diagonal, diagonal] = -np.inf
        row, axis = np.nonzero(point >= held.max(axis=1))
        definers = old[row]
        definers[np.arange(len(row)), axis] = self._known
        self._points = _stored(self._points, np.array([self._known]), point, self._known + 1)
        self._known += 1
        self._replace(hit, definers)
        return float(gained)

    @property
    def lower(self) -> np.ndarray:
        """Lower corners of the boxes, float64 `(boxes, d)`."""
        return self._lower[: self._count]

    @property
    def upper(self) -> np.ndarray:
        """Upper corners of the boxes, float64 `(boxes, d)`."""
        return self._upper[: self._count]

    def gains(self, points: np.ndarray) -> np.ndarray:
        """The volume that each of `points` `(m, d)` would newly dominate, float64 `(m,)`; nothing is inserted."""
        columns = np.ascontiguousarray(points.T)
        total = np.zeros(len(points))
        # Blocks of boxes, so that the temporaries stay in the cache.
        block = max(1, 2**16 // max(1, len(points)))
        for start in range(0, self._count, block):
            lower, upper = self.lower[start : start + block, :, None], self.upper[start : start + block, :, None]
            volumes = np.ones((len(lower), len(points)))
            for axis, column in enumerate(columns):
                volumes *= np.maximum(upper[:, axis] - np.maximum(lower[:, axis], column), 0.0)
            total += volumes.sum(axis=0)
        return total

    def _replace(self, gone: np.ndarray, definers: np.ndarray) -> None:
        """New boxes take the places of those that are gone, the others come behind."""
        kept, count = self._count, self._count + len(definers) - len(gone)
        if len(definers) < len(gone):
            stay = np.delete(np.arange(kept), gone)
            kept, gone = len(stay), gone[:0]
            self._definers, self._lower, self._upper = self._definers[stay], self._lower[stay], self._upper[stay]
        places = np.concatenate([gone, np.arange(kept, count)])
        lower, upper = self._corners(definers)
        self._definers = _stored(self._definers, places, definers, count)
        self._lower = _stored(self._lower, places, lower, count)
        self._upper = _stored(self._upper, places, upper, count)
        self._count = count

    def _corners(self, definers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper corners `(boxes, d)` of the boxes with these definers `(boxes, d)`."""
        dims = definers.shape[1]
        upper = np.stack([self._points[definers[:, axis], axis] for axis in range(dims)], axis=1)
        lower = np.full_like(upper, -np.inf)
        for axis in range(1, dims):
            lower[:, axis] = self._points[definers[:, :axis], axis].max(axis=1)
        return lower, upper


def _stored(array: np.ndarray, places: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """The array with these rows at these places; moved into one twice as large if it has no room for `count`."""
    if count > len(array):
        larger = np.empty((2 * count, *array.shape[1:]), dtype=array.dtype)
        larger[: len(array)] = array
        array = larger
    array[places] = rows
    return array
