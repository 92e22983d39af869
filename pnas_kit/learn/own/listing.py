"""Tables beside pictures or sounds with a line for each file: which file is meant, and by which column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.naming import part_folder, part_word, split_word
from pnas_kit.learn.own.roles import GROUP, LABEL, plain_title
from pnas_kit.learn.own.table import read_table

if TYPE_CHECKING:
    import pandas

LABELS = (*LABEL, "species", "breed", "diagnosis", "dx", "emotion", "labelname")
GROUPS = (*GROUP, "lesion", "fold")
SPLITS = ("split", "set", "subset", "partition", "part", "usage")
MOST_FILES = 50
"""More tables belong to a file each, and do not list the files."""
_TABLES = (".csv", ".tsv")
_MOSTLY = 0.5
_LOOKED_AT = 200
"""Lines that tell which column names the files."""


class Index:
    """Finds a file by what a line calls it: path, name, or name without the ending, in capitals or not."""

    def __init__(self, names: list[str]) -> None:
        self._paths = {name.lower(): name for name in names}
        self._by: dict[str, list[str]] = {}
        for name in names:
            path = PurePosixPath(name.lower())
            for word in {path.name, path.stem, path.stem.lstrip("0") or "0"}:
                self._by.setdefault(word, []).append(name)

    def find(self, cell: object, where: str) -> str | None:
        """The one file that `cell` of the file `where` means; None where it is none, or several."""
        wanted = str(cell).strip().replace("\\", "/").removeprefix("./").lower()
        there = self._by.get(PurePosixPath(wanted).name, [])
        if len(there) < 2:
            return there[0] if there else None
        folder, word = PurePosixPath(where).parent, split_word(PurePosixPath(where).stem)
        if beside := self._paths.get(wanted) or self._paths.get(f"{folder}/{wanted}".lower()):
            return beside
        for closer in (
            [name for name in there if f"/{name}".lower().endswith(f"/{wanted}")],
            [name for name in there if f"/{PurePosixPath(name).with_suffix('')}".lower().endswith(f"/{wanted}")],
            [name for name in there if folder in PurePosixPath(name).parents] if str(folder) != "." else [],
            [name for name in there if word and part_folder(name) == word],
        ):
            if len(closer) == 1:
                return closer[0]
        return None


@dataclass(frozen=True, eq=False)
class Listing:
    """A table with a line for each file, or several.

    Attributes:
        name: Of the table's file.
        table: All lines.
        column: The column that names the file.
        meant: The file of each line; None where it is not there.
    """

    name: str
    table: pandas.DataFrame
    column: str
    meant: list[str | None]

    def titled(self, words: Iterable[str]) -> str | None:
        """The column called by one of the words, rather one of text than of numbers, then by the first of the words."""
        words = list(words)
        titles = [title for title in self.table.columns if title != self.column and plain_title(title) in words]
        return min(titles, key=lambda title: (not self.is_text(title), words.index(plain_title(title))), default=None)

    def is_text(self, title: str) -> bool:
        """Whether a column holds anything but numbers."""
        from pandas.api.types import is_numeric_dtype

        return not is_numeric_dtype(self.table[title])

    def words(self) -> list[str | None]:
        """train, val or test of each line: in a column, by a folder of the file, or by the table's folder or name."""
        column = self.titled(SPLITS)
        if column is not None:
            words = [part_word(str(cell)) for cell in self.table[column]]
            if all(words):
                return words
        table = part_folder(self.name) or split_word(PurePosixPath(self.name).stem)
        return [part_folder(file) or table or _split_folder(file) if file else None for file in self.meant]


def _split_folder(name: str) -> str | None:
    """The part that a folder's name has a word of: Final_Training."""
    return next(filter(None, map(split_word, PurePosixPath(name).parts[:-1])), None)


def listings(files: Files, names: list[str]) -> tuple[list[Listing], DataError | None]:
    """The tables that list the files called `names`, and why the first of those that cannot be read cannot."""
    tables, found, complaint = files.with_suffix(*_TABLES), [], None
    index = Index(names) if 0 < len(tables) <= MOST_FILES else None
    for name in tables if index else ():
        try:
            table = read_table(files.text(name), name)
        except DataError as error:
            complaint = complaint or error
            continue
        some = table.iloc[np.unique(np.linspace(0, len(table) - 1, _LOOKED_AT).astype(int))]
        column = max(table.columns, key=lambda title: len({index.find(cell, name) for cell in some[title]} - {None}))
        meant = [index.find(cell, name) for cell in table[column]]
        if sum(file is not None for file in meant) > max(1, _MOSTLY * len(table)):
            found.append(Listing(name, table, column, meant))
    return found, complaint
