"""The UCR archive's text: one series per line, the label first, between tabs, commas or blanks."""

import re

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, plain_label
from pnas_kit.learn.own.series import Series, found_of, numbers
from pnas_kit.learn.own.settings import Settings

NAME = "UCR text"
_LEAST_VALUES = 8


def fits(files: Files) -> bool:
    """Whether there are .tsv or .txt files, or a .csv, whose lines begin like this format's."""
    names = [name for name in files.with_suffix(".tsv", ".txt", ".csv") if "readme" not in name.lower()]
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
    return found_of(files, (".tsv", ".txt", ".csv"), NAME, _lines, settings)


def _lines(text: str, name: str) -> Series:
    series, labels = [], []
    for number, line in enumerate(text.splitlines(), 1):
        cells = _cells(line)
        if not cells:
            continue
        where = f"{name}, line {number}"
        label = plain_label(cells[0])
        if not label:
            raise DataError(f"{where}: expected a label first, got {cells[0]!r}. Put the label into the first column.")
        if len(cells) < 2:
            raise DataError(f"{where}: expected a label and values, got {len(cells)} entry. Is the file cut off?")
        series.append(numbers(cells[1:], where)[:, None])
        labels.append(label)
    return series, labels


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
