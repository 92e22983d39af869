"""How a search is getting on: its rate, and the hypervolume it has reached."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

import numpy as np

from pnas_kit.search.candidate import Candidate
from pnas_kit.search.evaluate import Problem
from pnas_kit.search.front import points
from pnas_kit.search.pareto import hypervolume_history, normalise

WINDOW = 10.0  # seconds over which the rate is taken
EVERY = 1.0  # seconds between two hypervolumes
SHARE = 0.1  # of the time at most goes into them, once there are many candidates
REFERENCE = 1.1  # corner of the normalised objectives, as in the subset selection


def history(candidates: Sequence[Candidate], problem: Problem) -> np.ndarray:
    """Hypervolume after each feasible candidate, float ``(feasible,)`` in [0, 1].

    All objectives, each scaled over the candidates so far, as a share of the box up to the reference. One scale for the
    whole history, so it never falls; an earlier value changes when the scale does.
    """
    found = points([candidate for candidate in candidates if candidate.feasible], problem)
    if len(found) < 2:
        return np.zeros(len(found))
    dimensions = found.shape[1]
    return hypervolume_history(normalise(found), np.full(dimensions, REFERENCE)) / REFERENCE**dimensions


class Gauge:
    """Looks at a growing list of candidates, as often as it is cheap."""

    def __init__(self) -> None:
        self.history = np.zeros(0)
        self._seen: deque[tuple[float, int]] = deque()
        self._counted = -1
        self._next = 0.0

    def look(self, candidates: Sequence[Candidate], problem: Problem, final: bool = False) -> None:
        """Note how many there are now, and measure the hypervolume when it is time (``final``: in any case)."""
        now = time.monotonic()
        self.note(len(candidates), now)
        if len(candidates) < self._counted:
            self._counted = -1
        if len(candidates) != self._counted and (final or self._counted < 0 or now >= self._next):
            self.history = history(candidates, problem)
            self._counted = len(candidates)
            cost = time.monotonic() - now
            self._next = now + max(EVERY, cost / SHARE)

    def note(self, done: int, now: float) -> None:
        """``done`` candidates are finished at time ``now`` (seconds of a steady clock)."""
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > WINDOW:
            self._seen.popleft()

    @property
    def per_second(self) -> float | None:
        """Candidates per second over the last moments; None while unknown."""
        if len(self._seen) < 2:
            return None
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return (after - before) / (end - start) if end > start else None

    @property
    def text(self) -> str:
        """The hypervolume now."""
        return f"{self.history[-1]:.3f}" if len(self.history) else "–"
