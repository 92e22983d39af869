"""Brings series of unequal lengths to one."""

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits


def even(series: list[np.ndarray], title: str) -> tuple[np.ndarray, list[str]]:
    """float32 `(series, 1, longest, channels)`; shorter ones end in the mean of each channel over all.

    NaN between values lies on the line between its neighbours; NaN at the end counts as shorter.

    Args:
        series: float `(length, channels)` each.
        title: For messages.

    Raises:
        DataError: A channel without any value, too large together, or different channels.
    """
    channels = {one.shape[1] for one in series}
    if len(channels) != 1:
        raise DataError(f"{title}: expected series of equal channels, got {sorted(channels)}. Leave out those that differ.")
    filled, mended = zip(*(_mended(one, f"{title}, series {number}") for number, one in enumerate(series)), strict=True)
    lengths = np.array([len(one) for one in filled])
    longest = int(lengths.max())
    limits.room_for(len(series), (1, longest, channels.pop()), 4, title)
    notes = []
    means = sum(one.sum(axis=0, dtype=np.float64) for one in filled) / lengths.sum()
    x = np.empty((len(series), 1, longest, len(means)), np.float32)
    x[:] = means
    for target, one in zip(x, filled, strict=True):
        target[0, : len(one)] = one
    if lengths.min() < longest:
        notes.append(
            f"Lengths from {lengths.min()} to {longest}: shorter series are filled up with the mean of each channel "
            f"({', '.join(f'{mean:.4g}' for mean in means[:6])}); do so on the device."
        )
    if sum(mended):
        notes.append(f"{sum(mended)} missing values were filled in from their neighbours.")
    return x, notes


def _mended(series: np.ndarray, where: str) -> tuple[np.ndarray, int]:
    missing = np.isnan(series)
    if not missing.any():
        return series, 0
    present = np.flatnonzero(~missing.all(axis=1))
    if present.size == 0 or missing.all(axis=0).any():
        raise DataError(f"{where}: expected values in every channel, got none in one. Remove this series.")
    series, missing = series[: present[-1] + 1].copy(), missing[: present[-1] + 1]
    for channel in np.flatnonzero(missing.any(axis=0)):
        gap, there = np.flatnonzero(missing[:, channel]), np.flatnonzero(~missing[:, channel])
        series[gap, channel] = np.interp(gap, there, series[there, channel])
    return series, int(missing.sum())
