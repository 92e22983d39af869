"""Trials evaluated by processes of this machine: one that dies takes at most its own trial along, not the search."""

from __future__ import annotations

import pickle
import tempfile
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from pathlib import Path

from pnas_kit.space import Arch

from .candidate import Candidate
from .evaluate import Batches, Problem, evaluate
from .executors import local_pool

MOST_LOST = 3
"""Trials lost in a row from which on it is not they that end the processes."""
LOST = "its process ended twice, most likely because memory ran out"


class Pool:
    """Evaluates several trials at a time.

    When a process dies, all that were under way are lost with it, and which one did it is not known. So the one that is
    collected next is evaluated again alone; if that ends a process too, it is a failed candidate. The others start again.

    Problem and batches travel in a file: given to a process through its pipe they would wait for ever, once larger than that
    holds (64 KiB), where the process dies before it has read them.
    """

    def __init__(self, workers: int, problem: Problem, batches: Batches) -> None:
        self._workers, self._folder = workers, tempfile.TemporaryDirectory(prefix="pnas-", ignore_cleanup_errors=True)
        self._given = Path(self._folder.name) / "batches.pickle"
        self._given.write_bytes(pickle.dumps((problem, batches)))
        self._processes = self._started(workers)
        self._going: dict[Future, tuple[int, Arch, Future]] = {}
        self._lost_in_a_row = 0

    def submit(self, number: int, arch: Arch) -> Future:
        """What `collect` gives the candidate for."""
        promise: Future = Future()
        self._going[promise] = number, arch, self._sent(number, arch)
        return promise

    def collect(self, promise: Future) -> Candidate:
        """Wait for the candidate.

        Raises:
            BrokenExecutor: several trials in a row ended their process.
        """
        if promise not in self._going:  # a result that was there before
            return promise.result()
        number, arch, future = self._going.pop(promise)
        try:
            candidate = future.result()
        except BrokenExecutor:
            candidate = self._alone(number, arch)
            self._begin_again()
        self._lost_in_a_row = self._lost_in_a_row + 1 if candidate.reason == LOST else 0
        return candidate

    def close(self) -> None:
        """Wait for what is being evaluated, and let the rest be."""
        self._processes.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def _started(self, workers: int) -> ProcessPoolExecutor:
        return local_pool(workers, _hold, self._given)

    def _sent(self, number: int, arch: Arch) -> Future:
        try:
            return self._processes.submit(_evaluate_held, number, arch)
        except BrokenExecutor as error:  # told here when a process died since
            broken: Future = Future()
            broken.set_exception(error)
            return broken

    def _alone(self, number: int, arch: Arch) -> Candidate:
        with self._started(1) as processes:
            try:
                return processes.submit(_evaluate_held, number, arch).result()
            except BrokenExecutor:
                if self._lost_in_a_row + 1 >= MOST_LOST:
                    raise
                return Candidate(number=number, arch=arch, reason=LOST, failed=True)

    def _begin_again(self) -> None:
        self._processes.shutdown()
        self._processes = self._started(self._workers)
        for promise, (number, arch, future) in self._going.items():
            if isinstance(future.exception(), BrokenExecutor):
                self._going[promise] = number, arch, self._sent(number, arch)


_held: tuple[Problem, Batches]


def _hold(given: Path) -> None:
    """In a process: keep the problem and its batches, so that only architectures travel."""
    global _held
    _held = pickle.loads(given.read_bytes())


def _evaluate_held(number: int, arch: Arch) -> Candidate:
    return evaluate(number, arch, *_held)
