"""Weka's .arff as the UCR and UEA archives use it: numeric attributes or one relational one, and the class last."""

import csv
import re

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, plain_label
from pnas_kit.learn.own.series import Series, found_of, numbers
from pnas_kit.learn.own.settings import Settings

NAME = "Weka .arff"
ENDINGS = (".arff",)
_ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"[^"]*"|\S+)\s+(.*)""", re.IGNORECASE)
_WEIGHT = re.compile(r"[,\t]\s*\{\s*[-+.\deE]+\s*\}\s*$")
"""Of an instance, after its values; it is passed over."""
_NUMERIC = ("numeric", "real", "integer")
csv.field_size_limit(1 << 24)  # a relational series is one field


def fits(files: Files) -> bool:
    """Whether there are .arff files."""
    return bool(files.with_suffix(*ENDINGS))


def read(files: Files, settings: Settings) -> Found:
    """The series and labels.

    Raises:
        DataError: Attributes that are no series with a class, or a line unlike them.
    """
    return found_of(files, ENDINGS, NAME, _content, settings)


def _content(text: str, name: str) -> Series:
    lines = enumerate(text.splitlines(), 1)
    kinds, known = _header(lines, name)
    relational = kinds == ["relational"]
    series, labels = [], []
    for number, line in lines:
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        where = f"{name}, line {number}"
        if line.startswith("{"):
            raise DataError(f"{where}: sparse lines in braces are not read. Save the file as a dense .arff.")
        line = _WEIGHT.sub("", line)
        mark = "," if "," in line else "\t"
        try:
            *cells, last = _cells(line, mark, keep=relational)
        except (csv.Error, ValueError, StopIteration) as error:
            raise DataError(f"{where}: expected values between commas, got {error}.") from error
        if len(cells) != len(kinds):
            raise DataError(f"{where}: expected {len(kinds)} values and a class, got {len(cells)}. Is the file cut off?")
        word = plain_label(last)
        if word == "?":
            raise DataError(f"{where}: expected a class, got ?, which is none. Remove the line.")
        if word not in known:
            raise DataError(f"{where}: the class {word!r} is not among those of the header ({', '.join(sorted(known))}).")
        rows = cells[0].replace("\\n", "\n").split("\n") if relational else [",".join(cells)]
        values = [numbers(row.split(","), where) for row in rows]
        if len({len(value) for value in values}) != 1:
            raise DataError(f"{where}: expected dimensions of one length, got {[len(value) for value in values]}.")
        series.append(np.stack(values, axis=-1))
        labels.append(word)
    return series, labels


def _cells(line: str, mark: str, keep: bool = False) -> list[str]:
    """The values of a line; quotes may be single or double, and a relational value keeps its backslashes."""
    quote = '"' if re.search(rf"(^|{mark})\s*\"", line) else "'"
    return next(
        csv.reader([line], delimiter=mark, quotechar=quote, escapechar=None if keep else "\\", skipinitialspace=True)
    )


def _header(lines, name: str) -> tuple[list[str], set[str]]:
    """Kinds of the attributes before the class, and the classes."""
    kinds, inside = [], False
    for _, line in lines:
        line = line.strip()
        if line.lower().startswith("@data"):
            return _series_and_class(kinds, name)
        if line.lower().startswith("@end"):
            inside = False
        match = _ATTRIBUTE.match(line)
        if match and not inside:
            kinds.append(match[2].strip())
            inside = kinds[-1].lower() == "relational"
    raise DataError(f"{name}: expected a line @data, got none. Is the file cut off?")


def _series_and_class(kinds: list[str], name: str) -> tuple[list[str], set[str]]:
    if len(kinds) < 2 or not kinds[-1].startswith("{"):
        raise DataError(f"{name}: expected a nominal class {{a,b,...}} as the last attribute, got {kinds[-1:] or 'none'}.")
    before = [kind.split()[0].lower() for kind in kinds[:-1]]
    if before != ["relational"] and not set(before) <= set(_NUMERIC):
        raise DataError(f"{name}: expected numeric attributes or one relational one, got {sorted(set(before))}.")
    names = _cells(kinds[-1].strip().strip("{} "), ",")
    return before, {plain_label(word) for word in names}
