"""Reads one table of comma-separated (or ; or tab-separated) text, with or without a title row."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.found import number

if TYPE_CHECKING:
    import pandas

_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_FRACTION = re.compile(r"[-+]?\d*[.,]\d+([eE][-+]?\d+)?")
_MARKS = ",;\t|"
_BLANKS = r"\s+"
_SEP = re.compile(r"\s*\"?sep=([,;\t|])\"?[ ]*\r?\n", re.IGNORECASE)
_REMARKS = re.compile(r"(?:[ \t]*(?:[#%][^\n]*)?\r?\n)*[ \t]*[#%][^\n]*\r?\n")
_LAST_MARK = re.compile(r"[ \t]*;[ \t]*(?=\r?$)", re.MULTILINE)
"""At the end of lines whose cells are separated by something else, as WISDM's are."""
_MOST_COLUMNS = 10_000
_MOSTLY, _FIRST = 0.5, 100
_MISSING = ("", "nan", "-nan", "na", "n/a", "#n/a", "<na>", "null", "none", "?")
"""Small letters of what stands for a number that is missing."""


def read_table(text: str, name: str) -> pandas.DataFrame:
    """The table; columns are numbers where they can be, else text.

    Raises:
        DataError: No table, two columns of one name, or too many lines.
    """
    import pandas  # here and not above: a third of a second and 20 MB of every page

    text, mark = _without_preface(text)
    lines = [line for line in text[: 1 << 20].splitlines() if line.strip()][:20]
    if len(lines) < 2:
        raise DataError(f"{name}: expected a table, got {len(lines)} lines. Is the file cut off?")
    if mark is None and all(line.rstrip().endswith(";") and line.count(";") == 1 for line in lines):
        text, lines = _LAST_MARK.sub("", text), [_LAST_MARK.sub("", line) for line in lines]
    mark = mark or _mark(lines)
    titles = _cells(lines[0], mark)
    numbers = [cell for cell in titles if _number(cell)]
    bare = len(numbers) == len(titles) or (len(numbers) > _MOSTLY * len(titles) and not _are_places(numbers))
    if len(titles) > _MOST_COLUMNS:
        raise DataError(f"{name}: {len(titles):,} columns, more than {_MOST_COLUMNS:,}. Is this one series per line (UCR)?")
    if bare:
        titles = [f"column {number}" for number in range(1, len(titles) + 1)]
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        raise DataError(f"{name}: two columns are called {twice[0]!r}. Rename one.")
    comma = mark != "," and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for line in lines[1:] for cell in _split(line, mark))
    beyond = list(range(len(_cells(lines[0 if bare else 1], mark)) - len(titles)))  # columns of marks at the ends of lines
    try:
        table = pandas.read_csv(
            io.StringIO(text if bare else text.split(lines[0], 1)[1]), sep=mark, header=None, names=[*titles, *beyond],
            skipinitialspace=True, decimal="," if comma else ".", nrows=limits.ROWS + 1, low_memory=False,
            on_bad_lines="error", keep_default_na=False, na_values=[""],
        )  # fmt: skip
    except (ValueError, OverflowError, csv.Error) as error:  # pandas' own errors are ValueErrors
        raise DataError(f"{name}: expected lines of {len(titles)} columns, got: {' '.join(str(error).split())}.") from error
    if table[beyond].notna().any(axis=None):
        raise DataError(
            f"{name}: expected lines of {len(titles)} cells, as the first has, got longer ones. Give every column a title; "
            "where commas are decimal, put semicolons between cells."
        )
    table = table[titles]
    if len(table) > limits.ROWS:
        raise DataError(f"{name}: more than {limits.ROWS:,} lines. Split or thin out the recording.")
    for title in table.columns:
        if not pandas.api.types.is_numeric_dtype(table[title]):
            table[title] = _numbers(table[title], comma)
    return table


def _without_preface(text: str) -> tuple[str, str | None]:
    """The text from its titles on, and what separates its cells if a line sep=; says so, as Excel writes it.

    Lines of # or % before it are remarks; the last of them holds the titles where it has as many cells as the line below,
    which has none but numbers, as numpy.savetxt writes it.
    """
    mark = None
    if match := _SEP.match(text):
        text, mark = text[match.end() :], match[1]
    if match := _REMARKS.match(text):
        last, below = match[0].splitlines()[-1].lstrip("#% \t"), text[match.end() :].split("\n", 1)[0]
        sign = mark or _mark([last, below])
        cells = [_split(line, sign) for line in (last, below)]
        titles = len(cells[0]) == len(cells[1]) > 1 and all(_number(cell) for cell in cells[1])
        text = (f"{last}\n" if titles else "") + text[match.end() :]
    return text, mark


def _mark(lines: list[str]) -> str:
    """What separates the cells: other marks than the comma where every line has as many, for commas may be decimal.

    Blanks do where nothing else is and every line has as many cells.
    """
    blanks = {len(line.split()) for line in lines}
    if not any(mark in line for line in lines for mark in _MARKS) and len(blanks) == 1 and max(blanks) > 1:
        return _BLANKS
    counts = {mark: [line.count(mark) for line in lines] for mark in _MARKS}
    even = [mark for mark in _MARKS if mark != "," and counts[mark][0] > 0 and len(set(counts[mark])) == 1]
    return max(even or _MARKS, key=lambda mark: min(counts[mark]))


def _split(line: str, mark: str) -> list[str]:
    return line.split() if mark == _BLANKS else line.split(mark)


def _cells(line: str, mark: str) -> list[str]:
    """As `_split`, but a mark within quotes ends no cell."""
    return line.split() if mark == _BLANKS else [cell.strip() for cell in next(csv.reader([line], delimiter=mark))]


def _numbers(column: pandas.Series, comma: bool) -> pandas.Series:
    """The column as numbers where all cells are numbers or say that one is missing; a class may be called None."""
    import pandas

    for part in (column.head(_FIRST), column):  # mostly the first lines tell, and a column may have millions
        text = part.astype(str)
        values = pandas.to_numeric(text.str.replace(",", ".") if comma else text, errors="coerce")
        if not (values.notna() | _missing(part)).all():
            return column
    return values if values.notna().any() else column


def _missing(column: pandas.Series) -> pandas.Series:
    """Whether each cell is empty or says that there is no number."""
    from pandas.api.types import is_numeric_dtype

    if is_numeric_dtype(column):
        return column.isna()
    return column.isna() | column.astype(str).str.strip().str.lower().isin(_MISSING)


def channel(column: pandas.Series, name: str) -> np.ndarray | None:
    """float64 values of a column, NaN where nothing stands; None where most of it is text.

    Raises:
        DataError: Some cells are text, or infinite.
    """
    import pandas

    if pandas.api.types.is_bool_dtype(column):
        column = column.astype(np.uint8)
    values = pandas.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    text = np.isnan(values) & ~_missing(column).to_numpy()
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


def _are_places(cells: list[str]) -> bool:
    """Whether numbers may be titles: places in a series (0, 1, 2, ...), or wavelengths (400, 410, ...), all a step apart."""
    if any(_FRACTION.fullmatch(cell) for cell in cells):
        return False
    steps = np.diff([number(cell) for cell in cells])
    return bool((steps == steps[:1]).all() and (steps > 0).all())


def _number(cell: str) -> bool:
    try:
        number(cell.replace(",", "."))
    except ValueError:
        return False
    return True
