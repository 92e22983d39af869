"""The class of each picture or sound: by its folder or name, or as a table beside the files says; and lists of parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import TEST, TRAIN, numbered, plain_label
from pnas_kit.learn.own.listing import GROUPS, LABELS, MOST_FILES, SPLITS, Index, Listing, listings
from pnas_kit.learn.own.naming import BY_FOLDER, classes_of, parts_of_words, split_word
from pnas_kit.learn.own.parts import per_class
from pnas_kit.learn.own.roles import plain_title, some
from pnas_kit.learn.own.settings import Settings

_LISTS = (".txt", ".csv", ".tsv")
_MOSTLY = 0.5
_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Classed:
    """The files that have a class, and what is known of each.

    Attributes:
        names: Of the files.
        labels: A class for each.
        notes, warnings: What was understood; what to look at.
        part: int8 `(files,)`, 0 for training and 1 for test, where folders, a table or lists say it.
        groups: int64 `(files,)` where a table says whose each is.
        group_word: Title of that column.
    """

    names: list[str]
    labels: list[str]
    notes: list[str]
    warnings: list[str]
    part: np.ndarray | None = None
    groups: np.ndarray | None = None
    group_word: str = "recording"

    def take(self, kept: list[int], **changes: object) -> Classed:
        """Only the files at these places."""
        part, groups = (None if each is None else each[kept] for each in (self.part, self.groups))
        names, labels = [self.names[i] for i in kept], [self.labels[i] for i in kept]
        return replace(self, **{"names": names, "labels": labels, "part": part, "groups": groups} | changes)


def classed(files: Files, endings: tuple[str, ...], settings: Settings) -> Classed:
    """The class of each file that ends so.

    A table that has a line for most files, and a column that is chosen or called like a class, is believed more than folders
    are; any table where folders name no classes.

    Raises:
        DataError: Neither folders nor a table say the class, or lines that contradict each other.
    """
    names = files.with_suffix(*endings)
    tables, complaint = listings(files, names)
    by_folder = None
    try:
        labels, part, notes = classes_of(names, files.title)
        by_folder = Classed(names, labels, notes, [], part)
    except DataError as error:
        if not tables:
            raise complaint or error from error
    if not tables and (settings.label_column or settings.group_column):
        column = settings.label_column or settings.group_column
        raise complaint or DataError(f"{files.title}: there is no table of the files that has a column {column!r}. Add one.")
    if not tables:
        found = by_folder
    elif by_folder and by_folder.notes[0] == BY_FOLDER and len(set(by_folder.labels)) > 1:
        found = _by_tables(tables, names, settings, True) or _warned(by_folder, tables[0])
    else:
        found = _by_tables(tables, names, settings, False)
    return found if found.part is not None else _by_lists(files, found, settings)


# ---- tables


def _by_tables(tables: list[Listing], names: list[str], settings: Settings, by_folder: bool) -> Classed | None:
    """What the tables say; None where folders say more: no column is called like a class, or most files have no line."""
    told = [(listing, *labels) for listing in tables if (labels := _labels(listing, settings, by_folder))]
    columns = [title for title in tables[0].table.columns if title != tables[0].column]
    for role, wanted in (("label", settings.label_column), ("group", settings.group_column)):
        if wanted and all(wanted not in listing.table.columns for listing in tables):
            raise DataError(f"{tables[0].name}: there is no {role} column {wanted!r}; the columns are {some(columns)}.")
    listed = {file for listing, *_ in told for file in listing.meant if file}
    if by_folder and len(listed) <= _MOSTLY * len(names):
        return None
    if not told:
        raise DataError(
            f"{tables[0].name}: no column is known to name the class of the files; the columns are {some(columns)}. Choose "
            "the label column."
        )
    return _joined(told, names, settings)


def _warned(by_folder: Classed, listing: Listing) -> Classed:
    columns = [title for title in listing.table.columns if title != listing.column]
    warning = (
        f"{listing.name} lists the files too, but the class is taken from the folders. If it is in a column "
        f"({some(columns)}), choose that as the label column."
    )
    return replace(by_folder, warnings=[warning])


def _joined(told: list[tuple[Listing, list[str], str]], names: list[str], settings: Settings) -> Classed:
    """All lines of all tables, for each file one."""
    label_of, word_of, owner_of = {}, {}, {}
    group_word, gone, notes, warnings = None, 0, [], []
    for listing, labels, said in told:
        group = settings.group_column or listing.titled(GROUPS)
        group = group if group in listing.table.columns else None
        group_word = group_word or group
        owners = listing.table[group].astype(str) if group else [""] * len(labels)
        for file, label, word, owner in zip(listing.meant, labels, listing.words(), owners, strict=True):
            gone += file is None
            if file is None or not label:
                continue
            if label_of.setdefault(file, label) != label:
                raise DataError(
                    f"{listing.name}: {file} is {label_of[file]!r} in one line and {label!r} in another. Repair the table, "
                    "or choose another label column."
                )
            word_of[file], owner_of[file] = word, owner or file
        notes.append(f"The class of what column {listing.column!r} of {listing.name} names is {said}.")
    parts = parts_of_words([word_of.get(name) for name in names])
    split = {TRAIN, TEST} <= set(parts)
    kept = [i for i, name in enumerate(names) if name in label_of and not (split and parts[i] is None)]
    if gone:
        warnings.append(f"Lines that name files that are not there: {gone}.")
    if not kept:
        raise DataError(f"{told[0][0].name}: expected a class for the files, got none. Choose another label column.")
    if left := len(names) - len(kept):
        first = names[min(set(range(len(names))) - set(kept))]
        warnings.append(f"Files without a class, or a part, in a table were left out: {left}, the first is {first}.")
    if len(notes) > _SHOWN:
        notes = [*notes[:_SHOWN], f"So in {len(notes) - _SHOWN} more tables."]
    used = [names[i] for i in kept]
    made = Classed(used, [label_of[name] for name in used], notes, warnings)
    if split:
        made = replace(made, part=np.array([parts[i] for i in kept], np.int8))
    if group_word:
        made = replace(made, groups=numbered([owner_of[name] for name in used])[0], group_word=group_word)
    return made


def _labels(listing: Listing, settings: Settings, by_folder: bool) -> tuple[list[str], str] | None:
    """The class of each line, "" where there is none, and where it stands; None where no column names it.

    Args:
        listing: The table.
        settings: With the column, where one was chosen.
        by_folder: Folders name classes too, so only a column that was chosen, or is called like a class, counts.

    Raises:
        DataError: Columns of 0 and 1 for each class, and a line of several classes.
    """
    table, column = listing.table, settings.label_column or listing.titled(LABELS)
    if column in table.columns:
        return _plain(table[column]), f"in column {column!r}"
    if by_folder or settings.label_column is not None:
        return None
    rest = [title for title in table.columns if title != listing.column and plain_title(title) not in (*SPLITS, *GROUPS)]
    if len(rest) > 1 and all(set(table[title].unique()) == {0, 1} for title in rest):
        ones = table[rest].sum(axis=1).to_numpy()
        if ones.max() > 1:
            raise DataError(
                f"{listing.name}: {table[listing.column].iloc[int(ones.argmax())]} is of several classes at once, and a "
                "network here names one. Give every file one class."
            )
        return table[rest].idxmax(axis=1).where(ones == 1, "").tolist(), f"the column with a 1 ({some(rest)})"
    words = [title for title in rest if listing.is_text(title) and 1 < table[title].nunique() <= _MOSTLY * len(table)]
    return (_plain(table[words[0]]), f"in column {words[0]!r}") if len(words) == 1 else None


def _plain(column) -> list[str]:
    return ["" if missing else plain_label(str(cell)) for cell, missing in zip(column, column.isna(), strict=True)]


# ---- lists of parts


def _by_lists(files: Files, found: Classed, settings: Settings) -> Classed:
    """With the parts of lists such as testing_list.txt, a file in each line; without one for training the rest is for that.

    Classes that no list has for testing, as the background noise of Speech Commands, are drawn from.
    """
    lists = [name for name in files.with_suffix(*_LISTS) if split_word(PurePosixPath(name).stem)]
    if not 0 < len(lists) <= MOST_FILES:
        return found
    index, word_of, used = Index(found.names), {}, []
    for name in lists:
        try:
            lines = [line for line in files.text(name).splitlines() if line.strip()]
        except DataError:
            continue
        meant = [index.find(line, name) for line in lines]
        if sum(file is not None for file in meant) > _MOSTLY * len(lines):
            word_of |= dict.fromkeys(filter(None, meant), split_word(PurePosixPath(name).stem))
            used.append(name)
    rest = None if {"train", "training"} & set(word_of.values()) else "train"
    parts = parts_of_words([word_of.get(name, rest) for name in found.names])
    if not {TRAIN, TEST} <= set(parts):
        return found
    tested = {label for label, part in zip(found.labels, parts, strict=True) if part == TEST}
    alone = [label for label in sorted(set(found.labels) - tested) if found.labels.count(label) == 1]
    kept = [i for i, part in enumerate(parts) if part is not None and found.labels[i] not in alone]
    warnings = list(found.warnings)
    if left := len(parts) - len(kept):
        more = f", or of a class with one file that is not for testing ({some(alone)})" if alone else ""
        warnings.append(f"Files that are in no list{more}, were left out: {left}.")
    made = found.take(kept, part=np.array([parts[i] for i in kept], np.int8), warnings=warnings)
    drawn = np.array([label not in tested for label in made.labels])
    notes = [*found.notes, f"Training and test are as {some(used)} say."]
    if drawn.any():
        labels = np.array(made.labels, object)[drawn]
        made.part[drawn] = per_class(labels, settings.test_share, settings.seed)
        notes.append(f"Of {some(sorted(set(labels)))} no list has files for testing: some were drawn.")
    return replace(made, notes=notes)
