"""The chart of a search's candidates."""

from __future__ import annotations

from collections.abc import Sequence

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
        self._shown: list[Candidate] = []

    def add(self, *candidates: Candidate) -> None:
        """Show more candidates; the consensus score of all changes with each."""
        self._shown += candidates
        keys = [group["key"] for group in self.groups]
        self.extend(figures.rows(candidates, keys), [candidate.arch.words for candidate in candidates])
        self.replace("score", figures.consensus(self._shown), SEEN if len(self._shown) > MANY else 0.0)

    def follow(self, candidates: Sequence[Candidate]) -> None:
        """Show a list that only grows: adds what is new in it."""
        new = candidates[len(self._shown) :]
        if new:
            self.add(*new)

    def settle(self) -> None:
        """Give the page every score to the last digit: nothing more will come."""
        self.replace("score", figures.consensus(self._shown))

    def begin(self, limits: Limits | None) -> None:
        """Forget all candidates and take another budget."""
        self._shown = []
        self.axes = figures.axes(limits)
        self.hidden, self.brushes, self.agreement = [], {}, {}
        self.reset()
