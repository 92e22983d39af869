"""Which cell of the head answers for which object: anchor-free, by the objects' centres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

LEVEL_SIZE = 4.0
"""An object goes to the level whose cells, this many side by side, come nearest to its size."""


@dataclass(frozen=True)
class Assignment:
    """Over the cells of all images and levels, flat: image after image, level after level, row after row.

    Attributes:
        cells: int64 `(positives,)`: cells that answer for an object with its box and class.
        boxes: float32 `(positives, 4)`: the box of that object, corners in pixels.
        classes: int64 `(positives,)`.
        centre: bool `(positives,)`: the object's centre lies in the cell itself, so its objectness is 1. Other positives are
            neighbours that are nearly as near: they learn box and class too, and their objectness is left alone.
    """

    cells: Tensor
    boxes: Tensor
    classes: Tensor
    centre: Tensor


def assign(y: Tensor, grids: Sequence[tuple[int, int]], height: int, width: int, everywhere: bool = False) -> Assignment:
    """Distribute the objects.

    The positives of an object are the up to four cells of its level whose centres surround its own centre, at most one cell
    away along both axes; an object right on a cell's centre has that cell and its right and lower neighbours. Where two
    objects want one cell, the one whose centre lies in it gets it, then the smaller.

    Args:
        y: float32 `(images, most objects, 5)`, padded with class -1.
        grids: rows and columns of every level, in the order of the cells.
        height, width: of the images, in pixels.
        everywhere: every level answers for every object, not only the one that suits its size.
    """
    image, slot = torch.nonzero(y[..., 0] >= 0, as_tuple=True)
    if everywhere:
        image, slot = image.repeat(len(grids)), slot.repeat(len(grids))
    rows = y[image, slot]
    sizes = rows[:, 3:] - rows[:, 1:3]
    level = _level(sizes, grids, height, width)
    if everywhere:
        level = torch.arange(len(grids)).repeat_interleave(len(rows) // len(grids))
    counts = torch.tensor([a * b for a, b in grids])
    starts = torch.cumsum(counts, 0) - counts
    grid = torch.tensor(grids, dtype=torch.float32)[level].flip(1)  # columns, rows: as x, y
    place = (rows[:, 1:3] + rows[:, 3:]) / 2 / torch.tensor([width, height]) * grid
    own = place.floor().minimum(grid - 1)
    corner = (place - 0.5).floor()
    found = []
    for step in ((0, 0), (1, 0), (0, 1), (1, 1)):
        cell = corner + torch.tensor(step)
        inside = ((cell >= 0) & (cell < grid)).all(1)
        flat = image * int(counts.sum()) + starts[level] + (cell[:, 1] * grid[:, 0] + cell[:, 0]).long()
        found.append((flat[inside], torch.nonzero(inside)[:, 0], (cell == own).all(1)[inside]))
    cells, objects, centre = (torch.cat(parts) for parts in zip(*found, strict=True))
    first = _first(cells, centre, sizes.prod(1)[objects], len(y) * int(counts.sum()))
    objects = objects[first]
    return Assignment(cells[first], rows[objects, 1:], rows[objects, 0].long(), centre[first])


def _level(sizes: Tensor, grids: Sequence[tuple[int, int]], height: int, width: int) -> Tensor:
    """int64 `(objects,)`: the level of each, for widths and heights `(objects, 2)` in pixels."""
    suits = torch.tensor([LEVEL_SIZE * (height / rows * width / columns) ** 0.5 for rows, columns in grids])
    size = sizes.prod(1).clamp(min=1e-6).sqrt()
    return (size.log()[:, None] - suits.log()).abs().argmin(1)


def _first(cells: Tensor, centre: Tensor, areas: Tensor, total: int) -> Tensor:
    """Of the claims on each cell the one that gets it: indices `(claimed cells,)`, in the order of the cells."""
    order = torch.argsort(areas, stable=True)
    order = order[torch.argsort((~centre[order]).int(), stable=True)]
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order))
    best = torch.full((total,), len(order)).scatter_reduce_(0, cells, rank, "amin")
    return order[best[best < len(order)]]
