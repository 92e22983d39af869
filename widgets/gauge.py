"""How fast a search is."""

from __future__ import annotations

import time
from collections import deque

WINDOW = 10.0  # seconds over which the rate is taken


class Gauge:
    """The rate of something that is counted now and then."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, done: int, now: float | None = None) -> None:
        """``done`` candidates are finished at time ``now`` (seconds of a steady clock)."""
        now = time.monotonic() if now is None else now
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
