"""What a replay shows: the search as it stood after so many candidates."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.search.front import propose
from widgets import cards, words
from widgets.candidates import Candidates
from widgets.curves import sparkline
from widgets.state import State


class Past:
    """Keeps a state and its chart in step while a search is replayed; a run of its own is changed by neither.

    The chart has all candidates and moves by itself; it tells how far it is a few times a second.
    """

    def __init__(self, state: State, front: Candidates, guard: Callable) -> None:
        self._state, self._front = state, front
        front.observe(guard(lambda _: self._moved()), ["until", "replaying"])
        state.observe(guard(lambda _: front.present()), "run")
        state.observe(guard(lambda _: self._propose()), ["moment", "proposed"])

    def begin(self, play: bool = True) -> None:
        """Show the search from its first candidate on."""
        if self._front.y == "accuracy":  # of the trainings, which came later
            self._front.y = "score"
        self._front.replay(play)

    def _moved(self) -> None:
        front, state = self._front, self._state
        state.moment = min(max(0, front.until), len(state.candidates)) if front.replaying else None

    def _propose(self) -> None:
        """Mark what subset selection would have proposed at that moment."""
        self._front.proposed = proposed_then(self._state)


def proposed_then(state: State) -> list[int]:
    """Numbers of what subset selection proposes of the candidates on show."""
    if state.moment is None or state.run is None:
        return state.proposed
    run = state.run
    found = propose(state.seen, run.problem, run.config.picks, objectives=run.config.proposed_in)
    return [candidate.number for candidate in found]


def tiles(state: State) -> list[str]:
    """How far the search is, or was: tried, fit, hypervolume."""
    done, total = len(state.seen), state.run.config.trials
    fit = state.fit if state.moment is None else sum(candidate.feasible for candidate in state.seen)
    volumes = [value for number, value in state.volumes if state.moment is None or number < state.moment]
    return [
        cards.tile("Tried", f"{words.count(done)} of {words.count(total)}"),
        cards.tile("Fit the budget", words.count(fit)),
        cards.tile("Hypervolume", f"{volumes[-1]:.3f}" if volumes else "–", sparkline(volumes)),
    ]
