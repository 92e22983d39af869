"""Readers of colour pictures: CIFAR as rows of a PNG or in its own binary form, and folders of photographs."""

import io
import json

import numpy as np
from PIL import Image, ImageOps

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError

_SIDE = 32
_PIXELS = _SIDE * _SIDE * 3


def from_cifar_rows(members: list[bytes]) -> Arrays:
    """CIFAR-10 from PNGs with one picture of 32x32x3 per row: training PNGs and labels (JSON), then a test PNG and labels.

    Raises:
        DataError: A PNG that is damaged or of another size, or labels that do not fit.
    """
    *train, train_labels, test, test_labels = members
    return Arrays(
        train_x=np.concatenate([_rows(content) for content in train]),
        train_y=_labels(train_labels, "training labels"),
        test_x=_rows(test),
        test_y=_labels(test_labels, "test labels"),
    )


def _rows(content: bytes) -> np.ndarray:
    pixels = picture(content, "a PNG of CIFAR-10")
    if pixels.shape[1:] != (_PIXELS // 3, 3):
        raise DataError(f"A PNG of CIFAR-10: expected rows of {_PIXELS // 3} pixels, got an image of shape {pixels.shape}.")
    return pixels.reshape(-1, _SIDE, _SIDE, 3)


def _labels(content: bytes, name: str) -> np.ndarray:
    try:
        return np.array(json.loads(content), dtype=np.int64)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataError(f"{name}: expected a JSON list of whole numbers, got {error}.") from error


def from_cifar_binary(members: list[bytes]) -> Arrays:
    """CIFAR-10 from its official binary files, the last of which is the test part.

    A record is a label and 32x32 red, then green, then blue values, one byte each (cs.toronto.edu/~kriz/cifar.html).

    Raises:
        DataError: A file that is no whole number of records.
    """
    records = []
    for content in members:
        if not content or len(content) % (1 + _PIXELS):
            raise DataError(f"Expected CIFAR records of {1 + _PIXELS} bytes, got a file of {len(content)}.")
        records.append(np.frombuffer(content, np.uint8).reshape(-1, 1 + _PIXELS))
    train, test = np.concatenate(records[:-1]), records[-1]
    return Arrays(train_x=_planes(train), train_y=_first(train), test_x=_planes(test), test_y=_first(test))


def _planes(records: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(records[:, 1:].reshape(-1, 3, _SIDE, _SIDE).transpose(0, 2, 3, 1))


def _first(records: np.ndarray) -> np.ndarray:
    return records[:, 0].astype(np.int64)


def from_class_folders(members: list[list[bytes]]) -> Arrays:
    """Photographs from one folder per class, training first, then the same classes for testing; each 32x32.

    The whole picture is brought to 32x32 whatever its proportions: a crop might lose the lamp that is lit.
    """
    half = len(members) // 2
    train_x, train_y = _stacked(members[:half])
    test_x, test_y = _stacked(members[half:])
    return Arrays(train_x=train_x, train_y=train_y, test_x=test_x, test_y=test_y)


def _stacked(folders: list[list[bytes]]) -> tuple[np.ndarray, np.ndarray]:
    pictures = [picture(content, "a photograph", _SIDE) for folder in folders for content in folder]
    if not pictures:
        raise DataError("Expected photographs in the folders, got none.")
    return np.stack(pictures), np.repeat(np.arange(len(folders)), [len(folder) for folder in folders])


def picture(content: bytes, name: str, side: int | None = None) -> np.ndarray:
    """uint8 `(height, width, 3)` of an image file, at its own size or at `side` x `side`.

    Raises:
        DataError: Not a picture.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            return square(image, side) if side else np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{name}: expected a whole image file, got {error}.") from error


def square(image: Image.Image, side: int) -> np.ndarray:
    """uint8 `(side, side, 3)` of an open image: upright, whatever its proportions, bilinear with antialiasing."""
    upright = ImageOps.exif_transpose(image).convert("RGB")
    return np.asarray(upright.resize((side, side), Image.Resampling.BILINEAR))
