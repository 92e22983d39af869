"""The chart of a run: what a state knows, on a chart of candidates."""

from __future__ import annotations

from collections.abc import Callable

import traitlets

from pnas_kit.runs.recorded import Recorded
from widgets import figures
from widgets.candidates import Candidates
from widgets.state import State

LOCKED = "A recorded search: look around and replay it; nothing in it can be changed."


def connect(state: State, front: Candidates, guard: Callable) -> None:
    """Have the chart follow the state from now on; what is picked on it is for others to take."""

    def begin(_: dict) -> None:
        run = state.run
        front.locked = LOCKED if isinstance(run, Recorded) else ""
        if run is None:
            front.begin(figures.axes())
        else:
            front.begin(figures.axes(run.problem.limits, run.problem.board, run.problem.engine, run.card.task))

    def stand(change: dict) -> None:
        status = change["new"]
        front.stage = status.state if status and status.phase == "search" else "done" if status and status.phase else ""

    def measure(_: dict) -> None:
        front.measure({number: result.int8_accuracy for number, result in state.results.items()})

    state.observe(guard(begin), "run")
    state.observe(guard(stand), "status")
    state.observe(guard(lambda change: front.follow(change["new"])), "candidates")
    state.observe(guard(lambda change: front.curve(change["new"])), "volumes")
    state.observe(guard(measure), "results")
    traitlets.dlink((state, "picked"), (front, "picked"))
    traitlets.dlink((state, "agreement"), (front, "agreement"))
