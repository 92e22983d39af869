"""How well one order of candidates agrees with another: Kendall's tau, what is left of it given a third, and how sure.

A tau is a sum over pairs, so everything here works on matrices of signs. Resampling n candidates with replacement then only
weighs the pairs, and a thousand resamples cost one matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 2000
LEVEL = 0.95


def signs(values: ArrayLike) -> np.ndarray:
    """Sign of the difference of every two values, float64 `(n, n)`; 0 for equal ones and where either is NaN."""
    values = np.asarray(values, dtype=np.float64)
    return np.nan_to_num(np.sign(values[:, None] - values[None, :]))


def resamples(count: int, seed: int = 0, number: int = RESAMPLES) -> np.ndarray:
    """How often each of `count` candidates is drawn, float64 `(1 + number, count)`; the first row has each once."""
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=number)
    return np.vstack([np.ones(count), draws])


def tau(first: ArrayLike, second: ArrayLike, counts: np.ndarray, groups: ArrayLike | None = None) -> np.ndarray:
    """Kendall's tau-b of two columns for every row of `counts`, float64 `(rows,)`; NaN where a column is constant.

    Args:
        first, second: values `(n,)`; a NaN takes part in no pair.
        counts: how often each candidate counts, `(rows, n)`, as from `resamples`.
        groups: labels `(n,)`; only pairs within one group count. None: all pairs.
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    present = np.isfinite(first) & np.isfinite(second)
    a, b = signs(np.where(present, first, np.nan)), signs(np.where(present, second, np.nan))
    if groups is not None:
        inside = np.equal.outer(np.asarray(groups), np.asarray(groups))
        a, b = a * inside, b * inside
    together, untied = _weighed(a * b, counts), _weighed(a * a, counts) * _weighed(b * b, counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return together / np.sqrt(untied)


def spearman(first: ArrayLike, second: ArrayLike, counts: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation of two columns without NaN for every row of `counts`, float64 `(rows,)`."""
    from scipy.stats import rankdata

    drawn = np.stack([np.repeat(np.arange(len(row)), row.astype(int)) for row in counts])
    ranks = [rankdata(np.asarray(column, dtype=np.float64)[drawn], axis=1) for column in (first, second)]
    a, b = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))


def partial(xy: ArrayLike, xz: ArrayLike, yz: ArrayLike) -> np.ndarray:
    """Kendall's partial tau of x and y given z from the three plain ones (Kendall, "Partial rank correlation", 1942).

    (t_xy - t_xz t_yz) / sqrt((1 - t_xz^2)(1 - t_yz^2)): 0 when x orders as y only because both order as z does. NaN where x
    or y orders exactly as z.
    """
    xy, xz, yz = (np.asarray(value, dtype=np.float64) for value in (xy, xz, yz))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))


def interval(found: np.ndarray) -> tuple[float, float]:
    """The percentile bootstrap interval at `LEVEL` of a statistic over resamples (its first row, the sample, left out)."""
    low, high = np.nanquantile(found[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _weighed(pairs: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return ((counts @ pairs) * counts).sum(axis=1)
