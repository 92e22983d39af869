"""The queue of a run's trainings: as many at a time as there are workers, each in a process of its own."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ThreadPoolExecutor, wait
from pathlib import Path

from pnas_kit.search import Candidate, Cluster
from pnas_kit.search.executors import executor_for, local_pool

from .away import make_away
from .large import awaits_large, train_large
from .pace import note_pace, time_left
from .prototype import make_prototype
from .prototypes import SKIP
from .reporter import Reporter
from .run import Run, RunError

POLL_SECONDS = 0.2
MOST_AWAY = 32
"""Trainings that a cluster is given at once."""


def run_training(run: Run, reporter: Reporter) -> None:
    """Train, quantise and verify the picked prototypes that have no result yet, but for those that are to be left out.

    The queue is looked at anew whenever there is room: what is picked, left out or taken up meanwhile counts.

    Raises:
        RunError: some of them failed; the others are finished all the same.
    """
    for number in run.picks:
        run.note(number, "")
    if run.untrained() and awaits_large(run):
        train_large(run, reporter)
    with executor_for(run.config.executor) as cluster:
        failed = _Queue(run, reporter, cluster).work()
    if failed:
        raise RunError("; ".join(f"prototype {number}: {words}" for number, words in failed.items()))


class _Queue:
    def __init__(self, run: Run, reporter: Reporter, cluster: Cluster | None) -> None:
        self._run, self._reporter, self._cluster = run, reporter, cluster
        self._slots = MOST_AWAY if cluster else run.config.workers
        self._failed: dict[int, str] = {}

    def work(self) -> dict[int, str]:
        """What failed, by number, once nothing is left to do."""
        going: dict[Future, int] = {}
        with ThreadPoolExecutor(self._slots) as threads:
            while True:
                waiting = [n for n in self._run.untrained() if n not in self._failed and n not in going.values()]
                if not going and not waiting:
                    return self._failed
                for number in waiting[: self._slots - len(going)]:
                    if not self._held():
                        going[threads.submit(self._one, number)] = number
                done = wait(going, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED).done
                for future in done:
                    going.pop(future)
                if not going:
                    time.sleep(POLL_SECONDS)
                self._tell(len(going))

    def _held(self) -> bool:
        """Whether nothing new is begun: the run is paused, or its end is near."""
        return self._reporter.closed or self._run.paused

    def _one(self, number: int) -> None:
        """Make a prototype, or note why it failed."""
        run = self._run
        run.note(number, "training")
        try:
            note_pace(run, number)
            candidate = run.candidates()[number]
            if self._cluster:
                make_away(run, candidate, self._cluster)
            else:
                self._here(candidate)
        except Exception as error:
            self._failed[number] = f"{error}" or type(error).__name__
            run.note(number, "failed", self._failed[number])
        else:
            run.note(number, "")

    def _here(self, candidate: Candidate) -> None:
        """In a process of its own: one that is ended, or dies, takes no other with it."""
        skip = self._run.prototype(candidate.number) / SKIP
        try:
            with local_pool(1, _leave_when_asked, skip) as pool:
                pool.submit(make_prototype, str(self._run.path), candidate).result()
        except BrokenExecutor as error:
            if not skip.exists() and not self._reporter.closed:
                words = "its process ended without a word, perhaps because memory ran out"
                raise RunError(words) from error

    def _tell(self, going: int) -> None:
        run = self._run
        logs = [run.epochs(number) for number in run.picks if not run.skipped(number) or run.result(number)]
        done = sum(map(len, logs))
        totals = [log[-1].total for log in logs if log]
        total = sum(totals) + (len(logs) - len(totals)) * max(totals, default=0)
        left = time_left(run)
        message = f"training {going} prototype{'s' if going != 1 else ''}"
        self._reporter.update(done=done, total=total, seconds_left=left and left.mid, message=message)


def _leave_when_asked(skip: Path) -> None:
    """In the process: end it as soon as the prototype is to be left out; every record survives that."""

    def look() -> None:
        while not skip.exists():
            time.sleep(POLL_SECONDS)
        os._exit(0)

    threading.Thread(target=look, daemon=True).start()
