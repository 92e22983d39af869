"""Whose turn it is: so many jobs at once over all runs of a folder, first come, first served.

A job (a search, a training, a run on an emulated board) is a process that holds a ticket, a small file in `.queue`. It works
while fewer living jobs than `Quota.runners` hold an earlier one. Nobody is in charge and nothing is locked: a ticket counts
while its process lives, so whoever crashed or was killed holds nobody up.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from .folder import read_json, write_json
from .process import is_alive
from .quota import Quota

FOLDER = ".queue"
LOOK_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A living job's place.

    Attributes:
        name: of its file; earlier ones sort first.
        run: name of its run.
        job: "search", "train" or "emulate NUMBER".
        pid, started: of its process.
    """

    name: str
    run: str
    job: str
    pid: int | None
    started: float


def standing(root: Path) -> list[Ticket]:
    """Tickets of living jobs in their order; those of dead ones are removed."""
    found = []
    for path in sorted((root / FOLDER).glob("*.json")):
        ticket = _read(path)
        if ticket is None:
            continue
        if is_alive(ticket.pid, ticket.started):
            found.append(ticket)
        else:
            _remove(path)
    return found


def _read(path: Path) -> Ticket | None:
    """A ticket, None where it is gone."""
    try:
        fields = read_json(path)
        return fields and Ticket(name=path.name, **fields)
    except (OSError, ValueError, TypeError):  # being replaced on Windows, or damaged: it counts for a minute
        with contextlib.suppress(OSError):
            return Ticket(name=path.name, run="", job="", pid=None, started=path.stat().st_mtime)
        return None


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # open elsewhere on Windows: the next who looks removes it
        path.unlink()


def ahead(place: int, runners: int) -> int | None:
    """How many wait before the ticket at a place of `standing`; None where it is at work."""
    return None if place < runners else place - runners


def in_words(waiting: int) -> str:
    """A place in the queue, given how many wait before it."""
    return f"waiting, {waiting} before it" if waiting else "waiting, next in the queue"


class Place:
    """This process's place in the queue, from when it is made until `leave` or the process's end."""

    def __init__(self, run: Path, job: str) -> None:
        self._root = run.parent
        me = psutil.Process()
        self._fields = {"run": run.name, "job": job, "pid": me.pid, "started": me.create_time()}
        self._ticket = self._take()

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Let the next one have its turn."""
        _remove(self._ticket)

    def wait(self) -> Iterator[str]:
        """Yields, in words and again and again, where it stands until it is its turn."""
        while (waiting := self.before()) is not None:
            yield in_words(waiting)
            time.sleep(LOOK_SECONDS)

    def before(self) -> int | None:
        """How many jobs wait before this one; None when it is its turn."""
        if not self._ticket.exists():  # somebody tidied up too much
            self._ticket = self._take()
        earlier = sum(ticket.name < self._ticket.name for ticket in standing(self._root))
        return ahead(earlier, Quota.of(self._root).runners)

    def _take(self) -> Path:
        """A ticket later than every other one.

        Whoever takes a later one after we looked sees ours. Whoever took a later one before that may not have, and be at
        work: stand behind him.
        """
        folder = self._root / FOLDER
        folder.mkdir(exist_ok=True)
        number = time.time_ns()
        while True:
            path = folder / f"{number:020d}-{os.getpid()}.json"
            write_json(path, self._fields)
            last = max(found.name for found in folder.glob("*.json"))
            if last == path.name:
                return path
            _remove(path)
            number = max(time.time_ns(), int(last.split("-")[0]) + 1)
