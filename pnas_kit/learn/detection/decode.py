"""From the head's tensors to boxes, outside the network: the same arithmetic as `nn_detect.h` in the firmware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .nms import OVERLAP, suppress

LEAST_SCORE = 0.01
"""Boxes of a lower score are not looked at when precision is measured."""
SHOWN_SCORE = 0.3
"""From here on a box is shown where no score is known to suit its detector; else see `best_score`."""
MOST_CELLS = 300
"""Cells of the highest score that suppression looks at in one image; the firmware looks at all."""
MOST = 100
"""Boxes that stay of one image, as COCO's precision counts them."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found in one image, from the highest score down.

    Attributes:
        boxes: float32 `(n, 4)`: corners x0, y0, x1, y1 in pixels, inside the image.
        scores: float32 `(n,)`, 0 to 1: probability of an object's centre in the cell times that of its class.
        classes: int64 `(n,)`.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray


def decode(
    outputs: Mapping[str, np.ndarray],
    height: int,
    width: int,
    *,
    least: float = LEAST_SCORE,
    overlap: float = OVERLAP,
    most: int = MOST,
) -> list[Found]:
    """Boxes of every image.

    Args:
        outputs: float32 maps `(images, rows, columns, channels)` by name, as `pnas_kit.space.head` describes them.
        height, width: of the images, in pixels.
        least: score from which a box counts.
        overlap, most: see `suppress`.
    """
    names = list(dict.fromkeys(name.split(".")[0] for name in outputs))
    levels = [
        _level({part: outputs.get(f"{n}.{part}") for part in ("box", "objectness", "classes")}, height, width) for n in names
    ]
    boxes, scores, classes = (np.concatenate(parts, 1) for parts in zip(*levels, strict=True))
    return [_pick(*image, least, overlap, most) for image in zip(boxes, scores, classes, strict=True)]


def _level(maps: Mapping[str, np.ndarray | None], height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes `(images, cells, 4)`, scores and classes `(images, cells)` of one level."""
    box = maps["box"]
    images, rows, columns, _ = box.shape
    y, x = np.mgrid[:rows, :columns].astype(np.float32) + np.float32(0.5)
    size = np.array([width, height, width, height], np.float32)
    centres = np.stack([x / columns, y / rows] * 2, -1) * size
    corners = centres + box * (size / 6) * np.array([-1, -1, 1, 1], np.float32)
    scores = sigmoid(maps["objectness"][..., 0])
    classes = np.zeros(scores.shape, np.int64)
    if maps["classes"] is not None:
        classes = maps["classes"].argmax(-1)
        scores = scores * sigmoid(maps["classes"].max(-1))
    flat = (images, rows * columns)
    return np.clip(corners, 0, size).astype(np.float32).reshape(*flat, 4), scores.reshape(flat), classes.reshape(flat)


def _pick(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, least: float, overlap: float, most: int) -> Found:
    order = np.argsort(-scores, kind="stable")[:MOST_CELLS]
    order = order[(scores[order] >= least) & ((boxes[order, 2:] - boxes[order, :2]).min(1) > 0)]
    kept = order[suppress(boxes[order], scores[order], classes[order], overlap, most)]
    return Found(boxes[kept], scores[kept], classes[kept])


def sigmoid(x: np.ndarray) -> np.ndarray:
    """float32 of the same shape; no overflow for any int8 reading."""
    return (1 / (1 + np.exp(-np.clip(x, -80, 80).astype(np.float32)))).astype(np.float32)
