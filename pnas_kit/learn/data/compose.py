"""Synthetic pictures to detect objects in, composed of real objects of a classification set."""

import numpy as np
from PIL import Image

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes

CANVAS = 96
MOST_OBJECTS = 5
SCALES = (0.6, 1.4)
INK = 32
"""Grey level from which a pixel belongs to the object: the faint rim of a digit would blow its box up."""
TRIES = 20
"""Places that are tried for an object; one that finds no free place is left out."""


def composed(objects: Arrays, train: int, test: int, seed: int = 0) -> Arrays:
    """`train` and `test` pictures of objects out of the training and the test part.

    Args:
        objects: uint8 grey pictures with labels.
        train, test: how many pictures.
        seed: of everything random.
    """
    # RandomState and Pillow's integer resizing give the same pictures on every machine.
    random = np.random.RandomState(seed)
    train_x, train_y = _part(objects.train_x, objects.train_y, train, random)
    test_x, test_y = _part(objects.test_x, objects.test_y, test, random)
    return Arrays(train_x=train_x, train_y=train_y, test_x=test_x, test_y=test_y)


def _part(x: np.ndarray, y: np.ndarray, count: int, random: np.random.RandomState) -> tuple[np.ndarray, Boxes]:
    pictures = np.zeros((count, CANVAS, CANVAS, 1), np.uint8)
    rows = [_fill(picture[..., 0], x, y, random) for picture in pictures]
    return pictures, Boxes.of(rows)


def _fill(canvas: np.ndarray, x: np.ndarray, y: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """Paste objects into uint8 `(height, width)`; returns their rows."""
    rows: list[tuple[float, ...]] = []
    for _ in range(random.randint(1, MOST_OBJECTS + 1)):
        index = random.randint(len(x))
        patch = _tight(_scaled(x[index, ..., 0], random.uniform(*SCALES)))
        height, width = patch.shape
        for _ in range(TRIES):
            left, top = random.randint(CANVAS - width + 1), random.randint(CANVAS - height + 1)
            box = (left, top, left + width, top + height)
            if not any(_overlap(box, row[1:]) for row in rows):
                canvas[top : top + height, left : left + width] = patch
                rows.append((y[index], *box))
                break
    return np.array(rows, np.float32)


def _scaled(picture: np.ndarray, scale: float) -> np.ndarray:
    size = round(scale * picture.shape[1]), round(scale * picture.shape[0])
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def _tight(patch: np.ndarray) -> np.ndarray:
    """The part of uint8 `(height, width)` that has ink; all of it where there is none."""
    ink = patch >= INK
    rows, columns = (np.flatnonzero(ink.any(axis)) for axis in (1, 0))
    return patch[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else patch


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
