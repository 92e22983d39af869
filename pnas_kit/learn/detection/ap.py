"""Average precision, by pycocotools: the COCO benchmark's own rules."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pnas_kit.learn.data.boxes import Boxes

from .decode import MOST, Found


@dataclass(frozen=True)
class Precision:
    """How well objects are found, each 0 to 1.

    Attributes:
        map50: mean over the classes of the average precision where an IoU of 0.5 is a hit.
        map50_95: the same, mean over the thresholds 0.5, 0.55, ... 0.95.
        by_class: average precision at IoU 0.5 of each class; NaN for one without objects.
    """

    map50: float
    map50_95: float
    by_class: tuple[float, ...]


def precision(found: Sequence[Found], truth: Boxes, classes: int) -> Precision:
    """Compare what was found with the objects of the same images.

    Raises:
        ValueError: the numbers of images differ, or there is no object.
    """
    if len(found) != len(truth) or len(truth.rows) == 0:
        raise ValueError(f"expected answers for {len(truth)} images with an object at least, got {len(found)} answers")
    images = np.repeat(np.arange(len(truth)), truth.counts)
    # COCO's rows: corner, width, height; numbers from 1, because 0 means "no match" inside.
    real = [_record(n + 1, image, row[0], row[1:]) for n, (image, row) in enumerate(zip(images, truth.rows, strict=True))]
    answers = [
        _record(n + 1, image, label, box) | {"score": float(score)}
        for n, (image, label, box, score) in enumerate(
            (image, *one) for image, f in enumerate(found) for one in zip(f.classes, f.boxes, f.scores, strict=True)
        )
    ]
    table = _precisions(real, answers, len(truth), classes)
    return Precision(_mean(table[0]), _mean(table), tuple(float("nan") if (c < 0).all() else _mean(c) for c in table[0].T))


def _record(number: int, image: int, label: float, box: np.ndarray) -> dict:
    x0, y0, x1, y1 = (float(v) for v in box)
    sides = (x1 - x0, y1 - y0)
    return {
        "id": number, "image_id": int(image), "category_id": int(label), "bbox": [x0, y0, *sides],
        "area": sides[0] * sides[1], "iscrowd": 0,
    }  # fmt: skip


def _precisions(real: list[dict], answers: list[dict], images: int, classes: int) -> np.ndarray:
    """Precision `(thresholds, recalls, classes)`, -1 for classes without objects."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    tables = []
    with contextlib.redirect_stdout(io.StringIO()):  # it prints how far it is
        for rows in (real, answers):
            coco = COCO()
            coco.dataset = {
                "images": [{"id": n} for n in range(images)], "categories": [{"id": n} for n in range(classes)],
                "annotations": rows,
            }  # fmt: skip
            coco.createIndex()
            tables.append(coco)
        judge = COCOeval(*tables, "bbox")
        judge.params.areaRng, judge.params.areaRngLbl, judge.params.maxDets = [[0, 1e10]], ["all"], [MOST]
        judge.evaluate()
        judge.accumulate()
    return judge.eval["precision"][:, :, :, 0, 0]


def _mean(values: np.ndarray) -> float:
    return float(values[values > -1].mean())
