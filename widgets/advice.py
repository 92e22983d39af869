"""The best candidate under a budget of one's own, with its reason."""

from __future__ import annotations

import math
from collections.abc import Callable

import ipywidgets

from pnas_kit.search import Best, best_under
from widgets.candidates import Candidates
from widgets.controls import button, group
from widgets.figures import FIGURES
from widgets.pane import Pane
from widgets.state import MOST_PICKS, State
from widgets.words import attribute

STAR = "M8 1 10 6 15.4 6.3 11.2 9.7 12.6 15 8 12 3.4 15 4.8 9.7.6 6.3 6 6Z"
BOUNDED = {"ram": "ram_bytes", "flash": "flash_bytes", "macs": "macs", "latency": "latency_ms", "energy": "energy_mj"}
"""What has a slider: the key of a figure, the name that `best_under` gives it."""

SCALES = {figure.key: figure.scale for figure in FIGURES}
FULL = 0.999  # of the range, above which a slider does not bound


class Advice:
    """Sliders for what one has, and the one candidate to take; opened by a button."""

    def __init__(self, state: State, guard: Callable, front: Candidates, pick: Callable[[int], None]) -> None:
        self._state, self._front, self._pick = state, front, pick
        self._found = Best(candidate=None)
        self._ranged = None
        self._ranging = False
        self.sliders = {figure.key: _slider(figure.label, figure.unit) for figure in FIGURES if figure.key in BOUNDED}
        self.add = button("Add it", guard(self._add), "quiet", "Make it one of the prototypes")
        self.filter = button("Show only these", guard(self._filter), "quiet", "Filter chart and table by this budget")
        self._words = Pane()
        self.view = group(
            "advice", group("fields", *self.sliders.values()), self._words, group("row", self.add, self.filter)
        )
        self.open = False
        for slider in self.sliders.values():
            slider.observe(guard(lambda _: self.draw()), "value")
        redraw = guard(lambda _: self.draw())
        state.observe(redraw, ["candidates", "results", "moment", "picked", "run"])

    @property
    def budget(self) -> dict[str, float]:
        """The limits that the sliders set, as `best_under` takes them; a slider at its end sets none."""
        found = {}
        for key, slider in self.sliders.items():
            if not slider.disabled and not _at_end(slider):
                found[BOUNDED[key]] = slider.value * SCALES[key]
        return found

    def toggle(self) -> None:
        """Open or close it; opened, it advises at once."""
        self.open = not self.open
        self.draw()

    def draw(self) -> None:
        """Bring sliders, mark and words in line with the state."""
        if self._ranging:
            return
        self.view.layout.display = None if self.open else "none"
        if not self.open:
            self._front.best = -1
            return
        self._ranging = True
        self._range()
        self._ranging = False
        trained = self._state.results if self._state.moment is None else {}
        accuracies = {number: result.int8_accuracy for number, result in trained.items()}
        self._found = best_under(self._state.seen, **self.budget, accuracies=accuracies)
        chosen = self._found.candidate
        self._front.best = chosen.number if chosen else -1
        picked = self._state.picked
        self.add.disabled = self._front.locked != "" or self._state.moment is not None or chosen is None
        self.add.disabled |= chosen is not None and (chosen.number in picked or len(picked) >= MOST_PICKS)
        self.filter.disabled = not self.budget
        self._words.html = advice_html(self._found)

    def _range(self) -> None:
        """Let the sliders reach from the least to the most that any scored candidate needs."""
        scored = [candidate for candidate in self._state.candidates if candidate.feasible]
        if self._ranged == (self._state.run, len(scored)):
            return
        fresh = self._ranged is None or self._ranged[0] is not self._state.run
        self._ranged = (self._state.run, len(scored))
        for key, slider in self.sliders.items():
            values = [getattr(candidate.cost, BOUNDED[key]) for candidate in scored]
            known = [value / SCALES[key] for value in values if value is not None]
            slider.disabled = len(set(known)) < 2
            slider.layout.display = None if known else "none"
            if not slider.disabled:
                low, high = math.log10(min(known)), math.log10(max(known))
                wanted = 10**high if fresh or _at_end(slider) else slider.value
                slider.min, slider.max = min(low, slider.min), max(high, slider.max)  # the order that no check refuses
                slider.value = wanted
                slider.min, slider.max = low, high

    def _add(self) -> None:
        if self._found.candidate:
            self._pick(self._found.candidate.number)

    def _filter(self) -> None:
        names = {name: key for key, name in BOUNDED.items()}
        limits = {names[name]: [None, limit / SCALES[names[name]]] for name, limit in self.budget.items()}
        self._front.brushes = {**self._front.brushes, **limits}


def advice_html(found: Best) -> str:
    """The recommendation and its reason."""
    if found.candidate is None:
        return f'<p class="pn-advised" role="status">{attribute(found.reason)}</p>'
    kind, judged = ("meas", "measured") if found.judged_by == "accuracy" else ("est", "by its score")
    return (
        f'<p class="pn-advised" role="status" data-best="{found.candidate.number}">'
        f'<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="{STAR}"/></svg>'
        f'<b>Candidate {found.candidate.number}</b> <em class="pn-{kind}">{judged}</em> '
        f"{attribute(found.reason)}</p>"
    )


def _at_end(slider: ipywidgets.FloatLogSlider) -> bool:
    return math.log10(slider.value) >= slider.min + FULL * (slider.max - slider.min)


def _slider(label: str, unit: str) -> ipywidgets.FloatLogSlider:
    made = ipywidgets.FloatLogSlider(
        value=1, min=-6, max=6, step=0.01, description=f"{label}, {unit}", readout_format=".3g",
        tooltip=f"At most so much; the end of the slider sets no limit on {label}",
    )  # fmt: skip
    made.add_class("pn-field")
    made.add_class("pn-slider")
    return made
