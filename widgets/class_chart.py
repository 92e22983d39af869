"""Many runs on one chart, as SVG: every run has a colour and a shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from widgets.words import attribute

WIDTH, HEIGHT = 560, 380
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 42
COLOURS, SHAPES = 7, 6
"""Without a common divisor: 42 runs before a pair comes again."""


@dataclass(frozen=True)
class Series:
    """What a run has on the chart.

    Attributes:
        mark: its number, which gives colour and shape.
        title: in the tooltip.
        points: (x, y), x above 0.
    """

    mark: int
    title: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axes:
    """What the chart shows: names with units, whether the points of a run are a front, how y is written."""

    x: str
    y: str
    front: bool
    percent: bool = False


def mark_svg(mark: int) -> str:
    """A run's mark, for tables."""
    kind = f"pn-mark pn-run-{mark % COLOURS}"
    return f'<svg class="{kind}" viewBox="-8 -8 16 16" aria-hidden="true">{_shape(mark, 0, 0, 6)}</svg>'


def _shape(mark: int, x: float, y: float, r: float) -> str:
    kind = mark % SHAPES
    if kind == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>'
    if kind == 1:
        return f'<path d="M{x - r:.1f},{y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}z"/>'
    if kind == 2:
        return f'<path d="M{x:.1f},{y - 1.2 * r:.1f}l{1.2 * r},{2.1 * r}h{-2.4 * r}z"/>'
    if kind == 3:
        return f'<path d="M{x:.1f},{y - 1.3 * r:.1f}l{1.3 * r},{1.3 * r}l{-1.3 * r},{1.3 * r}l{-1.3 * r},{-1.3 * r}z"/>'
    if kind == 4:
        return f'<path d="M{x:.1f},{y + 1.2 * r:.1f}l{1.2 * r},{-2.1 * r}h{-2.4 * r}z"/>'
    t = r / 3
    return (
        f'<path d="M{x - t:.1f},{y - r:.1f}h{2 * t}v{r - t}h{r - t}v{2 * t}h{t - r}v{r - t}h{-2 * t}v{t - r}h{t - r}'
        f'v{-2 * t}h{r - t}z"/>'
    )


def chart_svg(series: Sequence[Series], axes: Axes) -> str:
    """The chart; empty where no run has a point."""
    shown = [one for one in series if one.points]
    if not shown:
        return ""
    xs = [x for one in shown for x, _ in one.points]
    ys = [y for one in shown for _, y in one.points]
    across, up = _Logarithmic(min(xs), max(xs)), _Linear(min(ys), max(ys), 1.0 if axes.percent else math.inf)
    label = f"{axes.y} against {axes.x} of {len(shown)} runs, {len(xs)} points"
    body = "".join(_series(one, axes, across, up) for one in shown)
    return (
        f'<svg class="pn-class-chart" role="img" aria-label="{attribute(label)}" data-runs="{len(shown)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{_grid(axes, across, up)}{body}</svg>'
    )


class _Linear:
    """From the lowest to the highest value, with some air, on the vertical axis."""

    def __init__(self, low: float, high: float, most: float) -> None:
        air = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
        self._low, self._high = low - air, min(high + air, max(most, high))

    def __call__(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self._high - value) / (self._high - self._low)

    @property
    def ticks(self) -> list[float]:
        step = _step((self._high - self._low) / 5)
        return [n * step for n in range(math.ceil(self._low / step), math.floor(self._high / step) + 1)]


class _Logarithmic:
    """The same for values above 0 on a logarithmic horizontal axis."""

    def __init__(self, low: float, high: float) -> None:
        air = 0.04 * math.log10(high / low) or 0.1
        self._low, self._high = math.log10(low) - air, math.log10(high) + air

    def __call__(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(value) - self._low) / (self._high - self._low)

    @property
    def ticks(self) -> list[float]:
        decades = range(math.floor(self._low), math.ceil(self._high) + 1)
        steps = (1, 2, 5) if self._high - self._low < 2.5 else (1,)
        every = [step * 10.0**n for n in decades for step in steps]
        return [value for value in every if self._low <= math.log10(value) <= self._high]


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def _grid(axes: Axes, across: _Logarithmic, up: _Linear) -> str:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    lines = [
        f'<line x1="{LEFT}" x2="{right}" y1="{up(value):.1f}" y2="{up(value):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{up(value) + 4:.1f}" text-anchor="end">'
        f"{f'{100 * value:.4g} %' if axes.percent else f'{value:.4g}'}</text>"
        for value in up.ticks
    ]
    lines += [
        f'<line x1="{across(value):.1f}" x2="{across(value):.1f}" y1="{TOP}" y2="{bottom}"/>'
        f'<text x="{across(value):.1f}" y="{bottom + 16}" text-anchor="middle">{value:g}</text>'
        for value in across.ticks
    ]
    names = (
        f'<text class="pn-axis" x="{right}" y="{HEIGHT - 6}" text-anchor="end">{attribute(axes.x)}</text>'
        f'<text class="pn-axis" x="{LEFT + 6}" y="{TOP + 12}">{attribute(axes.y)}</text>'
    )
    return f'<g class="pn-grid">{"".join(lines)}{names}</g>'


def _series(one: Series, axes: Axes, across: _Logarithmic, up: _Linear) -> str:
    places = [(across(x), up(y)) for x, y in sorted(one.points)]
    line = ""
    if axes.front and len(places) > 1:  # what is as good for no more compute: a staircase
        steps = "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:])
        line = f'<path class="pn-stairs" d="M{places[0][0]:.1f},{places[0][1]:.1f}{steps}"/>'
    dots = "".join(_shape(one.mark, x, y, 4.5 if axes.front else 6) for x, y in places)
    return f'<g class="pn-run-{one.mark % COLOURS}"><title>{attribute(one.title)}</title>{line}{dots}</g>'
