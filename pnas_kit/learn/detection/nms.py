"""Non-maximum suppression: of boxes that mean the same object only the best stays."""

from __future__ import annotations

import numpy as np

OVERLAP = 0.5
"""IoU above which two boxes of one class are taken for one object."""


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU float32 `(len(a), len(b))` of corners `(n, 4)`; 0 where a box has no area."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1][None] - both
    return np.where(union > 0, both / np.maximum(union, 1e-12), 0).astype(np.float32)


def suppress(
    boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, overlap: float = OVERLAP, most: int = 100
) -> np.ndarray:
    """Indices of the boxes that stay, from the highest score down; of equal scores the first comes first.

    Args:
        boxes: float32 `(n, 4)`, corners.
        scores: float32 `(n,)`.
        classes: int `(n,)`; boxes of different classes do not suppress each other.
        overlap: a box goes where its IoU with a better one of its class is larger.
        most: how many may stay.
    """
    order = np.argsort(-scores, kind="stable")
    apart = overlaps(boxes[order], boxes[order]) <= overlap
    apart |= classes[order][:, None] != classes[order][None]
    alive = np.ones(len(order), bool)
    kept: list[int] = []
    for place in range(len(order)):
        if alive[place] and len(kept) < most:
            kept.append(int(order[place]))
            alive &= apart[place]
    return np.array(kept, np.int64)
