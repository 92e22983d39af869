"""Boxes of the objects in many pictures, and what becomes of them when a picture is cut into tiles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

KEPT_SHARE = 0.4
"""A box that a tile cuts is kept, clipped, where at least this share of its area lies inside; else the tile has no such
object. So the rest of a crown at the edge counts as background, in training and in the test alike."""
LEAST_SIDE = 3.0
"""Pixels along the shorter side of a box that is kept: what is thinner cannot be told from the edge itself."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes of many pictures.

    Attributes:
        starts: int64 `(pictures + 1,)`; picture i has `rows[starts[i]:starts[i + 1]]`.
        rows: float32 `(boxes, 5)`: class, x0, y0, x1, y1 in pixels, x0 < x1 and y0 < y1.
    """

    starts: np.ndarray
    rows: np.ndarray

    @staticmethod
    def of(pictures: Sequence[np.ndarray]) -> "Boxes":
        """From the rows `(boxes, 5)` of each picture."""
        starts = np.cumsum([0, *(len(rows) for rows in pictures)]).astype(np.int64)
        rows = np.concatenate([np.zeros((0, 5), np.float32), *pictures]).astype(np.float32)
        return Boxes(starts, rows)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[np.ndarray]:
        """The rows of one picture after another."""
        return (self.rows[a:b] for a, b in zip(self.starts[:-1], self.starts[1:], strict=True))

    def __getitem__(self, indices: np.ndarray | slice) -> "Boxes":
        """Those of some pictures, so that boxes are indexed like labels."""
        return self.take(np.arange(len(self))[indices])

    @property
    def counts(self) -> np.ndarray:
        """int64 `(pictures,)`: how many boxes each has."""
        return np.diff(self.starts)

    def take(self, indices: np.ndarray) -> "Boxes":
        """Those of some pictures."""
        return Boxes.of([self.rows[self.starts[i] : self.starts[i + 1]] for i in indices])

    def padded(self) -> np.ndarray:
        """float32 `(pictures, most boxes, 5)`: rows of class -1 fill up, so that pictures can be indexed like labels."""
        whole = np.full((len(self), max(1, int(self.counts.max(initial=0))), 5), -1, np.float32)
        whole[np.arange(whole.shape[1]) < self.counts[:, None]] = self.rows
        return whole


def inside(rows: np.ndarray, x: float, y: float, width: float, height: float, kept: float = KEPT_SHARE) -> np.ndarray:
    """The boxes of a window of a picture, clipped to it, in its own pixels.

    Args:
        rows: `(boxes, 5)` in pixels of the picture.
        x, y, width, height: the window; it may reach over the picture's edge.
        kept: least share of a box's area that must lie inside.
    """
    corner = np.array([x, y, x, y])
    cut = np.clip(rows[:, 1:] - corner, 0, np.array([width, height, width, height]))
    sides, whole = cut[:, 2:] - cut[:, :2], rows[:, 3:] - rows[:, 1:3]
    keep = (sides.prod(1) >= kept * whole.prod(1)) & (sides.min(1, initial=np.inf) >= np.minimum(LEAST_SIDE, whole.min(1)))
    return np.concatenate([rows[:, :1], cut], axis=1)[keep].astype(np.float32)


def tiles(
    picture: np.ndarray, rows: np.ndarray, side: int, step: int, fields: int = 1
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Square tiles of a picture; those of one field share no pixel with those of another.

    Args:
        picture: uint8 `(height, width, channels)`.
        rows: its boxes `(boxes, 5)`.
        side: of a tile, in pixels.
        step: from one tile to the next; the rest at a field's edge, less than a step, is left out.
        fields: along each axis; 1 is the whole picture.

    Returns:
        uint8 `(tiles, side, side, channels)`, the boxes of each tile and int64 `(tiles,)` the number of its field.
    """
    edges = [np.linspace(0, size, fields + 1).astype(int) for size in picture.shape[:2]]
    found, boxes, numbers = [], [], []
    for number in range(fields * fields):
        row, column = divmod(number, fields)
        for y in range(edges[0][row], edges[0][row + 1] - side + 1, step):
            for x in range(edges[1][column], edges[1][column + 1] - side + 1, step):
                found.append(picture[y : y + side, x : x + side])
                boxes.append(inside(rows, x, y, side, side))
                numbers.append(number)
    return np.stack(found), boxes, np.array(numbers, np.int64)
