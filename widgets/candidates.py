"""The chart of a search's candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pnas_kit.score.ranks import consensus
from pnas_kit.search.candidate import Candidate, Limits
from widgets import figures
from widgets.front import Front

MANY = 500
SEEN = 5e-4
"""With more than `MANY` candidates a score travels once it is off by so much, which none sees; newcomers move all."""


class Candidates(Front):
    """Candidates over any two of their figures, beside the budget.

    In a notebook: display it, then ``add`` what a search finds.

    Args:
        limits: the budget; None draws none.
        most: how many candidates may be picked.
    """

    def __init__(self, limits: Limits | None = None, most: int = 8) -> None:
        super().__init__(figures.axes(limits), "macs", "score", groups=figures.families(), most=most)
        self._forget()

    def _forget(self) -> None:
        self._scored: list[int] = []  # places of the candidates that have proxies, and these below
        self._proxies: dict[str, list[float]] = {}

    def add(self, *candidates: Candidate) -> None:
        """Show more candidates; the consensus score of all changes with each."""
        for place, candidate in enumerate(candidates, len(self)):
            if candidate.proxies:
                self._scored.append(place)
                for name, value in candidate.proxies.items():
                    self._proxies.setdefault(name, []).append(value)
        keys = [group["key"] for group in self.groups]
        self.extend(figures.rows(candidates, keys), [candidate.arch.words for candidate in candidates])
        self.replace("score", self._consensus(), SEEN if len(self) > MANY else 0.0)

    def follow(self, candidates: Sequence[Candidate]) -> None:
        """Show a list that only grows: adds what is new in it."""
        new = candidates[len(self) :]
        if new:
            self.add(*new)

    def settle(self) -> None:
        """Give the page every score to the last digit: nothing more will come."""
        self.replace("score", self._consensus())

    def _consensus(self) -> np.ndarray:
        """The proxies' consensus on every candidate, float ``(n,)`` in [0, 1]; nan for those that were not scored."""
        values = np.full(len(self), np.nan)
        if self._scored:
            values[self._scored] = consensus(self._proxies)
        return values

    def begin(self, limits: Limits | None) -> None:
        """Forget all candidates and take another budget."""
        self._forget()
        self.axes = figures.axes(limits)
        self.hidden, self.brushes, self.agreement = [], {}, {}
        self.reset()
