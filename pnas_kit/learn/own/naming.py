"""What the names of folders and files say of the class and the part of what is in them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.found import TEST, TRAIN

_SPLITS = {
    "train": TRAIN, "training": TRAIN, "val": TRAIN, "valid": TRAIN, "validation": TRAIN, "dev": TRAIN,
    "test": TEST, "testing": TEST,
}  # fmt: skip
_HELD_OUT = {"val", "valid", "validation", "dev"}
_STAMP = re.compile(r"[-_. ]*\d{4}[-_.]?\d\d[-_.]?\d\d([-_. T]?\d\d[-_.h]?\d\d([-_.m]?\d\d)?)?s?$")
_SHOWN = 5

BY_FOLDER, BY_HEAD = "The class is the folder.", "The class is the file's name up to its first point."


# ---- parts


def split_word(folder: str) -> str | None:
    """The word train, test or val in a folder's name (dataset_train); None where there is none."""
    return next((word for word in re.split(r"[^a-z]+", folder.lower()) if word in _SPLITS), None)


def part_word(word: str) -> str | None:
    """train, test or val where the word is one of these but for capitals and a number; train2017 is train."""
    plain = word.strip().lower().rstrip("0123456789")
    return plain if plain in _SPLITS else None


def part_folder(name: str) -> str | None:
    """The folder of the path that names a part."""
    return next(filter(None, map(part_word, PurePosixPath(name).parts[:-1])), None)


def part_by_end(name: str) -> int | None:
    """Training or test by the end of a file's name; None where it says nothing."""
    stem = name.rpartition("/")[2].lower()
    if re.search(r"(^|[_\-. ])train(ing)?\d*([_\-. ]|$)", stem):
        return TRAIN
    return TEST if re.search(r"(^|[_\-. ])test(ing)?\d*([_\-. ]|$)", stem) else None


def train_and_test(names: list[str], title: str) -> list[tuple[str, int | None]]:
    """One file, or that of training and that of test, with their parts; of others beside these two none.

    Raises:
        DataError: Several files, and not just one of each part.
    """
    pairs = [(name, part_by_end(name)) for name in names]
    if len(pairs) == 1:
        return pairs
    known = sorted((pair for pair in pairs if pair[1] is not None), key=lambda pair: pair[1])
    if [part for _, part in known] != [TRAIN, TEST]:
        raise DataError(
            f"{title}: expected one file, or two named ..._TRAIN and ..._TEST, got {', '.join(names[:_SHOWN])}. "
            "Give the files of one data set."
        )
    return known


def parts_by_folder(names: list[str]) -> list[int | None]:
    """Training or test by a folder of each path."""
    return parts_of_words([part_folder(name) for name in names])


def parts_of_words(words: list[str | None]) -> list[int | None]:
    """Training or test for words like train, val and test; val counts as test where there is none called test."""
    tests = _tests_among({word for word in words if word})
    return [None if word is None else TEST if word in tests else TRAIN for word in words]


def _tests_among(words: set[str]) -> set[str]:
    """The words for the test part: those for validation where there is none for test."""
    return {word for word in words if _SPLITS[word] == TEST} or words & _HELD_OUT


def _parts_of_folders(words: list[str]) -> tuple[np.ndarray | None, list[str]]:
    """int8 part of each file, None where all are of one part, and notes."""
    there = set(words)
    tests, held_out = _tests_among(there), there & _HELD_OUT
    if tests in (set(), there):
        return None, ["All files are in one part."]
    notes = []
    if tests == held_out:
        notes = [f"There is no folder test: {', '.join(sorted(tests))} takes its place."]
    elif held_out:
        notes = [f"The folder {', '.join(sorted(held_out))} joins the training part, of which validation is drawn."]
    return np.array([TEST if word in tests else TRAIN for word in words], np.int8), notes


# ---- classes


def classes_of(names: list[str], title: str) -> tuple[list[str], np.ndarray | None, list[str]]:
    """The class of each file by its folder, or by its name where none has one, int8 parts where folders say them, and notes.

    Raises:
        DataError: Files without a class's folder.
    """
    paths = [PurePosixPath(name).parts for name in names]
    if all(len(path) > 2 and path[0] == path[1] for path in paths):  # an archive's folder in a folder of its name
        paths = [path[1:] for path in paths]
    words = [split_word(path[0]) for path in paths]
    exact = all(path[0].lower() in _SPLITS for path in paths)
    split = exact or (all(words) and all(len(path) > 2 for path in paths))
    loose = [name for name, path in zip(names, paths, strict=True) if len(path) < 2 + split]
    heads = _heads(paths) if len(loose) == len(names) else None
    if loose and heads is None:
        raise DataError(
            f"{title}: expected a folder for each class, got "
            f"{loose[0]!r}{' in none' if not split else ' right in ' + loose[0]}. "
            "Put every file into a folder that is named like its class."
        )
    labels, said = (heads, BY_HEAD) if heads else ([path[split] for path in paths], BY_FOLDER)
    if not split:
        bare = {_SPLITS.get(label.lower().rstrip("0123456789")) for label in labels}
        if bare == {TRAIN, TEST}:
            raise DataError(
                f"{title}: expected folders of classes inside {' and '.join(sorted(set(labels))[:_SHOWN])}, got files right "
                "in them. Put every file into a folder that is named like its class."
            )
        return labels, None, [said]
    part, notes = _parts_of_folders(words)
    return labels, part, [said, *notes]


def _heads(paths: Sequence[tuple[str, ...]]) -> list[str] | None:
    """The names up to their first point (cat.17.png), where they all have one and some of these are alike."""
    names = [PurePosixPath(path[-1]).stem for path in paths]
    heads = [name.partition(".")[0] for name in names]
    return heads if all("." in name for name in names) and 1 < len(set(heads)) < len(names) else None


# ---- recordings, whose classes may be in their names


def parts_of_recordings(names: list[str], labelled: bool) -> tuple[list[int | None], list[tuple[str, ...]]]:
    """Part of each file by its folder, or where a column has the label, by its name; and what remains of the paths."""
    paths = [PurePosixPath(name).parts for name in names]
    if all(len(path) > 1 and path[0].lower() in _SPLITS for path in paths):
        given, _ = _parts_of_folders([path[0].lower() for path in paths])
        return [None] * len(names) if given is None else given.tolist(), [path[1:] for path in paths]
    by_name = [part_by_end(name) for name in names] if labelled else []
    return by_name if set(by_name) == {TRAIN, TEST} else [None] * len(names), paths


def classes_of_recordings(paths: list[tuple[str, ...]], title: str) -> tuple[list[str], str]:
    """Class of each file by its folder, or by its name without the number at its end; and which it was.

    Raises:
        DataError: Names that are numbers alone.
    """
    folders = [path[0] for path in paths if len(path) > 1]
    if len(set(folders)) > 1 and len(folders) == len(paths):
        words = [_unnumbered(folder) for folder in folders]
        if all(words) and 1 < len(set(words)) < len(set(folders)) == len(folders):  # a folder for each recording
            return words, "The class is the folder's name without the number or date at its end."
        return folders, BY_FOLDER
    if heads := _heads(paths):
        return heads, BY_HEAD
    stems = [_unnumbered(PurePosixPath(path[-1]).stem) for path in paths]
    if not all(stems):
        raise DataError(f"{title}: file names are numbers alone. Put the files into a folder for each class.")
    return stems, "The class is the file's name without the number or date at its end."


def _unnumbered(name: str) -> str:
    """Without the date and time, or else the number, at its end."""
    return _STAMP.sub("", name) if _STAMP.search(name) else re.sub(r"[-_. ()]*\d*[)]?$", "", name)
