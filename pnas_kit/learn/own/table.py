"""Reads one table of comma-separated (or ; or tab-separated) text, with or without a title row."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits

if TYPE_CHECKING:
    import pandas

_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_MARKS = ",;\t|"
_MOST_COLUMNS = 10_000
_MOSTLY = 0.5


def read_table(text: str, name: str) -> pandas.DataFrame:
    """The table; columns are numbers where they can be, else text.

    Raises:
        DataError: No table, two columns of one name, or too many lines.
    """
    import pandas  # here and not above: a third of a second and 20 MB of every page

    lines = [line for line in text[: 1 << 20].splitlines() if line.strip()][:20]
    if len(lines) < 2:
        raise DataError(f"{name}: expected a table, got {len(lines)} lines. Is the file cut off?")
    mark = max(_MARKS, key=lambda m: min(line.count(m) for line in lines))
    titles = [cell.strip() for cell in next(csv.reader([lines[0]], delimiter=mark))]
    bare = all(_number(cell) for cell in titles)
    if len(titles) > _MOST_COLUMNS:
        raise DataError(f"{name}: {len(titles):,} columns, more than {_MOST_COLUMNS:,}. Is this one series per line (UCR)?")
    if bare:
        titles = [f"column {number}" for number in range(1, len(titles) + 1)]
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        raise DataError(f"{name}: two columns are called {twice[0]!r}. Rename one.")
    comma = mark == ";" and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for line in lines[1:] for cell in line.split(";"))
    try:
        table = pandas.read_csv(
            io.StringIO(text), sep=mark, header=None if bare else 0, names=titles, skipinitialspace=True, index_col=False,
            decimal="," if comma else ".", nrows=limits.ROWS + 1, low_memory=False, on_bad_lines="error",
        )  # fmt: skip
    except (ValueError, OverflowError, csv.Error) as error:  # pandas' own errors are ValueErrors
        raise DataError(f"{name}: expected lines of {len(titles)} columns, got: {' '.join(str(error).split())}.") from error
    if len(table) > limits.ROWS:
        raise DataError(f"{name}: more than {limits.ROWS:,} lines. Split or thin out the recording.")
    return table


def channel(column: pandas.Series, name: str) -> np.ndarray | None:
    """float64 values of a column, NaN where nothing stands; None where most of it is text.

    Raises:
        DataError: Some cells are text, or infinite.
    """
    import pandas

    if pandas.api.types.is_bool_dtype(column):
        column = column.astype(np.uint8)
    values = pandas.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    text = np.isnan(values) & column.notna().to_numpy()
    if text.mean() > _MOSTLY:
        return None
    if text.any():
        row = int(np.flatnonzero(text)[0])
        raise DataError(
            f"{name}, column {column.name!r}: expected numbers, got {str(column.iloc[row])[:40]!r} in data line {row + 1}. "
            "Repair or remove the line."
        )
    if np.isinf(values).any():
        raise DataError(f"{name}, column {column.name!r}: expected finite numbers, got infinity. Repair the line.")
    return values


def _number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
