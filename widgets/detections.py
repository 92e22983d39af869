"""Test images with the boxes that a detector's file finds."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from pnas_kit.learn.data import Card, Dataset
from pnas_kit.learn.detection.decode import SHOWN_SCORE
from pnas_kit.runs.examples import Example
from widgets.words import attribute

SIDE = 168  # of a shown image
LETTER, LINE = 6.5, 12  # of the boxes' names, both on the screen

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
    drawn = "".join(f"<figure>{_drawn(example, card.classes)}</figure>" for example in examples)
    synthetic = '<span class="pn-badge">synthetic composition</span> ' if card.synthetic else ""
    return (
        f'<details class="pn-detections" open><summary>{title}</summary>'
        f'<p class="pn-note">{synthetic}{legend}</p>'
        f'<div class="pn-found">{drawn}</div></details>'
    )


def _drawn(example: Example, classes: Sequence[str]) -> str:
    height, width = example.picture.shape[:2]
    small = width / SIDE  # pixels of the image for one of the screen
    names = [f"{classes[int(row[0])]} {100 * row[5]:.0f} %" for row in example.found]
    label = f"{len(example.found)} found, {len(example.truth)} real: " + (", ".join(names) or "nothing found")
    real = "".join(_rectangle(row, small, f'class="pn-real" stroke-dasharray="{3 * small:.2f}"') for row in example.truth)
    found = "".join(_rectangle(row, small, 'class="pn-box"') for row in example.found)
    texts = "".join(
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{11 * small:.2f}" '
        f'stroke-width="{2.5 * small:.2f}">{attribute(name)}</text>'
        for (x, y), name in zip(_beside(example.found, names, width, small), names, strict=True)
    )
    return (
        f'<svg role="img" aria-label="{attribute(label)}" viewBox="0 0 {width} {height}" width="{SIDE}" '
        f'height="{SIDE * height / width:.0f}"><title>{attribute(label)}</title>'
        f'<image href="{_png(example.picture)}" width="{width}" height="{height}"/>{real}{found}{texts}</svg>'
    )


def _beside(rows: np.ndarray, names: Sequence[str], width: int, small: float) -> list[tuple[float, float]]:
    """Where each box's name begins: above the box, within the picture, and below the names that are there already."""
    places: list[tuple[float, float]] = []
    wide = [LETTER * small * len(name) for name in names]
    for row, own in zip(rows, wide, strict=True):
        x, y = max(0.0, min(row[1], width - own)), max(row[2] - 2 * small, 10 * small)
        others = sorted((b, a, w) for (a, b), w in zip(places, wide, strict=False))
        for b, a, w in others:
            if abs(y - b) < LINE * small and x < a + w and a < x + own:
                y = b + LINE * small
        places.append((x, y))
    return places


def _rectangle(row: np.ndarray, small: float, how: str) -> str:
    x0, y0, x1, y1 = row[1:5]
    place = f'x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"'
    return f'<rect {place} {how} fill="none" stroke-width="{1.6 * small:.2f}"/>'


def _png(picture: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
