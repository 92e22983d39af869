"""From which score on a detector's boxes are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pnas_kit.learn.data.boxes import Boxes

from .decode import Found
from .nms import overlaps

HIT = 0.5
"""IoU from which a box counts as found."""


def best_score(found: Sequence[Found], truth: Boxes) -> float | None:
    """The score, 0 to 1, from which on F1 is highest: the balance of missed objects and false boxes.

    A detector of few objects that are hard to see is never sure, and a score that suits another shows none of its boxes.

    Args:
        found: of each image, from the lowest score that might be shown.
        truth: the objects of the same images.

    Returns:
        The score rounded down to three places; None where no object is hit.
    """
    scores, hits = np.concatenate([[one.scores, _hits(one, rows)] for one, rows in zip(found, truth, strict=True)], axis=1)
    order = np.argsort(-scores, kind="stable")
    right = hits[order].cumsum()
    if not right.any():
        return None
    f1 = 2 * right / (np.arange(1, len(right) + 1) + len(truth.rows))
    f1[:-1][np.diff(scores[order]) == 0] = 0  # of equal scores all are shown or none
    return float(np.floor(1000 * scores[order][f1.argmax()]) / 1000)


def _hits(one: Found, rows: np.ndarray) -> np.ndarray:
    """Whether each box, from the highest score down, is the first on an object of its class."""
    near = overlaps(one.boxes, rows[:, 1:]) * (one.classes[:, None] == rows[None, :, 0])
    hits = np.zeros(len(near), bool)
    for place, row in enumerate(near):
        if row.max(initial=0) >= HIT:
            hits[place] = True
            near[:, row.argmax()] = 0
    return hits
