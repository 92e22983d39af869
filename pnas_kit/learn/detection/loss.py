"""What training a detector minimises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .assign import Assignment, assign

BOX_WEIGHT, OBJECTNESS_WEIGHT, CLASS_WEIGHT = 2.0, 1.0, 1.0
CONTEST_WEIGHT = 2.0
"""Of the cross entropy over the classes together: which class it is takes longest to learn, where it is goes by itself."""
SIXTHS = 6.0
"""The head's distances are in sixths of the image."""


@dataclass(frozen=True)
class Cells:
    """The head's outputs, cell by cell in the order of `Assignment`.

    Attributes:
        boxes: float32 `(images * cells, 4)`: corners in pixels.
        objectness: float32 `(images * cells,)`: logits.
        classes: float32 `(images * cells, classes)`: logits; None with one class.
        grids: rows and columns of every level.
    """

    boxes: Tensor
    objectness: Tensor
    classes: Tensor | None
    grids: tuple[tuple[int, int], ...]


def cells(outputs: Mapping[str, Tensor], height: int, width: int) -> Cells:
    """Put the levels' maps `(images, channels, rows, columns)` side by side."""
    names = list(dict.fromkeys(name.split(".")[0] for name in outputs))
    flat = {part: [outputs[f"{level}.{part}"].flatten(2).transpose(1, 2) for level in names] for part in _parts(outputs)}
    grids = tuple(tuple(outputs[f"{level}.objectness"].shape[2:]) for level in names)
    centres = torch.cat([_centres(rows, columns, height, width) for rows, columns in grids])
    sides = torch.tensor([width, height, width, height]) / SIXTHS * torch.cat(flat["box"], 1)
    boxes = centres.repeat(1, 2) + sides * torch.tensor([-1.0, -1.0, 1.0, 1.0])
    classes = torch.cat(flat["classes"], 1).flatten(0, 1) if "classes" in flat else None
    return Cells(boxes.flatten(0, 1), torch.cat(flat["objectness"], 1).flatten(), classes, grids)


def _parts(outputs: Mapping[str, Tensor]) -> list[str]:
    return list(dict.fromkeys(name.split(".")[1] for name in outputs))


def _centres(rows: int, columns: int, height: int, width: int) -> Tensor:
    """float32 `(rows * columns, 2)`: x and y in pixels."""
    y, x = torch.meshgrid(
        (torch.arange(rows) + 0.5) / rows * height, (torch.arange(columns) + 0.5) / columns * width, indexing="ij"
    )
    return torch.stack([x.flatten(), y.flatten()], 1)


def detection_loss(
    outputs: Mapping[str, Tensor],
    y: Tensor,
    size: tuple[int, int] | None = None,
    smoothing: float = 0.0,
    everywhere: bool = False,
) -> Tensor:
    """Generalised IoU of the boxes, binary cross entropy of objectness and of every class, cross entropy over the classes.

    The binary one makes a class's logit a probability, which the score needs; the other one, which only looks at how the
    logits differ, is what tells classes apart fast.

    Args:
        outputs: of the head, by name.
        y: float32 `(images, most objects, 5)`, padded with class -1, as `Boxes.padded` gives them.
        size: height and width of the images in pixels; None where the strides of all levels divide them.
        smoothing: share of a class target that is taken away from the right class.
        everywhere: see `assign`.

    Sums over cells are divided by the number of objects' cells, so that a finer grid weighs no more.
    """
    found = cells(outputs, *(size or image_size(outputs)))
    goal = assign(y, found.grids, *(size or image_size(outputs)), everywhere)
    objects = max(1, int(goal.centre.sum()))
    total = OBJECTNESS_WEIGHT * _objectness(found, goal) / objects
    if len(goal.cells):
        total = total + BOX_WEIGHT * (1 - giou(found.boxes[goal.cells], goal.boxes)).mean()
        if found.classes is not None:
            total = total + _classes(found.classes[goal.cells], goal.classes, smoothing)
    return total


def _classes(logits: Tensor, wanted: Tensor, smoothing: float) -> Tensor:
    """Of logits `(cells, classes)` where int64 `(cells,)` is right."""
    shares = F.one_hot(wanted, logits.shape[1]) * (1 - smoothing)
    each = F.binary_cross_entropy_with_logits(logits, shares, reduction="sum") / len(logits)
    return CLASS_WEIGHT * each + CONTEST_WEIGHT * F.cross_entropy(logits, wanted, label_smoothing=smoothing)


def image_size(outputs: Mapping[str, Tensor]) -> tuple[int, int]:
    """Height and width in pixels, for images that the strides of all levels divide: stride times cells."""
    name = next(iter(outputs))
    stride = int(name.split(".")[0][1:])
    rows, columns = outputs[name].shape[2:]
    return rows * stride, columns * stride


def _objectness(found: Cells, goal: Assignment) -> Tensor:
    """Sum over all cells but the neighbours of a centre."""
    wanted, weight = torch.zeros_like(found.objectness), torch.ones_like(found.objectness)
    wanted[goal.cells[goal.centre]] = 1
    weight[goal.cells[~goal.centre]] = 0
    return F.binary_cross_entropy_with_logits(found.objectness, wanted, weight, reduction="sum")


def iou(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union and the union's area, `(n,)` each, of corners `(n, 4)`."""
    both = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    union = _area(a) + _area(b) - both
    return both / union.clamp(min=1e-6), union


def giou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised IoU `(n,)` of corners `(n, 4)`: IoU less the share of the hull that is in neither.

    Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
    """
    overlap, union = iou(a, b)
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    return overlap - (hull - union) / hull.clamp(min=1e-6)


def _area(boxes: Tensor) -> Tensor:
    return (boxes[:, 2:] - boxes[:, :2]).prod(1)
