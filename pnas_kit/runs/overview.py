"""All runs of a folder at a glance, and the end of all that is at work on them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .emulation import Emulation
from .process import end, is_alive
from .queue import ahead, in_words, standing
from .quota import FILE, GIB, Quota, size
from .records import Result, Status
from .run import Run, runs

END_SECONDS = 10.0
"""How long a runner may take to end by itself; then its process is ended."""


@dataclass(frozen=True)
class Row:
    """A run as it stands.

    Attributes:
        emulations: prototypes that are being run on an emulated board, or wait for it.
        waiting: how many wait before it in the queue; None where it does not wait.
        results: of the prototypes that are verified.
    """

    run: Run
    status: Status
    emulations: dict[int, Emulation]
    waiting: int | None
    results: list[Result]

    @property
    def best(self) -> Result | None:
        """The verified prototype with the highest accuracy."""
        return max(self.results, key=lambda result: result.int8_accuracy, default=None)

    @property
    def at_work(self) -> bool:
        """Whether a process works on it or waits to."""
        return self.status.alive or bool(self.emulations)

    @property
    def state(self) -> str:
        """How it stands, in a few words."""
        if self.status.state == "queued" and self.waiting is not None:
            return f"{self.status.phase} {in_words(self.waiting)}"
        if not self.status.alive and self.emulations:
            return "emulated board"
        return f"{self.status.phase} {self.status.state}" if self.status.phase else self.status.state


def rows(root: Path, known: Iterable[Run] | None = None) -> list[Row]:
    """The runs of a folder, newest first; `known` are those runs where somebody has them at hand."""
    runners, place = Quota.of(root).runners, {}
    for number, ticket in enumerate(standing(root)):
        place.setdefault((ticket.run, ticket.job), ahead(number, runners))
    return [_row(run, place) for run in (runs(root) if known is None else known)]


def _row(run: Run, place: dict[tuple[str, str], int | None]) -> Row:
    status = run.status
    made = [int(folder.name) for folder in run.path.glob("prototypes/*") if folder.name.isdigit()]
    emulations = {number: found for number in made if (found := run.emulation(number)) and found.state == "running"}
    results = [result for number in made if (result := run.result(number))]
    waiting = place.get((run.name, status.phase))
    return Row(run, status, emulations, waiting, results)


def listing(root: Path) -> Iterator[str]:
    """A line per run: state, progress, best verified accuracy, size, name."""
    found = rows(root)
    yield f"{len(found)} run{'' if len(found) == 1 else 's'}, {size(root) / GIB:.2f} GiB; limits: {Quota.of(root).words}"
    for row in found:
        done = f"{row.status.done} of {row.status.total}" if row.status.total else ""
        best = f"{row.best.metric} {100 * row.best.int8_accuracy:.1f} %" if row.best else ""
        title = f"  {row.run.title}" if row.run.title else ""
        yield f"{row.state:<34}{done:<14}{best:<17}{size(row.run.path) / 2**20:>7.1f} MiB  {row.run.name}{title}"


def end_all(root: Path) -> Iterator[str]:
    """End every search, training and emulation of a folder, those in the queue first; says what it ended.

    All are told to stop and leave what they finished; whoever has not ended after a while is ended from outside.
    """
    busy = sorted((row for row in rows(root) if row.at_work), key=lambda row: row.waiting is None)
    for row in busy:
        if row.status.alive:
            row.run.stop()
        for number in row.emulations:
            row.run.stop_emulation(number)
            yield f"ended the run on an emulated board of prototype {number} of {row.run.name}"
    deadline = time.monotonic() + END_SECONDS
    for row in busy:
        if row.status.alive:
            yield f"ended the {row.status.phase} of {row.run.name} ({row.status.state}), {_how(row.run, deadline)}"
    for ticket in standing(root):  # of runs that were deleted by hand meanwhile
        end(ticket.pid, ticket.started)
        yield f"ended process {ticket.pid} ({ticket.job} of {ticket.run})"
    yield f"{len(busy)} at work or waiting; what they finished is kept" if busy else "nothing was at work"


def elsewhere(root: Path) -> Iterator[str]:
    """Where else runs may be: folders inside `root` that were served as folders of runs themselves."""
    for limits in sorted(root.glob(f"*/{FILE}")):
        yield f"{limits.parent} is a folder of runs by itself: look there with --runs, or with PNAS_RUNS"


def _how(run: Run, deadline: float) -> str:
    while (status := run.status).alive or (status.pid is not None and is_alive(status.pid, status.started)):
        if time.monotonic() > deadline:
            if status.pid is None:
                return "which is only starting: it ends as soon as it can read this"
            end(status.pid, status.started)
            return "which did not answer"
        time.sleep(0.05)
    return f"{status.done} of {status.total} done" if status.total else "before it had begun"
