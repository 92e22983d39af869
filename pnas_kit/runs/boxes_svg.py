"""A picture with boxes as SVG: the page that shows it brings the letters, whatever the language of the classes."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from unicodedata import east_asian_width

import numpy as np
from PIL import Image

from .examples import Example

SIDE = 168  # of a shown image
LETTER, LINE = 6.5, 12  # of the boxes' names, both on the screen
LETTERS = "fill:#fff;stroke:#000;paint-order:stroke"  # as a style, which a page's own rules for text do not outdo
BOX, REAL = "#e69f00", "#56b4e9"  # Okabe-Ito


def boxes_svg(example: Example, classes: Sequence[str]) -> str:
    """A test image with the boxes that were found (solid, with class and score) and the real ones (dashed)."""
    height, width = example.picture.shape[:2]
    small = width / SIDE  # pixels of the image for one of the screen
    names = [f"{classes[int(row[0])]} {100 * row[5]:.0f} %" for row in example.found]
    label = f"{len(example.found)} found, {len(example.truth)} real: " + (", ".join(names) or "nothing found")
    real = "".join(
        _rectangle(row, small, f'class="pn-real" stroke="{REAL}" stroke-dasharray="{3 * small:.2f}"')
        for row in example.truth
    )
    found = "".join(_rectangle(row, small, f'class="pn-box" stroke="{BOX}"') for row in example.found)
    texts = "".join(
        f'<text x="{x:.1f}" y="{y:.1f}" style="{LETTERS};font-size:{11 * small:.2f}px;stroke-width:{2.5 * small:.2f}">'
        f"{escape(name)}</text>"
        for (x, y), name in zip(_beside(example.found, names, width, small), names, strict=True)
    )
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {height}" width="{SIDE}" '
        f'height="{SIDE * height / width:.0f}" style="image-rendering: pixelated"><title>{escape(label)}</title>'
        f'<image href="{_png(example.picture)}" width="{width}" height="{height}"/>{real}{found}{texts}</svg>'
    )


def _beside(rows: np.ndarray, names: Sequence[str], width: int, small: float) -> list[tuple[float, float]]:
    """Where each box's name begins: above the box, within the picture, and below the names that are there already."""
    places: list[tuple[float, float]] = []
    wide = [LETTER * small * sum(1 + (east_asian_width(sign) in "WF") for sign in name) for name in names]
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
