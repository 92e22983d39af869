"""Reader of the UCR archive's text files: one series per line, the label first."""

import io

import numpy as np

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError


def read_tsv(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The series and labels of one UCR file.

    NaN at the end of a line is padding of a shorter series and becomes 0, the mean of the archive's scaled
    series; NaN between values is a missing reading and is interpolated on the line between its neighbours.

    Args:
        content: The file's bytes: label and values separated by tabs.
        name: Its name for messages.

    Returns:
        float32 `(series, length)` and the labels as they stand, float64 `(series,)`.

    Raises:
        DataError: Not such a table, or a line without any value.
    """
    try:
        table = np.loadtxt(io.BytesIO(content), delimiter="\t", ndmin=2)
    except ValueError as error:
        raise DataError(f"{name}: expected lines of tab-separated numbers, got {error}") from error
    if table.shape[0] == 0 or table.shape[1] < 2:
        raise DataError(f"{name}: expected lines of a label and values, got a table of shape {table.shape}.")
    values, labels = table[:, 1:], table[:, 0]
    if np.isnan(labels).any():
        raise DataError(f"{name}: expected a label on every line, got NaN.")
    for row in np.flatnonzero(np.isnan(values).any(axis=1)):
        _fill(values[row], f"{name}, line {row + 1}")
    return values.astype(np.float32), labels


def _fill(series: np.ndarray, where: str) -> None:
    """Replaces NaN in one series in place."""
    present = np.flatnonzero(~np.isnan(series))
    if present.size == 0:
        raise DataError(f"{where}: expected at least one value, got only NaN.")
    end = present[-1] + 1
    missing = np.flatnonzero(np.isnan(series[:end]))
    series[missing] = np.interp(missing, present, series[present])
    series[end:] = 0.0


def from_ucr(members: list[bytes]) -> Arrays:
    """Series of one or several channels from the files of all channels, training first, then test.

    The labels (-1 and 1, or counted from 0 or 1) become 0, 1, ... in ascending order of the training labels.

    Raises:
        DataError: The channels' labels disagree (the sets do not belong together), or a test label is unknown.
    """
    half = len(members) // 2
    train_x, train_labels = _stack(members[:half], "training part")
    test_x, test_labels = _stack(members[half:], "test part")
    known = np.unique(train_labels)
    unknown = np.setdiff1d(test_labels, known)
    if unknown.size:
        raise DataError(f"Expected the test labels among {known.tolist()}, got also {unknown.tolist()}.")
    return Arrays(
        train_x=train_x,
        train_y=np.searchsorted(known, train_labels).astype(np.int64),
        test_x=test_x,
        test_y=np.searchsorted(known, test_labels).astype(np.int64),
    )


def _stack(members: list[bytes], part: str) -> tuple[np.ndarray, np.ndarray]:
    """float32 `(series, 1, length, channels)` and labels `(series,)` of one part."""
    tables = [read_tsv(content, f"{part}, channel {number}") for number, content in enumerate(members)]
    labels = tables[0][1]
    if any(values.shape != tables[0][0].shape for values, _ in tables):
        raise DataError(f"{part}: expected channels of one size, got {[values.shape for values, _ in tables]}.")
    if any(not np.array_equal(other, labels) for _, other in tables):
        raise DataError(f"{part}: expected the same labels in every channel, got different ones.")
    return np.stack([values for values, _ in tables], axis=-1)[:, None], labels
