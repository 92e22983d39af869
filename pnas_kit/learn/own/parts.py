"""Which samples train and which test, so that nothing of a recording, person or picture is on both sides."""

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.split import by_group
from pnas_kit.learn.own.found import TEST, TRAIN, Found

_DRAWS = 200
_FEWEST_PICTURES = 5
"""Fewer that were cut into tiles are not held out whole: one would be a quarter of all."""


def separate(found: Found, share: float, seed: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Indices of the training and the test samples, and how they were separated.

    Raises:
        DataError: A class would be missing on one side.
    """
    if found.part is not None:
        train, test = np.flatnonzero(found.part == TRAIN), np.flatnonzero(found.part == TEST)
        return train, test, found.split or "as the files bring it"
    if found.task == "detection":
        train, test = by_group(found.groups, share, seed)
        return train, test, f"ours: about {100 * share:.0f} % of the {found.group_word}s for testing, drawn with seed {seed}"
    if found.groups is not None and len(np.unique(found.groups)) < len(found.y):
        test = grouped(found.y, found.groups, share, seed)
        if test is None:
            raise DataError(
                f"Some class occurs in one {found.group_word} alone, so no split by {found.group_word} has all classes on "
                f"both sides. Record it again, or bring a split of your own (folders train and test)."
            )
        words = f"ours: by {found.group_word}, about {100 * share:.0f} % of them for testing, drawn with seed {seed}"
    else:
        test = per_class(found.y, share, seed)
        words = f"ours: {100 * share:.0f} % of each class for testing, drawn once with seed {seed}"
    return np.flatnonzero(~test), np.flatnonzero(test), words


def per_class(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """bool `(samples,)`, true for testing; every class of two or more samples is on both sides."""
    random = np.random.RandomState(seed)
    test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        test[members[: max(1, min(round(len(members) * share), len(members) - 1))]] = len(members) > 1
    return test


def grouped(labels: np.ndarray, groups: np.ndarray, share: float, seed: int) -> np.ndarray | None:
    """bool `(samples,)`, true for testing, whole groups only; None where some class would be missing on a side."""
    names, first = np.unique(groups, return_index=True)
    pairs = np.unique(np.stack([groups, labels]), axis=1)
    if len(pairs[0]) == len(names):  # every group is of one class: draw among the groups of each
        chosen = per_class(labels[first], share, seed)
        if len(set(labels[first][chosen])) < len(np.unique(labels)):
            return None
        return np.isin(groups, names[chosen])
    classes = len(np.unique(labels))
    for draw in range(seed, seed + _DRAWS) if len(names) > 1 else ():
        train, test = by_group(groups, share, draw)
        if len(np.unique(labels[train])) == len(np.unique(labels[test])) == classes:
            mask = np.zeros(len(labels), dtype=bool)
            mask[test] = True
            return mask
    return None


def whole_pictures(groups: np.ndarray) -> np.ndarray | None:
    """int64 groups for a validation part of whole pictures, or None where each sample is one, or they are too few."""
    names, places = np.unique(groups, return_inverse=True)
    return places.astype(np.int64) if _FEWEST_PICTURES <= len(names) < len(groups) else None


def folds(labels: np.ndarray, groups: np.ndarray) -> np.ndarray | None:
    """int64 groups for a validation part that holds every class, or None where whole groups cannot give one.

    Recordings of one class each are joined to folds, the first recordings of all classes to the first fold and so on,
    since holding back a single one would take away its class.
    """
    names, first = np.unique(groups, return_index=True)
    pairs = np.unique(np.stack([groups, labels]), axis=1)
    if len(pairs[0]) > len(names):
        many = np.bincount(pairs[1]).min() > 1
        return np.searchsorted(names, groups).astype(np.int64) if many else None
    of_group = labels[first]
    least = np.bincount(of_group)
    least = int(least[least > 0].min())
    if least < 2:
        return None
    rank = np.empty(len(names), np.int64)
    for label in np.unique(of_group):
        members = np.flatnonzero(of_group == label)
        rank[members] = np.arange(len(members)) % least
    return rank[np.searchsorted(names, groups)]
