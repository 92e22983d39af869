"""What every import is held against, whatever its format."""

import hashlib
from unicodedata import category

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.split import LEAST_PROXY_BATCH
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.found import TEST, TRAIN, Found
from pnas_kit.space.arch import task_of

_LEAST_TRAIN = 8
FOR_A_SEARCH = 2 * LEAST_PROXY_BATCH
_NAMED = 5


def examine(found: Found, title: str) -> None:
    """Refuses what no network can be trained on.

    Raises:
        DataError: No samples, one class, a class of one sample or on one side only, values that are not finite.
    """
    if found.x.size == 0:
        raise DataError(f"{title}: expected samples, got none. Choose other files, or shorter windows.")
    if found.x.dtype not in (np.uint8, np.float32):
        raise TypeError(f"a reader gave {found.x.dtype}")
    limits.room_for(len(found.x), found.x.shape[1:], found.x.itemsize, title)
    if found.x.dtype == np.float32:
        _finite(found, title)
    _names(found, title)
    if found.boxes is None:
        _classes(found, title)
    elif len(found.boxes.rows) == 0:
        raise DataError(f"{title}: expected boxes, got none in {len(found.x)} pictures. Are the labels beside the pictures?")


def look_twice(found: Found, train: np.ndarray, test: np.ndarray, title: str) -> None:
    """Drops channels that never change; adds warnings on samples that occur twice, and on classes of very different size.

    Raises:
        DataError: Nothing changes at all.
    """
    _drop_constant(found, train, title)
    try:
        task_of(found.x.shape[1:])
    except ValueError as error:
        found.warnings.append(f"No network of the search takes such samples: {error}. Choose another size, window or tile.")
    if len(train) < FOR_A_SEARCH:
        found.warnings.append(
            f"{len(train)} training samples: a search needs {FOR_A_SEARCH} that differ, for two batches. Add some."
        )
    if found.boxes is not None:
        for word, part in (("training", train), ("test", test)):
            there = set(found.boxes.take(part).rows[:, 0].astype(int))
            missing = [name for place, name in enumerate(found.classes) if place not in there]
            if missing:
                found.warnings.append(f"No box of {', '.join(map(repr, missing[:_NAMED]))} is in the {word} part.")
        return
    marks = [hashlib.blake2b(np.ascontiguousarray(sample).data, digest_size=12).digest() for sample in found.x]
    seen: dict[bytes, int] = {}
    for index in train:
        seen.setdefault(marks[index], index)
    both = sum(marks[index] in seen for index in test)
    if both:
        found.warnings.append(
            f"{both} of {len(test)} test samples occur in the training part too, number for number: the test accuracy will "
            "look better than it is. Remove the copies."
        )
    first: dict[bytes, int] = {}
    torn = [i for i, mark in enumerate(marks) if found.y[first.setdefault(mark, i)] != found.y[i]]
    if torn:
        i, j = torn[0], first[marks[torn[0]]]
        found.warnings.append(
            f"{len(torn)} samples occur under two labels, the first as {found.classes[found.y[j]]!r} and "
            f"{found.classes[found.y[i]]!r}: one of them is wrong."
        )
    sizes = np.bincount(found.y[train], minlength=len(found.classes))
    if sizes.max() > 2 * sizes.min():
        found.warnings.append(
            f"Unbalanced: {found.classes[sizes.argmax()]!r} has {sizes.max():,} training samples, "
            f"{found.classes[sizes.argmin()]!r} has {sizes.min():,}. Look at the confusion table, not only at accuracy."
        )


def _finite(found: Found, title: str) -> None:
    bad = np.flatnonzero(~np.isfinite(found.x).reshape(len(found.x), -1).all(axis=1))
    if bad.size:
        raise DataError(
            f"{title}: expected finite numbers, got NaN or infinity in {bad.size} of {len(found.x)} samples, the first is "
            f"number {bad[0]} (from 0). Remove or repair them."
        )


def _names(found: Found, title: str) -> None:
    if len(found.classes) > limits.CLASSES:
        raise DataError(
            f"{title}: {len(found.classes):,} classes, more than {limits.CLASSES}. Is the label column or folder "
            "the right one?"
        )
    odd = [name for name in found.classes if any(category(sign) in ("Cc", "Cs") for sign in name)]
    if odd:
        raise DataError(f"{title}: the class {odd[0]!a} has control signs, or bytes that are no text. Rename it.")
    twice = sorted({name for name in found.classes if found.classes.count(name) > 1})
    if twice:
        raise DataError(f"{title}: two classes are called {twice[0]!r}. Rename one, or give both one number.")
    if any(not name.strip() for name in found.classes):
        raise DataError(f"{title}: expected every class to have a name, got an empty one. Name it.")


def _classes(found: Found, title: str) -> None:
    sizes = np.bincount(found.y, minlength=len(found.classes))
    if len(found.classes) < 2:
        raise DataError(
            f"{title}: expected at least two classes, got {len(found.classes)} ({', '.join(found.classes)}). "
            "Add samples of what is to be told apart, if only a class 'other'."
        )
    parts = {"": np.ones(len(found.y), bool)}
    if found.part is not None:
        parts = {"training": found.part == TRAIN, "test": found.part == TEST}
    for word, mask in parts.items():
        missing = np.flatnonzero(np.bincount(found.y[mask], minlength=len(found.classes)) == 0)
        if missing.size:
            names = ", ".join(repr(found.classes[i]) for i in missing[:_NAMED])
            where = f"in the {word} part" if word else "at all"
            raise DataError(f"{title}: no samples of {names} {where}. Add some, or remove the class from both parts.")
    if sizes.min() < 2:
        names = ", ".join(repr(found.classes[i]) for i in np.flatnonzero(sizes < 2)[:_NAMED])
        raise DataError(f"{title}: expected at least two samples of a class, got one of {names}. Add more or remove it.")
    if len(found.x) < _LEAST_TRAIN:
        raise DataError(f"{title}: expected at least {_LEAST_TRAIN} samples, got {len(found.x)}. Add more.")


def _drop_constant(found: Found, train: np.ndarray, title: str) -> None:
    lowest = np.min([found.x[i].min(axis=(0, 1)) for i in train], axis=0)
    dead = lowest == np.max([found.x[i].max(axis=(0, 1)) for i in train], axis=0)
    if dead.all() or (dead.any() and found.front_end is not None):
        raise DataError(f"{title}: every sample holds the same number throughout, so there is nothing to learn from.")
    if dead.any():
        found.x = np.ascontiguousarray(found.x[..., ~dead])
        found.warnings.append(
            f"Channels {np.flatnonzero(dead).tolist()} (from 0) never change and were left out; leave them out on "
            "the device."
        )
