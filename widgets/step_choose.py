"""Step 3: which of the candidates are trained."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.search import Candidate
from widgets import cards
from widgets.advice import Advice
from widgets.candidates import Candidates
from widgets.controls import button, group, heading
from widgets.pane import Pane
from widgets.past import proposed_then
from widgets.state import State
from widgets.tray import shares_bar_html, tray_html
from widgets.worth import worth_html


class StepChoose:
    """The proposed candidates are marked; clicks on the chart or on the cards add and remove."""

    def __init__(self, state: State, guard: Callable, front: Candidates) -> None:
        self._state, self._front = state, front
        self._offered: set[str] = set()
        self._by = "macs"
        self._pane = Pane(drop=guard(self._drop), compare=guard(self._compare))
        self._bar = Pane(shares=guard(self._share_out))
        self._pane.add_class("pn-tray")
        self._worth = Pane()
        self.propose = button("Use the proposal", guard(self._use_proposal), "quiet", "Take what subset selection proposes")
        self._clear = button("Clear", guard(lambda: state.run.pick([]) or state.set_trait("picked", [])), "quiet")
        self._onward = button("Train these", guard(lambda: state.set_trait("step", "train")), "next")
        self.advice = Advice(state, guard, front, lambda number: self._pick([*state.picked, number]))
        self.advise = button(
            "Best under my budget", guard(self._advise), "quiet", "Recommend one candidate, with its reason"
        )
        note = "Click to add or remove, drag around several, or use the arrow keys and Enter."
        self.view = group(
            "choose",
            group("panel", heading("Candidates", note), front),
            group(
                "panel",
                group("row", heading("Prototypes"), self.propose, self._clear, self._onward),
                group("row", self.advise, self._bar),
                self.advice.view,
                self._pane,
                self._worth,
            ),
        )
        redraw = guard(lambda _: self.draw())
        state.observe(redraw, ["picked", "proposed", "run", "status", "candidates", "worth", "results", "moment", "step"])
        front.observe(redraw, ["locked", "reference"])
        state.observe(guard(lambda _: self._begin_with_proposal()), ["step", "proposed"])
        self.advice.draw()
        self.draw()

    def _advise(self) -> None:
        self.advice.toggle()
        self.draw()

    def _compare(self, number: str) -> None:
        """Take a card as what the others are compared with, or let it go."""
        self._front.reference = -1 if self._front.reference == int(number) else int(number)

    def _share_out(self, by: str) -> None:
        self._by = by
        self.draw()

    def _drop(self, number: str) -> None:
        self._pick([other for other in self._state.picked if other != int(number)])

    def _begin_with_proposal(self) -> None:
        """Pick the proposal for whoever comes here first; what he changes stays."""
        state = self._state
        if state.step == "choose" and state.proposed and not state.picked and state.run.name not in self._offered:
            self._offered.add(state.run.name)
            self._use_proposal()

    def _use_proposal(self) -> None:
        self._state.proposed = self._state.run.proposed()
        self._pick(self._state.proposed)

    def _pick(self, numbers: list[int]) -> None:
        self._state.run.pick(numbers)
        self._state.picked = sorted(numbers)

    def draw(self) -> None:
        """Bring cards and buttons in line with the state."""
        state = self._state
        feasible, fixed = state.fit > 0, state.moment is not None or self._front.locked != ""
        self.advise.disabled = not feasible
        (self.advise.add_class if self.advice.open else self.advise.remove_class)("pn-pressed")
        self.propose.disabled = not feasible or fixed
        self._clear.disabled = not state.picked or fixed
        self._onward.disabled = not state.picked or state.moment is not None
        many = len(state.picked)
        self._onward.description = f"Train {many} prototype{'s' if many != 1 else ''}" if many else "Train these"
        chosen = self._chosen() if feasible else []
        self._pane.html = self._html(feasible, chosen)
        self._bar.html = shares_bar_html(self._by) if chosen else ""
        room = feasible and state.moment is None and not self.advice.open
        self._worth.html = worth_html(state.worth, many, waiting=state.live) if room else ""

    def _chosen(self) -> list[Candidate]:
        """The candidates on the cards: what is picked, in a replay what would have been proposed at that moment."""
        state, past = self._state, self._state.moment is not None
        if past and state.step != "choose":
            return []  # it would be found for nobody with every step of the replay
        by_number = {candidate.number: candidate for candidate in state.seen}
        numbers = proposed_then(state) if past else state.picked
        return [by_number[number] for number in numbers if number in by_number]

    def _html(self, feasible: bool, chosen: list[Candidate]) -> str:
        state, past = self._state, self._state.moment is not None
        if not feasible:
            return cards.empty("Nothing to choose from yet", "Run a search first: what fits the budget appears here.")
        if not chosen and past:
            return cards.empty("Nothing proposed yet", "Nothing that fits was found up to this moment.")
        if not chosen:
            return cards.empty("Nothing picked", "Use the proposal, or click candidates in the chart.")
        then = f'<p class="pn-note">What would have been proposed after {len(state.seen)} candidates:</p>' if past else ""
        return then + tray_html(
            chosen,
            state.run.problem,
            proposed=[candidate.number for candidate in chosen] if past else state.proposed,
            results=state.results,
            reference=self._front.reference,
            by=self._by,
            past=past,
        )
