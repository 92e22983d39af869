"""What the list of runs shows of each, read no more often than it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pnas_kit.runs import Run, Status, runs
from widgets.words import begun, run_title

RESUMABLE = ("stopped", "limited", "failed", "crashed")


@dataclass(frozen=True)
class Row:
    """One run in the list.

    Attributes:
        name: of its folder.
        title: what it is called, else its data set and board. given: what somebody called it, or empty.
        began: when it was created.
        tried, trials: candidates finished and asked for.
        verified: prototypes with a result.
        size: of its files, in bytes.
    """

    name: str
    title: str
    given: str
    data: str
    board: str
    began: datetime
    status: Status
    tried: int
    trials: int
    verified: int
    size: int

    @property
    def resumable(self) -> bool:
        """Whether it ended before it was done."""
        return self.status.state in RESUMABLE


class Shelf:
    """Reads the folder of runs; what was read once is kept."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._sizes: dict[str, tuple[tuple, int]] = {}

    def rows(self, most: int) -> tuple[list[Row], int]:
        """The newest runs, and how many there are in all."""
        known = runs()
        self._runs = {run.name: self._runs.get(run.name, run) for run in known}
        found = []
        for name in list(self._runs)[:most]:
            try:
                found.append(self._row(self._runs[name]))
            except FileNotFoundError:  # deleted while we looked
                continue
        return found, len(known)

    def _row(self, run: Run) -> Row:
        status = run.status
        searched = status.done if status.phase == "search" else len(run.candidates())
        return Row(
            name=run.name,
            title=run_title(run),
            given=run.title,
            data=run.card.title,
            board=run.problem.board.name,
            began=begun(run),
            status=status,
            tried=searched,
            trials=run.config.trials,
            verified=len(run.verified),
            size=self._size(run),
        )

    def _size(self, run: Run) -> int:
        """Counted anew only when a phase, a title, an epoch or a file of a prototype has come since."""
        stamp = tuple(_changed(run.path / name) for name in ("", "status.json", "journal.log", "prototypes"))
        known = self._sizes.get(run.name)
        if known is None or known[0] != stamp:
            known = self._sizes[run.name] = (stamp, run.size)
        return known[1]


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
