"""What several proxies say together about a set of candidates: one consensus, and how far they agree."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike


def consensus(table: Mapping[str, ArrayLike]) -> np.ndarray:
    """Mean logarithmic rank of each candidate over the proxies, float64 `(candidates,)` in [0, 1], higher better.

    The mean over proxies of log(rank) / log(candidates), rank 1 the worst; ties share their mean rank. This is
    the aggregate of Lee, Ham, "AZ-NAS: Assembling Zero-Cost Proxies for Network Architecture Search", CVPR
    2024, rescaled so that last by every proxy is 0 and first by every proxy is 1. The logarithm punishes
    one bad rank more than it rewards one good one.

    The value depends on the whole set: it is for display, not for an optimiser that stores it.

    Args:
        table: for each proxy its values `(candidates,)`, higher better.

    Raises:
        ValueError: there is no proxy, a value is not finite, or the lengths differ.
    """
    columns = _columns(table)
    count = columns.shape[1]
    if count < 2:
        return np.ones(count)
    return np.mean([np.log(_ranks(column)) for column in columns], axis=0) / np.log(count)


def kendall_table(table: Mapping[str, ArrayLike]) -> np.ndarray:
    """Kendall's tau-b between every two columns, float64 `(names, names)` in the table's order.

    1 means the same order, -1 the reverse; NaN where a column is constant or there are fewer than two rows,
    because then there is no order to agree with.

    Args:
        table: for each name its values `(candidates,)`.

    Raises:
        ValueError: there is no column, a value is not finite, or the lengths differ.
    """
    # Half a second to import, and only this needs it.
    from scipy.stats import kendalltau

    columns = _columns(table)
    taus = np.full((len(columns), len(columns)), np.nan)
    for i, first in enumerate(columns):
        for j, second in enumerate(columns[: i + 1]):
            if np.ptp(first) > 0 and np.ptp(second) > 0:
                taus[i, j] = taus[j, i] = kendalltau(first, second).statistic
    return taus


def _columns(table: Mapping[str, ArrayLike]) -> np.ndarray:
    """The columns as float64 `(names, candidates)`."""
    columns = [np.asarray(values, dtype=np.float64) for values in table.values()]
    if not columns:
        raise ValueError("expected at least one column, got an empty table; pass {name: values}")
    shapes = {name: column.shape for name, column in zip(table, columns, strict=True)}
    if columns[0].ndim != 1 or len(set(shapes.values())) > 1:
        raise ValueError(f"expected columns of one length, one value per candidate, got shapes {shapes}")
    for name, column in zip(table, columns, strict=True):
        if not np.isfinite(column).all():
            at = int(np.flatnonzero(~np.isfinite(column))[0])
            raise ValueError(f"expected finite values, got {name}[{at}] = {column[at]}; leave failed candidates out")
    return np.stack(columns)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, the lowest value; equal values share the mean of their ranks."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[which]
