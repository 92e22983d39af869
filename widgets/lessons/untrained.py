"""The app of lesson 3: untrained scores beside the accuracies that training gave."""

from __future__ import annotations

import pandas as pd

from pnas_kit.space import FAMILIES
from widgets.cards import tile
from widgets.controls import button, group, heading
from widgets.lessons.app import App, dropdown, slider
from widgets.lessons.ranks_drawn import bars_svg, scatter_svg
from widgets.lessons.study import SCORES, TITLES, agreement, study
from widgets.pane import Pane
from widgets.words import percent

NOTE = (
    "Every mark is a network that was trained to the end. Up is its accuracy. To the right is its <b>rank by a score that "
    "was known before training</b>. A good score makes a line that climbs."
)
BEST = 5


class Untrained(App):
    """A data set, a score, and how well the one orders the other."""

    number, title = 3, "Judging without training"

    def __init__(self) -> None:
        redraw, fit = self.guard(self.draw), self.guard(self._fit)
        self._held, self._seed, self._table = True, 0, study()
        self.data = dropdown("Data set", [(title, name) for name, title in TITLES.items()], "What they were trained on", fit)
        self.score = dropdown("Score", [(title, name) for name, title in SCORES.items()], "What they are ranked by", redraw)
        self.family = dropdown("Family", [("all families", "")], "Compare networks of one family only", redraw)
        self.many = slider("Networks", 60, 6, 60, 1, "How many of the networks are looked at", redraw)
        others = button("Draw others", self.guard(self._draw_others), hint="Another random choice of as many networks")
        self.scatter, self.facts, self.bars = Pane(), Pane(), Pane()
        pictures = group(
            "judged",
            group("panel", heading("Ranked by the score"), self.scatter, self.facts),
            group("panel", heading("Every score", "Kendall's tau with the accuracy; hatched: plain counts"), self.bars),
        )
        super().__init__(NOTE, [self.data, self.score, self.family, self.many, others], [pictures])
        self._fit()

    @property
    def shown(self) -> pd.DataFrame:
        """The networks on show."""
        table = self._table[self._table.data == self.data.value]
        table = table[table.family == self.family.value] if self.family.value else table
        return table.sample(min(self.many.value, len(table)), random_state=self._seed)

    def _fit(self) -> None:
        """Offer the families of this data set."""
        names = self._table.family[self._table.data == self.data.value].unique()
        self._held = True
        try:
            self.family.options = [("all families", ""), *((FAMILIES[name].title, name) for name in sorted(names))]
            self.family.value = ""
        finally:
            self._held = False
        self.draw()

    def _draw_others(self) -> None:
        self._seed += 1
        self.many.value = min(self.many.value, 20)  # of sixty there are no others
        self.draw()

    def draw(self) -> None:
        """Bring the pictures in line with the controls."""
        if self._held:
            return
        shown, name = self.shown, self.score.value
        taus = {key: agreement(shown[key], shown.accuracy) for key in SCORES}
        self.scatter.html = scatter_svg(shown, name)
        self.bars.html = bars_svg(taus, name)
        self.facts.html = facts_html(shown, name, taus[name])


def facts_html(shown: pd.DataFrame, name: str, found: tuple[float, float, float]) -> str:
    """How far score and accuracy agree, and what one would get who trusts it."""
    tau, low, high = found
    best = shown.nlargest(BEST, name).accuracy.mean()
    tiles = (
        tile(f"Tau, {len(shown)} networks", f"{tau:.2f}", f"<small>likely {low:.2f} to {high:.2f}</small>")
        + tile(f"Best {BEST} by score", percent(best), "<small>mean accuracy</small>")
        + tile(f"Any {BEST}", percent(shown.accuracy.mean()), "<small>mean accuracy</small>")
        + tile(f"Really best {BEST}", percent(shown.accuracy.nlargest(BEST).mean()), "<small>mean accuracy</small>")
    )
    return f'<div class="pn-tiles pn-four" role="status">{tiles}</div>'
