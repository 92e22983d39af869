"""A finished search once more, with a slider over its candidates: `from widgets import Replay; Replay(run)`."""

from __future__ import annotations

import ipywidgets

from pnas_kit.runs import Run
from widgets import cards
from widgets.alert import Guard, alert
from widgets.candidates import Candidates
from widgets.chart import connect
from widgets.insight import Insight
from widgets.pane import Pane
from widgets.past import Past, proposed_then, tiles
from widgets.shares import shares_key
from widgets.state import State
from widgets.tray import tray_html


class Replay(ipywidgets.VBox):
    """Chart, hypervolume, table and proposals of a run as they grew; nothing is computed anew but what was proposed when.

    Display it in a notebook. It stands at the beginning; press Play, or move the slider.

    Args:
        run: its search has candidates; `pnas_kit.runs.recorded()` has one for whoever has none.
        play: let it run at once.
    """

    def __init__(self, run: Run, play: bool = False) -> None:
        self.state = state = State()
        guard = Guard(state)
        self.front = Candidates()
        self._insight = Insight(state, guard)
        self._figures, self._tray = Pane(), Pane()
        connect(state, self.front, guard)
        self._past = Past(state, self.front, guard)
        super().__init__([alert(state), self._figures, self.front, self._tray])
        self.add_class("pn")
        self.add_class("pn-replay")
        state.observe(guard(lambda _: self._draw()), ["moment", "volumes", "proposed"])
        self._begin(run, play)

    def _begin(self, run: Run, play: bool) -> None:
        state = self.state
        state.run, state.status = run, run.status
        state.candidates = tuple(run.candidates())
        state.fit = sum(candidate.feasible for candidate in state.candidates)
        state.proposed, state.picked = run.proposed(), sorted(run.picks)
        state.results = {number: result for number in run.picks if (result := run.result(number))}
        self._past.begin(play)
        self._draw()

    def go(self, until: int) -> None:
        """Show the search as it stood after so many candidates."""
        self.front.until = min(max(0, until), len(self.state.candidates))

    def close(self) -> None:
        """Take the widget off the page."""
        self._insight.close()
        super().close()

    def _draw(self) -> None:
        state = self.state
        self._figures.html = f'<div class="pn-tiles">{"".join(tiles(state))}</div>'
        by_number = {candidate.number: candidate for candidate in state.seen}
        numbers = proposed_then(state)
        found = [by_number[number] for number in numbers if number in by_number]
        if not found:
            self._tray.html = cards.empty("Nothing proposed yet", "Nothing that fits was found up to this moment.")
            return
        past = state.moment is not None
        drawn = tray_html(found, state.run.problem, proposed=numbers, results=state.results, past=past)
        when = f"after {len(state.seen)} candidates" if past else "at the end"
        self._tray.html = f'<p class="pn-note">Proposed {when}:</p>{drawn}<p class="pn-shares-key">{shares_key()}</p>'
