"""The best candidate under a budget of one's own, with its reason."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.search import Best, Candidate, best_under
from widgets import words
from widgets.candidates import Candidates
from widgets.controls import button, group
from widgets.figures import FIGURES, Figure
from widgets.pane import Pane
from widgets.state import MOST_PICKS, State
from widgets.words import attribute

BOUNDED = {"ram": "ram_bytes", "flash": "flash_bytes", "macs": "macs", "latency": "latency_ms", "energy": "energy_mj"}
"""What has a slider: the key of a figure, the name that `best_under` gives it."""

SLIDERS = {figure.key: figure for figure in FIGURES if figure.key in BOUNDED}
END = 100  # a slider's last place, where it sets no limit; between the others the limit grows by the same factor
STAR = "M8 1 10 6 15.4 6.3 11.2 9.7 12.6 15 8 12 3.4 15 4.8 9.7.6 6.3 6 6Z"


class Advice:
    """Sliders for what one has, and the one candidate to take; opened by a button."""

    def __init__(self, state: State, guard: Callable, front: Candidates, pick: Callable[[int], None]) -> None:
        self._state, self._front, self._pick = state, front, pick
        self._found = Best(candidate=None)
        self._places = dict.fromkeys(SLIDERS, END)
        self._sliders, self._words = Pane(limit=guard(self._slide)), Pane()
        self.add = button("Add it", guard(self._add), "quiet", "Make it one of the prototypes")
        self.filter = button("Show only these", guard(self._filter), "quiet", "Filter chart and table by this budget")
        self.view = group("advice", self._sliders, self._words, group("row", self.add, self.filter))
        self.open = False
        redraw = guard(lambda _: self.draw())
        state.observe(redraw, ["candidates", "results", "moment", "picked"])
        state.observe(guard(lambda _: self._begin()), "run")
        front.observe(redraw, "locked")

    @property
    def budget(self) -> dict[str, float]:
        """The limits that the sliders set, as `best_under` takes them."""
        scored = self._scored()
        found = {BOUNDED[key]: self._limit(key, scored) for key in SLIDERS}
        return {name: limit for name, limit in found.items() if limit is not None}

    def toggle(self) -> None:
        """Open or close it; opened, it advises at once."""
        self.open = not self.open
        self.draw()

    def draw(self) -> None:
        """Bring sliders, mark and words in line with the state."""
        self.view.layout.display = None if self.open else "none"
        if not self.open:
            self._front.best = -1
            return
        state = self._state
        trained = state.results if state.moment is None else {}
        accuracies = {number: result.int8_accuracy for number, result in trained.items()}
        self._found = best_under(state.seen, **self.budget, accuracies=accuracies)
        chosen = self._found.candidate
        self._front.best = chosen.number if chosen else -1
        fixed = self._front.locked != "" or state.moment is not None or len(state.picked) >= MOST_PICKS
        self.add.disabled = fixed or chosen is None or chosen.number in state.picked
        self.filter.disabled = not self.budget
        self._words.html = advice_html(self._found)
        scored = self._scored()
        self._sliders.html = f'<div class="pn-sliders">{"".join(self._slider(key, scored) for key in SLIDERS)}</div>'

    def _begin(self) -> None:
        self._places = dict.fromkeys(SLIDERS, END)
        self.draw()

    def _slide(self, what: str) -> None:
        """A slider was moved: "ram=40"."""
        key, _, place = what.partition("=")
        self._places[key] = min(max(0, int(place)), END)
        self.draw()

    def _scored(self) -> list[Candidate]:
        return [candidate for candidate in self._state.candidates if candidate.feasible]

    def _limit(self, key: str, scored: list[Candidate]) -> float | None:
        """What a slider allows, in the unit of the cost: from the least that any candidate needs to the most."""
        known = [value for c in scored if (value := getattr(c.cost, BOUNDED[key])) is not None]
        if not known or self._places[key] == END:
            return None
        low, high = min(known), max(known)
        return max(low, low * (high / low) ** (self._places[key] / END))

    def _slider(self, key: str, scored: list[Candidate]) -> str:
        figure, limit = SLIDERS[key], self._limit(key, scored)
        if all(getattr(c.cost, BOUNDED[key]) is None for c in scored):
            return ""  # nothing is known of it for this board
        text = "any" if limit is None else f"≤ {words.figure(limit / figure.scale)} {figure.unit}"
        return (
            f'<label class="pn-limit-slider"><span>{figure.label} <output>{text}</output></span>'
            f'<input type="range" min="0" max="{END}" value="{self._places[key]}" data-action="limit" data-key="{key}" '
            f'aria-label="{_limit_words(figure)}" aria-valuetext="{text}"></label>'
        )

    def _add(self) -> None:
        if self._found.candidate:
            self._pick(self._found.candidate.number)

    def _filter(self) -> None:
        budget = self.budget
        limits = {key: [None, budget[BOUNDED[key]] / SLIDERS[key].scale] for key in SLIDERS if BOUNDED[key] in budget}
        self._front.brushes = {**self._front.brushes, **limits}


def _limit_words(figure: Figure) -> str:
    return f"{figure.label}, at most, {figure.unit}; the end sets no limit"


def advice_html(found: Best) -> str:
    """The recommendation and its reason."""
    if found.candidate is None:
        return f'<p class="pn-advised" role="status">{attribute(found.reason)}</p>'
    kind, judged = ("meas", "measured") if found.judged_by == "accuracy" else ("est", "by its score")
    return (
        f'<p class="pn-advised" role="status" data-best="{found.candidate.number}">'
        f'<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="{STAR}"/></svg>'
        f'<b>Candidate {found.candidate.number}</b> <em class="pn-{kind}">{judged}</em> {attribute(found.reason)}</p>'
    )
