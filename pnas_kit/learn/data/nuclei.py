"""Nuclei of cells under the microscope: a film of 20 pictures, with boxes around the masks that come with it."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageSequence

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes, tiles
from pnas_kit.learn.data.card import DataError

TILE = 128
TEST_TILES = 2
"""Columns of tiles at the right edge that are the test part, in every picture of the film."""
DARK, STEP = 32_968, 8
"""Reading of a 16-bit pixel that becomes 0, and readings to one grey level: 1 in 1,000 pixels is brighter than 255."""


def mask_rows(mask: np.ndarray) -> np.ndarray:
    """float32 `(boxes, 5)`, class 0, around each number above 0 in a mask `(height, width)`."""
    places = np.stack(np.nonzero(mask)[::-1], 1)
    numbers, owner = np.unique(mask[mask > 0], return_inverse=True)
    rows = np.zeros((len(numbers), 5))
    rows[:, 1:3] = np.inf
    np.minimum.at(rows[:, 1:3], owner, places)
    np.maximum.at(rows[:, 3:], owner, places + 1)
    return rows.astype(np.float32)


def from_nuclei(members: list[bytes]) -> Arrays:
    """Tiles side by side; a place is in one part through the whole film, for pictures that follow each other look alike.

    Args:
        members: the film (TIFF of 16 bits, one page a picture) and its masks (the same, a number for each nucleus).

    Raises:
        DataError: Films of different length or size.
    """
    films = [list(_pages(member)) for member in members]
    if {page.shape for film in films for page in film} != {films[0][0].shape} or len(films[0]) != len(films[1]):
        raise DataError(f"Expected a mask for each of {len(films[0])} pictures of one size, got {len(films[1])}.")
    parts: list[list[tuple]] = [[], []]
    for page, mask in zip(*films, strict=True):
        grey = ((page.astype(np.int64) - DARK) // STEP).clip(0, 255).astype(np.uint8)[..., None]
        rows, edge = mask_rows(mask.astype(np.int64)), grey.shape[1] - TEST_TILES * TILE
        parts[0].append(tiles(grey[:, :edge], rows, TILE, TILE)[:2])
        parts[1].append(tiles(grey[:, edge:], rows - np.array([0, edge, 0, edge, 0], np.float32), TILE, TILE)[:2])
    (train_x, train_y), (test_x, test_y) = map(_joined, parts)
    places = np.tile(np.arange(len(train_x) // len(films[0])), len(films[0]))
    return Arrays(train_x=train_x, train_y=train_y, test_x=test_x, test_y=test_y, groups=places)


def _pages(film: bytes) -> Iterator[np.ndarray]:
    try:
        for page in ImageSequence.Iterator(Image.open(io.BytesIO(film))):
            yield np.asarray(page)
    except (OSError, SyntaxError) as error:  # a damaged TIFF is a "broken file" to Pillow, in either of these
        raise DataError(f"Expected a whole TIFF, got {error}.") from error


def _joined(cut: list[tuple[np.ndarray, list[np.ndarray]]]) -> tuple[np.ndarray, Boxes]:
    return np.concatenate([x for x, _ in cut]), Boxes.of([rows for _, boxes in cut for rows in boxes])
