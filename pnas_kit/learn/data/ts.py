"""Reader of the .ts files of the UEA archive: a header of @ lines, then dimensions between colons, the label last."""

import numpy as np

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.ucr import fill


def from_ts(members: list[bytes]) -> Arrays:
    """Series of one or several channels from the training and the test file.

    Shorter series are filled with 0 at the end up to the longest of both files; gaps are interpolated. Labels become 0,
    1, ... in ascending order where they are numbers, else in alphabetical order.

    Raises:
        DataError: Not such a file, or the two do not belong together.
    """
    (train, train_labels), (test, test_labels) = (
        read_ts(content, name) for content, name in zip(members, ("training file", "test file"), strict=True)
    )
    if {series.shape[1] for series in (*train, *test)} != {train[0].shape[1]}:
        raise DataError("Expected the same number of channels in every series of both files, got different ones.")
    length = max(len(series) for series in (*train, *test))
    known = np.unique(train_labels)
    unknown = np.setdiff1d(test_labels, known)
    if unknown.size:
        raise DataError(f"Expected the test labels among {known.tolist()}, got also {unknown.tolist()}.")
    return Arrays(
        train_x=_padded(train, length),
        train_y=np.searchsorted(known, train_labels).astype(np.int64),
        test_x=_padded(test, length),
        test_y=np.searchsorted(known, test_labels).astype(np.int64),
    )


def read_ts(content: bytes, name: str) -> tuple[list[np.ndarray], np.ndarray]:
    """The series of one file, float64 `(length, channels)` each, and their labels: numbers if all are, else words.

    Raises:
        DataError: No `@data`, no class labels, or a line that is not as described.
    """
    lines = content.decode("utf-8", "replace").splitlines()
    marks = [number for number, line in enumerate(lines) if line.strip().lower() == "@data"]
    header = " ".join(lines[: marks[0]]).lower() if marks else ""
    if "@classlabel true" not in header or "@timestamps true" in header:
        raise DataError(f"{name}: expected a .ts file with @classLabel true, without time stamps, and @data; got none.")
    series, labels = [], []
    for number, line in enumerate(lines[marks[0] + 1 :], marks[0] + 2):
        if not line.strip():
            continue
        *channels, label = line.strip().split(":")
        try:
            values = [np.array([np.nan if v == "?" else float(v) for v in channel.split(",")]) for channel in channels]
            series.append(np.stack(values, axis=-1))
        except ValueError as error:
            raise DataError(f"{name}, line {number}: expected channels of numbers of one length, got {error}.") from error
        for channel in series[-1].T:
            fill(channel, f"{name}, line {number}")
        labels.append(label.strip())
    if not series:
        raise DataError(f"{name}: expected series after @data, got none.")
    try:
        return series, np.array(labels, dtype=np.float64)
    except ValueError:
        return series, np.array(labels)


def _padded(series: list[np.ndarray], length: int) -> np.ndarray:
    made = np.zeros((len(series), 1, length, series[0].shape[1]), np.float32)
    for row, values in zip(made, series, strict=True):
        row[0, : len(values)] = values
    return made
