"""Lesson 4's app: points to drag, their Pareto front, its hypervolume and the best few of it."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from widgets.cards import tile
from widgets.controls import button, group
from widgets.lessons.app import App, slider
from widgets.lessons.box import MOST_CHOSEN, PLAIN, REAL, Look, look, random_points, real_points
from widgets.lessons.points import Points
from widgets.pane import Pane
from widgets.worth import worth_html

NOTE = (
    "Each point is a network: what it costs, and how good it is. <b>Drag</b> a point, <b>click</b> into the box for a new "
    "one, <b>double-click</b> one to remove it. What changes? A point matters only if it is on the front."
)
STARTING, MORE = 14, 10
MARKS = (
    ('<circle class="pn-dot-front" cx="8" cy="8" r="6"/>', "on the front"),
    ('<path class="pn-dot-chosen" d="M8 0l8 8l-8 8l-8 -8Z"/>', "chosen"),
    ('<circle class="pn-dot-beaten" cx="8" cy="8" r="5"/>', "dominated"),
    ('<rect class="pn-area-front" x="1" y="3" width="14" height="10"/>', "what the front dominates"),
    ('<rect class="pn-area-chosen" x="1" y="3" width="14" height="10"/>', "what the chosen dominate"),
    ('<path class="pn-corner" d="M1 8h14M8 1v14"/>', "the corner that it is measured to"),
)


class ParetoFront(App):
    """Points whose front, hypervolume and best subset follow while they are moved.

    Args:
        points: ``[cost, score]`` each, from 0 to 1; None starts with a few.
        k: how many prototypes are chosen at first.
    """

    number = 4
    title = "Pareto front"

    def __init__(self, points: Sequence[Sequence[float]] | None = None, k: int = 3) -> None:
        self._seed = 0
        follow = self.guard(self._follow)
        self.plot = Points(axes=PLAIN, points=random_points(STARTING, 0) if points is None else [list(p) for p in points])
        self.k = slider("Prototypes to choose", k, 1, MOST_CHOSEN, 1, "How many networks you can afford to train", follow)
        self.ends = ipywidgets.Checkbox(value=False, description="Always keep the two ends", indent=False)
        self.ends.observe(lambda _: follow(), "value")
        self._figures, self._worth = Pane(), Pane()
        buttons = (
            button("Ten more", self.guard(self._add), hint="Add ten points, as a search that goes on would"),
            button("New points", self.guard(self._new), hint="Replace all points by new random ones"),
            button("Real networks", self.guard(self._real), hint="Networks that were trained on the digits"),
            button("Clear", self.guard(lambda: self._set([])), hint="Remove all points"),
        )
        controls = [group("row", *buttons), self.k, self.ends, self._figures]
        super().__init__(NOTE, controls, [group("panel", self.plot, Pane(legend_html()), self._worth)])
        self.plot.observe(lambda _: follow(), "points")
        self._follow()

    @property
    def look(self) -> Look:
        """What there is to see of the points as they are now."""
        return look(self.plot.points, self.k.value, self.ends.value)

    def _follow(self) -> None:
        seen = self.look
        with self.plot.hold_sync():
            self.plot.front, self.plot.chosen = seen.front, seen.chosen
            self.plot.alone, self.plot.beaten = seen.alone, seen.beaten
        self._figures.html = figures_html(len(self.plot.points), seen)
        self._worth.html = worth_html(seen.kept, len(seen.chosen), False) if seen.kept else ""

    def _set(self, points: list[list[float]], axes: dict | None = None) -> None:
        with self.plot.hold_sync():
            self.plot.axes = axes or PLAIN
            self.plot.points = points

    def _new(self) -> None:
        self._seed += 1
        self._set(random_points(STARTING, self._seed))

    def _add(self) -> None:
        self._seed += 1
        room = self.plot.most - len(self.plot.points)
        self._set(self.plot.points + random_points(min(MORE, room), 1000 + self._seed), self.plot.axes)

    def _real(self) -> None:
        self._set(real_points(), REAL)


def figures_html(count: int, seen: Look) -> str:
    """The figures of a look as tiles, and what they say in a sentence."""
    kept = seen.kept[len(seen.chosen) - 1] if seen.chosen else 0.0
    tiles = (
        tile("Points", str(count)),
        tile("On the front", str(len(seen.front))),
        tile("Hypervolume", f"{100 * seen.volume:.1f} %"),
        tile(f"Best {len(seen.chosen)} keep", f"{100 * kept:.1f} %"),
    )
    best = max(seen.front, key=lambda i: seen.alone[i], default=None)
    words = "The hypervolume is the shaded share of the box: everything that some point beats."
    if best is not None and len(seen.front) > 1:
        words += f" The point that is hardest to replace dominates {100 * seen.alone[best]:.1f} % of the box by itself."
    return f'<div class="pn-tiles" role="status">{"".join(tiles)}</div><p class="pn-note pn-lesson-words">{words}</p>'


def legend_html() -> str:
    """What the marks mean."""
    keys = (f'<span><svg viewBox="0 0 16 16" aria-hidden="true">{mark}</svg>{meaning}</span>' for mark, meaning in MARKS)
    return f'<p class="pn-points-legend">{"".join(keys)}</p>'
