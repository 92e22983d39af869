"""The UCR archive's text: one series per line, the label first, between tabs, commas or blanks."""

import re

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, plain_label
from pnas_kit.learn.own.series import Series, found_of, numbers
from pnas_kit.learn.own.settings import Settings

NAME = "UCR text"
ENDINGS = (".tsv", ".txt", ".csv")
_LEAST_VALUES = 8


def fits(files: Files) -> bool:
    """Whether there are .tsv or .txt files, or a .csv, whose lines begin like this format's."""
    names = files.with_suffix(*ENDINGS)
    if not names or len(names) > 2:
        return False
    try:
        lines = files.text(names[0]).splitlines()[:2]
    except DataError:
        return names[0].lower().endswith(".tsv")
    rows = [_cells(line) for line in lines if line.strip()]
    return bool(rows) and len(rows[0]) > _LEAST_VALUES and all(_number(cell) for row in rows for cell in row[1:])


def read(files: Files, settings: Settings) -> Found:
    """The series and labels.

    Raises:
        DataError: A line that is not like this.
    """
    rows = {name: _rows(files.text(name), name) for name in files.with_suffix(*ENDINGS)}
    last = {_label_is_last(found) for found in rows.values()}
    if len(last) > 1:
        raise DataError(f"{files.title}: the label is first in one file and last in the other. Bring it to the front.")
    place = -1 if last == {True} else 0
    found = found_of(files, ENDINGS, NAME, lambda _, name: _series(rows.pop(name), place), settings)
    if place == -1:
        found.notes.append("The label is the last number of each line, for the first ones are fractions.")
    return found


def _rows(text: str, name: str) -> list[tuple[str, list[str]]]:
    """Where each line is, and its cells."""
    rows = [(f"{name}, line {number}", cells) for number, line in enumerate(text.splitlines(), 1) if (cells := _cells(line))]
    titled = rows and _counts(rows[0][1])  # pandas' titles 0, 1, 2, ... of a table without names
    return rows[1:] if titled else rows


def _label_is_last(rows: list[tuple[str, list[str]]]) -> bool:
    """Whether only the last numbers of the lines can be labels."""
    return not all(_whole(cells[0]) for _, cells in rows) and all(_whole(cells[-1]) for _, cells in rows)


def _series(rows: list[tuple[str, list[str]]], place: int) -> Series:
    """The series and labels, which stand at this place of the lines."""
    series, labels = [], []
    for where, cells in rows:
        label = plain_label(cells.pop(place))
        if not label:
            raise DataError(f"{where}: expected a label first, got none. Put the label into the first column.")
        if not cells:
            raise DataError(f"{where}: expected a label and values, got one entry. Is the file cut off?")
        series.append(numbers(cells, where)[:, None])
        labels.append(label)
    return series, labels


def _counts(cells: list[str]) -> bool:
    """Whether a line numbers the columns: no series does."""
    return len(cells) > _LEAST_VALUES and cells == [str(number) for number in range(len(cells))]


def _whole(cell: str) -> bool:
    """Whether it may be a label: no fraction."""
    try:
        return float(cell).is_integer()
    except (ValueError, OverflowError):
        return True


def _cells(line: str) -> list[str]:
    line = line.strip("\r\n ")
    if not line.strip():
        return []
    for mark in ("\t", ",", ";"):
        if mark in line:
            return line.split(mark)
    return re.split(r" +", line)


def _number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return cell.strip() == "?"
    return True
