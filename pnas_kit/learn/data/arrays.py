"""A data set as plain arrays: the shape every reader delivers, its hash, and its file in the cache."""

import hashlib
import os
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pnas_kit.learn.data.card import Card, DataError


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrays:
    """The numbers of a data set as the source gives them, not normalised.

    Attributes:
        train_x: uint8 or float32 `(samples, height, width, channels)`.
        train_y: int64 `(samples,)`, labels 0 to classes - 1.
        test_x: As `train_x`.
        test_y: As `train_y`.
        groups: int64 `(training samples,)`, the person each sample comes from; None where unknown.
    """

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    groups: np.ndarray | None = None


_NAMES = ("train_x", "train_y", "test_x", "test_y", "groups")


def digest(arrays: Arrays) -> str:
    """The sha256 (hexadecimal) over types, shapes and little-endian bytes of all arrays."""
    total = hashlib.sha256()
    for name in _NAMES:
        array = getattr(arrays, name)
        if array is None:
            continue
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        total.update(f"{name} {array.dtype.name} {array.shape};".encode())
        total.update(little.data)
    return total.hexdigest()


def check(arrays: Arrays, card: Card) -> None:
    """Compares arrays with what their card promises.

    Raises:
        DataError: Wrong counts, shapes, types or labels, a missing class, or values that are not finite.
    """
    for part, x, y, count in (
        ("training", arrays.train_x, arrays.train_y, card.train),
        ("test", arrays.test_x, arrays.test_y, card.test),
    ):
        where = f"{card.title}, {part} part"
        if x.shape != (count, *card.shape) or y.shape != (count,):
            raise DataError(f"{where}: expected {count} samples of shape {card.shape}, got arrays {x.shape} and {y.shape}.")
        if x.dtype not in (np.uint8, np.float32) or y.dtype != np.int64:
            raise DataError(f"{where}: expected uint8 or float32 samples and int64 labels, got {x.dtype}, {y.dtype}.")
        if x.dtype == np.float32 and not np.isfinite(x).all():
            bad = int((~np.isfinite(x)).sum())
            raise DataError(f"{where}: expected finite values, got {bad} that are NaN or infinite.")
        found = np.unique(y)
        if not np.array_equal(found, np.arange(len(card.classes))):
            raise DataError(
                f"{where}: expected every label 0 to {len(card.classes) - 1}, got the labels {found.tolist()[:20]}."
            )
    if arrays.groups is not None and arrays.groups.shape != arrays.train_y.shape:
        raise DataError(
            f"{card.title}: expected one person per training sample ({arrays.train_y.shape}), got {arrays.groups.shape}."
        )


def save(arrays: Arrays, path: Path) -> None:
    """Writes the arrays to `path`, which is either complete or not there.

    Not compressed: 55 MB of MNIST then load in a tenth of a second instead of half a second.
    """
    filled = {name: getattr(arrays, name) for name in _NAMES if getattr(arrays, name) is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with temporary.open("wb") as file:
            np.savez(file, **filled)
        os.replace(temporary, path)
    except PermissionError:
        # Windows does not replace a file another process is reading; that one holds the same numbers.
        if not path.is_file():
            raise
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> Arrays | None:
    """The arrays in `path`; None where there is no such file or it is damaged (zip checks every member)."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return Arrays(**{name: file[name] for name in file.files})
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile):
        return None
