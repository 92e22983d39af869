"""Matplotlib pictures of points, fronts and what they dominate, for lesson 4. Both axes: less is better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from pnas_kit.search.pareto import non_dominated

BLUE, GREEN, GREY, ORANGE = "#0072b2", "#009e73", "#8a8f98", "#d55e00"  # Okabe-Ito, and a grey


def front_of(points: ArrayLike) -> np.ndarray:
    """The points of the front, sorted by the first objective, float ``(front, 2)``."""
    points = np.asarray(points, float)
    front = np.unique(points[non_dominated(points)], axis=0)
    return front


def draw(axis: Axes, points: ArrayLike, corner: Sequence[float] | None = None, chosen: ArrayLike = ()) -> None:
    """Points with their front as steps; with a corner what they dominate up to it, and what the chosen dominate.

    Args:
        axis: to draw on, with its scales set.
        points: ``(n, 2)``, minimised.
        corner: that volumes are measured to.
        chosen: ``(k, 2)`` of the points, drawn as diamonds.
    """
    points, front = np.asarray(points, float), front_of(points)
    label = "dominated" if len(points) > len(front) else None
    axis.plot(*points.T, "o", color="white", markeredgecolor=GREY, markersize=6, label=label, zorder=3)
    axis.plot(*front.T, "o", color=BLUE, markersize=8, label="on the front", zorder=4)
    if corner is None:
        axis.step(*front.T, where="post", color=BLUE, linewidth=1)
    else:
        _shade(axis, front, corner, BLUE, 0.25)
        axis.plot(*corner, "+", color=ORANGE, markersize=14, markeredgewidth=3, label="corner", zorder=5, clip_on=False)
    if len(chosen):
        chosen = front_of(chosen)
        axis.plot(*chosen.T, "D", color=GREEN, markersize=9, label="chosen", zorder=5)
        if corner is not None:
            _shade(axis, chosen, corner, GREEN, 0.35)
    axis.legend(frameon=False, fontsize=9)


def _shade(axis: Axes, front: np.ndarray, corner: Sequence[float], colour: str, alpha: float) -> None:
    x = np.append(front[:, 0], corner[0])
    y = np.append(front[:, 1], front[-1, 1])
    axis.fill_between(x, y, corner[1], step="post", color=colour, alpha=alpha, linewidth=0)
    axis.step(x, y, where="post", color=colour, linewidth=1.2)
