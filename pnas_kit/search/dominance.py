"""Which points no other dominates."""

import numpy as np
from numpy.typing import ArrayLike


def non_dominated(points: ArrayLike) -> np.ndarray:
    """Which points no other dominates, bool `(n,)`.

    A point dominates another if it is nowhere larger and somewhere smaller. Equal points do not dominate each
    other, so all copies of a front's point are on the front: the answer depends on values, not on order.

    Raises:
        ValueError: the array is not `(n, d)` or holds NaN.
    """
    points = checked(points)
    if not len(points):
        return np.zeros(0, dtype=bool)
    # Sorted by the first column, then the second and so on, and freed of copies: only an earlier point can dominate
    # a later one, and the first column needs no comparison.
    distinct, which = np.unique(points, axis=0, return_inverse=True)
    return _front_of_sorted(_ranks(distinct)[:, 1:])[which.reshape(-1)]


def _front_of_sorted(ranks: np.ndarray) -> np.ndarray:
    """Which rows of `(n, d - 1)`, sorted so that only earlier rows dominate, have no earlier row `<=` in every column."""
    count = len(ranks)
    front = np.zeros(count, dtype=bool)
    kept_rows = ranks[:0]
    for start in range(0, count, 256):
        block = ranks[start : start + 256]
        # What is dominated at all is dominated by a point of the front, so dominated points need not be compared to.
        alive = ~_covered(block, kept_rows)
        rows = np.flatnonzero(alive)
        inner = _below(block[rows], block[rows]) & (rows[None, :] < rows[:, None])
        alive[rows] = ~inner.any(axis=1)
        front[start : start + 256] = alive
        kept_rows = np.concatenate([kept_rows, block[alive]])
    return front


def _covered(block: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which rows of the block have a row of `others` that is `<=` in every column, bool `(block,)`."""
    covered = np.zeros(len(block), dtype=bool)
    for start in range(0, len(others), 1024):
        open_rows = np.flatnonzero(~covered)
        covered[open_rows] = _below(block[open_rows], others[start : start + 1024]).any(axis=1)
    return covered


def _below(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each row and each other whether the other is `<=` in every column, bool `(rows, others)`."""
    below = np.ones((len(rows), len(others)), dtype=bool)
    for axis in range(rows.shape[1]):
        below &= others[None, :, axis] <= rows[:, axis, None]
    return below


def _ranks(points: np.ndarray) -> np.ndarray:
    """Dense ranks per column; small integers compare several times as fast as float64."""
    small = np.int16 if len(points) < 2**15 else np.int64
    columns = [np.unique(column, return_inverse=True)[1].reshape(-1) for column in points.T]
    return np.stack(columns, axis=1).astype(small)


def checked(points: ArrayLike) -> np.ndarray:
    """The points as float64 `(n, d)`; ValueError if they are not that or hold NaN."""
    points = np.asarray(points, dtype=np.float64)
    if points.shape == (0,):
        return points.reshape(0, 1)
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"expected points (n, d), got shape {points.shape}")
    if np.isnan(points).any():
        row = int(np.flatnonzero(np.isnan(points).any(axis=1))[0])
        raise ValueError(f"expected numbers, got NaN in point {row}: {points[row]}; leave failed candidates out")
    return points


def finite(points: ArrayLike) -> np.ndarray:
    """As `checked`, and no value infinite."""
    points = checked(points)
    if not np.isfinite(points).all():
        row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise ValueError(f"expected finite points, got {points[row]} as point {row}; leave failed candidates out")
    return points
