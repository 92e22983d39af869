"""Test images with the boxes that a detector's file finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pnas_kit.learn.data import Card, Dataset
from pnas_kit.learn.detection.decode import SHOWN_SCORE
from pnas_kit.runs.boxes_svg import boxes_svg
from pnas_kit.runs.examples import Example

FOUND = "What the int8 file finds in test images"
LEGEND = "Solid: found with a score of {:.0f} % or more{}. Dashed: the real box of an object."
BALANCED = ", where missed and false boxes balance on training images"


def training_examples(data: Dataset, count: int = 6) -> list[Example]:
    """Training images with their real boxes and nothing found."""
    chosen = np.flatnonzero(data.train_y.counts)[:count]
    pictures = np.clip(np.round(data.raw(data.train_x[chosen])), 0, 255).astype(np.uint8)
    nothing = np.zeros((0, 6), np.float32)
    return [Example(picture, rows, nothing) for picture, rows in zip(pictures, data.train_y[chosen], strict=True)]


def found_html(examples: Sequence[Example], card: Card, score: float | None) -> str:
    """Test images with what a file finds in them from a score on; None is the usual one."""
    words = LEGEND.format(100 * (score or SHOWN_SCORE), BALANCED if score else "")
    return detections_html(examples, card, FOUND, words)


def detections_html(examples: Sequence[Example], card: Card, title: str, legend: str = "") -> str:
    """A panel of images: found boxes solid with class and score, real ones dashed; nothing where there are none."""
    if not examples:
        return ""
    drawn = "".join(f"<figure>{boxes_svg(example, card.classes)}</figure>" for example in examples)
    synthetic = '<span class="pn-badge">synthetic composition</span> ' if card.synthetic else ""
    return (
        f'<details class="pn-detections" open><summary>{title}</summary>'
        f'<p class="pn-note">{synthetic}{legend}</p>'
        f'<div class="pn-found">{drawn}</div></details>'
    )
