"""What takes longer to compute than a refresh of the page may: hypervolume, agreement, what one more prototype buys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pnas_kit.runs import Run
from pnas_kit.search import History
from pnas_kit.search.front import points, propose_curve
from widgets import figures
from widgets.state import MOST_PICKS, State

SLICE = 0.1  # seconds of work after which the page is told what is new
REST = 3.0  # times as long it rests while a search runs, which needs the processor more
GROWTH = 1.1  # times as many candidates before the agreement is taken anew during a search


class Insight:
    """A thread that keeps ``volumes``, ``agreement`` and ``worth`` of the state in step with its candidates."""

    def __init__(self, state: State, guard: Callable) -> None:
        self._state = state
        self._woken = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._loop_guarded = guard(self._loop, todo="Reload the page.", locked=False)
        self._begin(None)
        state.observe(lambda _: self._wake(), ["run", "candidates", "status"])

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._woken.set()

    def _wake(self) -> None:
        if self._thread is None and self._state.run is not None:
            self._thread = threading.Thread(target=self._loop_guarded, daemon=True)
            self._thread.start()
        self._woken.set()

    def _loop(self) -> None:
        while not self._closed:
            self._woken.wait()
            self._woken.clear()
            more = True
            while more and not self._closed:
                start = time.monotonic()
                more = self._work()
                if self._state.live:
                    time.sleep(REST * (time.monotonic() - start))

    def _begin(self, run: Run | None) -> None:
        self._run, self._history = run, History()
        self._agreed, self._valued = 0, -1

    def _work(self) -> bool:
        """A slice of what there is to do; whether there is more."""
        state = self._state
        with state.lock:
            run, candidates, live = state.run, state.candidates, state.live
        scored = [candidate for candidate in candidates if candidate.feasible]
        if run is None:
            return False
        if run is not self._run or len(scored) < len(self._history.values):
            self._begin(run)
        found, deadline = {}, time.monotonic() + SLICE
        rows = points(scored[len(self._history.values) :], run.problem)
        for row in rows:
            if time.monotonic() > deadline:
                break
            self._history.add(row)
        if len(rows):
            numbers = [candidate.number for candidate in scored]
            found["volumes"] = tuple(zip(numbers, self._history.values, strict=False))  # the last may still wait
        if len(scored) != self._agreed and (not live or len(scored) >= GROWTH * self._agreed):
            self._agreed = len(scored)
            found["agreement"] = figures.agreement(scored)
        done = len(self._history.values) == len(scored)
        if done and not live and len(scored) != self._valued:
            self._valued = len(scored)
            found["worth"] = tuple(propose_curve(scored, run.problem, MOST_PICKS, objectives=run.config.proposed_in))
        with state.lock:
            if state.run is run:
                for name, value in found.items():
                    state.set_trait(name, value)
        return not done
