"""What the text formats of single series share: files of training and test, labels, and the way to `Found`."""

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, number, numbered
from pnas_kit.learn.own.naming import train_and_test
from pnas_kit.learn.own.pad import even
from pnas_kit.learn.own.settings import Settings

Series = tuple[list[np.ndarray], list[str]]


def found_of(files: Files, suffixes: tuple[str, ...], form: str, read, settings: Settings) -> Found:
    """Series of one file, or of one named ..._TRAIN and one named ..._TEST.

    Args:
        files: Where they are.
        suffixes: Endings of the format.
        form: Its name.
        read: From text and name to the series `(length, channels)` and their labels.
        settings: Of the import.

    Raises:
        DataError: Other files, or what `read` refuses.
    """
    chosen = train_and_test(files.with_suffix(*suffixes), files.title)
    series, labels, part = [], [], []
    for name, side in chosen:
        values, words = read(files.text(name), name)
        if len(values) == 0:
            raise DataError(f"{name}: expected series, got none. Is the file cut off?")
        series += values
        labels += words
        part += [side or 0] * len(values)
    x, notes = even(series, files.title)
    y, classes = numbered(labels)
    return Found(
        form=form, task="series", x=x, y=y, classes=classes, unit="as in the file",
        part=np.array(part, np.int8) if len(chosen) == 2 else None, sampling_hz=settings.sampling_hz, notes=notes,
    )  # fmt: skip


def numbers(cells: list[str], where: str) -> np.ndarray:
    """float64 values of cells; NaN for ?, nan and nothing.

    Raises:
        DataError: A cell that is no number, or an infinite one.
    """
    values = np.empty(len(cells))
    for place, cell in enumerate(cells):
        cell = cell.strip()
        try:
            values[place] = np.nan if cell in ("?", "") else number(cell)
        except ValueError:
            raise DataError(f"{where}: expected a number, got {cell[:40]!r}. Repair or remove this line.") from None
    if np.isinf(values).any():
        raise DataError(f"{where}: expected finite numbers, got infinity. Repair or remove this line.")
    return values
