"""Step 3: which of the candidates are trained."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.runs import Run
from pnas_kit.search.candidate import Candidate
from widgets import cards, words
from widgets.controls import button, group, heading
from widgets.front import Front
from widgets.pane import Pane
from widgets.state import State
from widgets.words import attribute
from widgets.worth import worth_html


class StepChoose:
    """The proposed candidates are marked; clicks on the chart or on the cards add and remove."""

    def __init__(self, state: State, guard: Callable, front: Front) -> None:
        self._state = state
        self._offered: set[str] = set()
        self._pane = Pane(drop=guard(self._drop))
        self._worth = Pane()
        self.propose = button("Use the proposal", guard(self._use_proposal), "quiet", "Take what subset selection proposes")
        self._clear = button("Clear", guard(lambda: state.run.pick([]) or state.set_trait("picked", [])), "quiet")
        self._onward = button("Train these", guard(lambda: state.set_trait("step", "train")), "next")
        note = "Click to add or remove, drag around several, or use the arrow keys and Enter."
        self.view = group(
            "choose",
            group("panel", heading("Candidates", note), front),
            group(
                "panel",
                group("row", heading("Prototypes"), self.propose, self._clear, self._onward),
                self._pane,
                self._worth,
            ),
        )
        redraw = guard(lambda _: self.draw())
        state.observe(redraw, ["picked", "proposed", "run", "status", "candidates", "worth"])
        state.observe(guard(lambda _: self._begin_with_proposal()), ["step", "proposed"])
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
        feasible = state.fit > 0
        self.propose.disabled = not feasible
        self._clear.disabled = not state.picked
        self._onward.disabled = not state.picked
        many = len(state.picked)
        self._onward.description = f"Train {many} prototype{'s' if many != 1 else ''}" if many else "Train these"
        self._pane.html = self._html(feasible)
        self._worth.html = worth_html(state.worth, many, waiting=state.live) if feasible else ""

    def _html(self, feasible: bool) -> str:
        state = self._state
        if not feasible:
            return cards.empty("Nothing to choose from yet", "Run a search first: what fits the budget appears here.")
        if not state.picked:
            return cards.empty("Nothing picked", "Use the proposal, or click candidates in the chart.")
        by_number = {candidate.number: candidate for candidate in state.candidates}
        picked = [by_number[number] for number in state.picked if number in by_number]
        picked.sort(key=lambda candidate: candidate.cost.macs)
        slowest = max((candidate.cost.latency_ms for candidate in picked), default=1.0)
        items = "".join(_card(c, state.run, c.number in state.proposed, slowest) for c in picked)
        return f'<ol class="pn-picks" data-picked="{len(picked)}">{items}</ol>'


PROPOSED = (
    '<span class="pn-proposed" title="Proposed: together the proposals cover the front of MACs and score best">'
    '<svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><path d="M8 1 15 8 8 15 1 8Z"/></svg>proposed</span>'
)
LATENCY = "Estimated latency; the bar is a share of the slowest one here, for there is no budget for it"


def _card(candidate: Candidate, run: Run, proposed: bool, slowest: float) -> str:
    """One picked candidate beside the budget; latency has none, so its bar is a share of the slowest one shown."""
    cost, limits, number = candidate.cost, run.problem.limits, candidate.number
    layers = sum(layer.kind in ("conv", "depthwise", "linear") for layer in candidate.arch.pruned)
    badge = PROPOSED if proposed else ""

    def against(label: str, text: str, value: float, limit: float) -> str:
        share = value / limit
        return cards.bar(label, f"{text} <small>{100 * share:.0f} %</small>", share, f"{label}, share of the budget")

    bars = (
        against("RAM", words.kib(cost.ram_bytes), cost.ram_bytes, limits.ram_bytes)
        + against("Flash", words.kib(cost.flash_bytes), cost.flash_bytes, limits.flash_bytes)
        + against("MACs", words.macs(cost.macs).removesuffix(" MACs"), cost.macs, limits.macs)
        + cards.bar("Latency", words.milliseconds(cost.latency_ms), cost.latency_ms / slowest, LATENCY)
    )
    return (
        f'<li class="pn-pick" data-key="{number}"><div class="pn-pick-head"><b>{number}</b>'
        f"<span>{attribute(candidate.arch.words)}, {layers} layers</span>{badge}"
        f'<button type="button" class="pn-plain" data-action="drop" data-key="{number}" '
        f'aria-label="Remove candidate {number}" title="Remove">×</button></div><div class="pn-bars">{bars}</div></li>'
    )
