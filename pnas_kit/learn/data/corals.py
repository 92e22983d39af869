"""Coral colonies on one large picture of the sea floor, with boxes as YOLO writes them."""

import io

import numpy as np
from PIL import Image

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes, tiles
from pnas_kit.learn.data.card import DataError

SMALLER = 3
"""Pixels of the picture, along a side, that become one: the middle colony then has 30."""
TILE, OVERLAPPING, FIELDS = 128, 32, 3
TEST_TILES = 3
"""Columns of tiles at the right edge that are the test part."""


def yolo_rows(text: bytes, width: int, height: int, classes: int) -> np.ndarray:
    """float32 `(boxes, 5)` in pixels, of lines "class x y width height" in shares of the picture, from the box's middle.

    Raises:
        DataError: Other lines, a class that does not exist, or a box without area.
    """
    try:
        found = np.array([line.split() for line in text.decode().splitlines() if line.strip()], np.float64).reshape(-1, 5)
    except ValueError as error:
        raise DataError(f"Expected lines of class, x, y, width and height, got {error}.") from error
    labels, middle, sides = found[:, :1], found[:, 1:3], found[:, 3:]
    if not (np.isin(labels, np.arange(classes)).all() and (sides > 0).all() and (sides <= 1).all()):
        raise DataError(f"Expected classes 0 to {classes - 1} and boxes with an area, as shares of the picture.")
    corners = np.concatenate([middle - sides / 2, middle + sides / 2], 1).clip(0, 1) * [width, height, width, height]
    return np.concatenate([labels, corners], 1).astype(np.float32)


def from_corals(members: list[bytes]) -> Arrays:
    """Tiles of the picture made smaller: the right edge for the test, the rest for training.

    Args:
        members: the picture (PNG) and its boxes (YOLO).
    """
    picture = np.asarray(Image.open(io.BytesIO(members[0])).convert("RGB").reduce(SMALLER))
    height, width = picture.shape[:2]
    rows = yolo_rows(members[1], width, height, 4)
    edge = width - TEST_TILES * TILE
    parts = [(picture[:, :edge], _moved(rows, 0)), (picture[:, edge:], _moved(rows, edge))]
    train_x, train_rows, fields = tiles(*parts[0], TILE, OVERLAPPING, FIELDS)
    test_x, test_rows, _ = tiles(*parts[1], TILE, TILE)
    return Arrays(
        train_x=train_x, train_y=Boxes.of(train_rows), test_x=test_x, test_y=Boxes.of(test_rows), groups=fields
    )  # fmt: skip


def _moved(rows: np.ndarray, edge: int) -> np.ndarray:
    """Boxes in pixels of the part of the picture that begins at column `edge`; tiles cut them where it ends."""
    return rows - np.array([0, edge, 0, edge, 0], np.float32)
