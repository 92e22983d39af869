"""The chart of a search's candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pnas_kit.search.candidate import Candidate, Limits
from widgets import figures
from widgets.front import Front


class Candidates(Front):
    """Candidates over any two of their figures, beside the budget.

    In a notebook: display it, then ``add`` what a search finds.

    Args:
        limits: the budget; None draws none.
        most: how many candidates may be picked.
    """

    def __init__(self, limits: Limits | None = None, most: int = 8) -> None:
        super().__init__(figures.axes(limits), "macs", "score", groups=figures.families(), most=most)

    def add(self, *candidates: Candidate) -> None:
        """Show more candidates."""
        keys = [group["key"] for group in self.groups]
        self.extend(figures.rows(candidates, keys), [candidate.arch.words for candidate in candidates])

    def follow(self, candidates: Sequence[Candidate]) -> None:
        """Show a list that only grows: adds what is new in it."""
        new = candidates[len(self) :]
        if new:
            self.add(*new)

    def measure(self, accuracies: Mapping[int, float]) -> None:
        """Show the verified accuracies, 0 to 1 by number, of those that were trained; the others have none."""
        column = np.full(len(self), np.nan)
        for number, accuracy in accuracies.items():
            if number < len(column):
                column[number] = 100 * accuracy
        self.replace("accuracy", column)

    def begin(self, axes: list[dict]) -> None:
        """Forget all candidates and take other axes, `figures.axes` for another budget or board."""
        self.present()
        self.axes = axes
        self.hidden, self.brushes, self.agreement, self.reference, self.best = [], {}, {}, -1, -1
        self.reset()
