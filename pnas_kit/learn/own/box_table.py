"""Boxes in a table beside the pictures: a line for each box, with the file, the class and two corners."""

from dataclasses import dataclass

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, numbered, plain_label
from pnas_kit.learn.own.listing import LABELS, MOST_FILES, Listing, listings
from pnas_kit.learn.own.naming import parts_of_words
from pnas_kit.learn.own.picture import SUFFIXES, header
from pnas_kit.learn.own.roles import plain_title, some
from pnas_kit.learn.own.scenes import Scene, Size, drawn_on, found_of_scenes
from pnas_kit.learn.own.settings import Settings
from pnas_kit.learn.own.table import channel

NAME = "box table"
ENDINGS = (".csv", ".tsv")
_CORNERS = (("xmin", "ymin", "xmax", "ymax"), ("x1", "y1", "x2", "y2"), ("left", "top", "right", "bottom"))


def fits(files: Files) -> bool:
    """Whether a table beside pictures has columns of corners."""
    tables = files.with_suffix(*ENDINGS)
    return 0 < len(tables) <= MOST_FILES and bool(files.with_suffix(*SUFFIXES)) and files.any_says(tables, _says_corners)


def read(files: Files, settings: Settings) -> Found:
    """The pictures and boxes.

    Corners up to 1 are shares of the picture, else they are pixels. Pictures without a line are background where others of
    their folder have one.

    Raises:
        DataError: No table that names pictures, classes and corners, or cells that are no numbers.
    """
    names = files.with_suffix(*SUFFIXES)
    tables, complaint = listings(files, names)
    told = [(listing, corners) for listing in tables if (corners := _corners(list(listing.table.columns)))]
    if not told:
        raise complaint or DataError(
            f"{files.title}: expected a table with columns of the pictures' names, the class and {', '.join(_CORNERS[0])}, "
            "got none. Rename its columns, or choose another format."
        )
    lines = [line for listing, corners in told for line in _lines(listing, corners, settings)]
    there = [line for line in lines if line.file is not None]
    y, classes = numbered([line.label for line in there if line.corners is not None])
    scenes, shares = _scenes(files, names, there, y)
    found = found_of_scenes(files, scenes, list(classes), NAME, settings)
    if shares:
        found.notes.append("Corners are shares of the picture.")
    if len(there) < len(lines):
        found.warnings.append(f"Lines that name pictures that are not there: {len(lines) - len(there)}.")
    if bare := len(scenes) - len({line.file for line in there}):
        found.warnings.append(
            f"Pictures without a line, though others of their folder have one, count as background: {bare}."
        )
    if left := len(names) - len(scenes):
        found.warnings.append(f"Pictures in folders of which no line tells were left out: {left}.")
    return found


@dataclass(frozen=True, eq=False)
class _Line:
    """One line: its picture, if that is there; class and corners of a box, if any; train, val or test; picture's size."""

    file: str | None
    label: str
    corners: np.ndarray | None
    word: str | None
    size: Size | None


def _lines(listing: Listing, corners: list[str], settings: Settings) -> list[_Line]:
    table, column = listing.table, settings.label_column or listing.titled(LABELS)
    if column not in table.columns:
        raise DataError(
            f"{listing.name}: no column is known to name the class; the columns are {some(list(table.columns))}. Choose the "
            "label column."
        )
    boxes = np.stack([_numbers(listing, title) for title in corners], axis=1)
    empty = np.isnan(boxes)
    half = np.flatnonzero(empty.any(axis=1) & ~empty.all(axis=1))
    if half.size:
        raise DataError(
            f"{listing.name}: expected four corners or none in a line, got fewer in data line {half[0] + 1}. Repair it."
        )
    sides = [table[title] if title in table.columns else [None] * len(table) for title in ("width", "height")]
    return [
        _Line(file, plain_label(str(label)), None if bare else box, word, drawn_on(*size))
        for file, label, box, bare, word, *size in zip(
            listing.meant, table[column], boxes, empty.all(axis=1), listing.words(), *sides, strict=True
        )
    ]


def _scenes(files: Files, names: list[str], lines: list[_Line], y: np.ndarray) -> tuple[list[Scene], bool]:
    """A scene for each picture that has a line or lies beside some that have, and whether corners are shares of it."""
    rows = [
        [label, *line.corners] for label, line in zip(y, (line for line in lines if line.corners is not None), strict=True)
    ]
    shares = bool(rows) and max(max(row[1:]) for row in rows) <= 1
    of_file: dict[str, list[_Line]] = {}
    boxes: dict[str, list[list[float]]] = {}
    left = iter(rows)
    for line in lines:
        of_file.setdefault(line.file, []).append(line)
        if line.corners is not None:
            boxes.setdefault(line.file, []).append(next(left))
    beside = {file.rpartition("/")[0]: found[0].word for file, found in of_file.items()}
    used = [name for name in names if name.rpartition("/")[0] in beside]
    words = [of_file[name][0].word if name in of_file else beside[name.rpartition("/")[0]] for name in used]
    scenes = []
    for name, part in zip(used, parts_of_words(words), strict=True):
        found = np.array(boxes.get(name, []), np.float64).reshape(-1, 5)
        if shares and len(found):
            head = header(files.read(name), name)
            found[:, 1:] *= [head.width, head.height, head.width, head.height]
        size = of_file[name][0].size if name in of_file and not shares else None
        scenes.append(Scene(name, found, part, size))
    return scenes, shares


def _corners(titles: list[str]) -> list[str] | None:
    """The columns of the corners, in the order x0, y0, x1, y1."""
    plain = {plain_title(title): title for title in titles}
    return next(([plain[word] for word in words] for words in _CORNERS if set(words) <= set(plain)), None)


def _says_corners(text: str) -> bool:
    first = text.lstrip().partition("\n")[0].replace(";", ",").replace("\t", ",")
    return _corners([cell.strip(' "\r') for cell in first.split(",")]) is not None


def _numbers(listing: Listing, title: str) -> np.ndarray:
    values = channel(listing.table[title], listing.name)
    if values is None:
        raise DataError(f"{listing.name}, column {title!r}: expected numbers, got mostly text. Is it the right table?")
    return values
