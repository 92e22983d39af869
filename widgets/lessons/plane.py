"""Small problems in the plane, and pictures of what a network answers where."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image

SAMPLES = 240  # of the training part, and as many of the test part
GRID = 56  # answers a row of the picture
SPAN = 1.25  # the picture reaches from -SPAN to SPAN
COLOURS = ((0, 114, 178), (213, 94, 0))  # Okabe-Ito: class 0, class 1
TURNS = 1.4
NOISE = 0.035


def moons(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that reach into each other."""
    y = rng.integers(0, 2, count)
    angle = rng.uniform(0, np.pi, count) + np.pi * y
    x = 0.6 * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + np.where(y[:, None], [0.3, 0.12], [-0.3, -0.12]) + rng.normal(0, 2 * NOISE, x.shape), y


def rings(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A disc inside a ring."""
    y = rng.integers(0, 2, count)
    radius = np.where(y, 0.85, 0.45 * np.sqrt(rng.uniform(0, 1, count)))
    angle = rng.uniform(0, 2 * np.pi, count)
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + rng.normal(0, 2 * NOISE, x.shape), y


def spirals(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two spirals wound into each other."""
    y = rng.integers(0, 2, count)
    far = np.sqrt(rng.uniform(0.02, 1, count))
    angle = 2 * np.pi * TURNS * far + np.pi * y
    x = far[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + rng.normal(0, NOISE, x.shape), y


PROBLEMS: dict[str, Callable] = {"Two spirals": spirals, "Two moons": moons, "A ring": rings}


def problem(name: str, seed: int = 0) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Training and test part of a problem: float ``(SAMPLES, 2)`` and labels 0 or 1 ``(SAMPLES,)`` each."""
    rng = np.random.default_rng(seed)
    return PROBLEMS[name](SAMPLES, rng), PROBLEMS[name](SAMPLES, rng)


def grid() -> np.ndarray:
    """The places of the picture's answers, float ``(GRID * GRID, 2)``, from the top left on."""
    line = np.linspace(-SPAN, SPAN, GRID)
    return np.stack(np.meshgrid(line, -line), axis=-1).reshape(-1, 2)


def field_svg(logits: np.ndarray, x: np.ndarray, y: np.ndarray, label: str) -> str:
    """What a network answers over the plane, with samples on top; a circle is class 0, a square class 1.

    Args:
        logits: of the places of `grid`.
        x, y: samples.
    """
    sure = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    colour = np.where((sure > 0.5)[:, None], COLOURS[1], COLOURS[0])
    alpha = 40 + 130 * np.abs(2 * sure - 1)
    pixels = np.concatenate([colour, alpha[:, None]], axis=1).astype(np.uint8).reshape(GRID, GRID, 4)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    picture = base64.b64encode(file.getvalue()).decode()
    size = 100 / (2 * SPAN)
    marks = "".join(_mark((a + SPAN) * size, (SPAN - b) * size, bool(kind)) for (a, b), kind in zip(x, y, strict=True))
    return (
        f'<svg class="pn-field-picture" role="img" aria-label="{label}" viewBox="0 0 100 100">'
        f'<image href="data:image/png;base64,{picture}" width="100" height="100" preserveAspectRatio="none"/>{marks}</svg>'
    )


def _mark(x: float, y: float, second: bool) -> str:
    if second:
        return f'<rect class="pn-second" x="{x - 1.1:.1f}" y="{y - 1.1:.1f}" width="2.2" height="2.2"/>'
    return f'<circle class="pn-first" cx="{x:.1f}" cy="{y:.1f}" r="1.3"/>'
