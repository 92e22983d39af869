"""The thread that reads a run's folder and tells the state what is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pnas_kit.runs import Run, Status
from widgets.state import State

PERIOD = 0.25  # seconds between two looks at a live run
QUIET = 2.0  # and at one that rests: another page may start it again
HURRY = 0.05  # just after a command, so that its effect is seen at once
HURRY_FOR = 2.0


class Watch:
    """Keeps the state in step with the run it shows; reads only, and changes only what changed."""

    def __init__(self, state: State, guard: Callable, gone: Callable[[Run], None]) -> None:
        """`gone` is told when somebody has deleted the run."""
        self._state = state
        self._gone = gone
        self._guard = guard
        self._woken = threading.Event()
        self._hurry_until = 0.0
        self._proposed_from = 0

    def show(self, run: Run | None) -> None:
        """Watch ``run`` from now on (None: nothing), and read it once right away."""
        state = self._state
        # Told all at once: a run without its status would be shown as one that was stopped.
        with state.hold_trait_notifications():
            state.run = run
            self._proposed_from = 0
            state.status, state.candidates, state.proposed, state.picked = None, (), [], []
            state.fit = 0
            state.volumes, state.agreement, state.worth = (), {}, ()
            state.curves, state.trainings, state.results, state.emulations = {}, {}, {}, {}
            if run is not None:
                self.read(run)
        if run is None:
            return
        loop = self._guard(self._loop, todo="Reload the page.", locked=False)
        threading.Thread(target=loop, args=(run,), daemon=True).start()

    def hurry(self) -> None:
        """Look often for a moment: a command was given."""
        self._hurry_until = time.monotonic() + HURRY_FOR
        self._woken.set()

    def _loop(self, run: Run) -> None:
        while self._state.run is run:
            self._woken.wait(self._pause())
            self._woken.clear()
            with self._state.lock:
                if self._state.run is run:
                    self._look(run)

    def _look(self, run: Run) -> None:
        try:
            self.read(run)
        except Exception:
            if run.exists:
                raise
        if not run.exists:  # looked at last: it may have gone while we read
            self._gone(run)

    def _pause(self) -> float:
        if time.monotonic() < self._hurry_until:
            return HURRY
        return PERIOD if self._state.busy else QUIET

    def read(self, run: Run) -> None:
        """Bring the state up to date."""
        with self._state.hold_trait_notifications():  # or a run that stopped has cards at work for a moment
            self._read(run)

    def _read(self, run: Run) -> None:
        state = self._state
        status = run.status  # before the candidates: when it says "done", all of them are there
        candidates = run.candidates()
        if len(candidates) != len(state.candidates):
            state.fit += sum(candidate.feasible for candidate in candidates[len(state.candidates) :])
            state.candidates = tuple(candidates)
        if _differs(status, state.status):
            state.status = status
        searching = status.alive and status.phase == "search"
        if not searching and len(candidates) != self._proposed_from:
            # While the search goes on the proposal would change with every newcomer.
            self._proposed_from = len(candidates)
            state.proposed = run.proposed()
        if sorted(run.picks) != state.picked:
            state.picked = sorted(run.picks)
        self._read_training(run, status)

    def _read_training(self, run: Run, status: Status) -> None:
        state = self._state
        trainings = {number: run.progress(number, status) for number in state.picked}
        if trainings != state.trainings:
            state.trainings = trainings
        curves = {number: run.epochs(number) for number in state.picked}
        curves = {number: epochs for number, epochs in curves.items() if epochs}
        if {n: len(e) for n, e in curves.items()} != {n: len(e) for n, e in state.curves.items()}:
            state.curves = curves
        results = {number: result for number in state.picked if (result := run.result(number))}
        if results.keys() != state.results.keys():
            state.results = results
        emulations = {number: found for number in results if (found := run.emulation(number))}
        if emulations != state.emulations:
            state.emulations = emulations


def _differs(new: Status, old: Status | None) -> bool:
    """Whether the page has anything to show for it; the heartbeat alone is not news."""
    names = ("phase", "state", "done", "total", "message", "error")
    return old is None or any(getattr(new, name) != getattr(old, name) for name in names)
