"""The search: ask, evaluate, tell."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor

from optuna.storages import BaseStorage

from pnas_kit.space import Arch

from .candidate import Candidate
from .evaluate import Batches, Problem, check, evaluate
from .ledger import Ledger

LOOKAHEAD = 16
"""Trial n is asked for once trial n - LOOKAHEAD has been told. Fixed, and not the number of workers: what the sampler knows
when it draws a trial must not depend on who evaluates it."""


class SearchError(RuntimeError):
    """The search cannot go on; what is finished is kept."""


def search(
    problem: Problem,
    batches: Batches,
    *,
    trials: int = 500,
    seed: int = 0,
    workers: int = 1,
    storage: BaseStorage | None = None,
) -> Iterator[Candidate]:
    """Yield candidates in the order of their numbers, as soon as they are known.

    The same problem, batches and seed give the same candidates whatever the number of workers, and after a stop and resume.

    Args:
        problem: what is searched for.
        batches: the fixed mini-batches on which the proxies look, at least two.
        trials: number of candidates in all, those already in the storage included.
        seed: of the sampler.
        workers: processes that evaluate; 0 evaluates in this process.
        storage: an Optuna storage to record in, and to go on from; None keeps the search in memory.

    Raises:
        SearchError: a worker process died.
        ValueError: no net could be scored on these batches.
    """
    check(problem, batches)
    ledger = Ledger(problem, seed, storage)
    if workers == 0:
        yield from _run(ledger, trials, lambda number, arch: _done(evaluate(number, arch, problem, batches)))
        return
    executor = pool(workers, problem, batches)
    try:
        yield from _run(ledger, trials, lambda number, arch: executor.submit(_evaluate, number, arch))
    except BrokenExecutor as error:
        raise SearchError(
            "a worker process ended before its trial did, which usually means that memory ran out. Every finished "
            "trial is kept: resume, with fewer workers if it happens again"
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _run(ledger: Ledger, trials: int, submit) -> Iterator[Candidate]:
    waiting: deque[Future] = deque()
    known = ledger.trials()
    unfinished = [trial for trial in known if not trial.state.is_finished()]
    for trial in unfinished:
        waiting.append(submit(*ledger.ask_again(trial)))
    asked, told = len(known), len(known) - len(unfinished)
    while told < trials:
        while asked < min(trials, told + LOOKAHEAD):
            waiting.append(submit(*ledger.ask()))
            asked += 1
        candidate = waiting.popleft().result()
        ledger.tell(candidate)
        told += 1
        yield candidate


def _done(candidate: Candidate) -> Future:
    future: Future = Future()
    future.set_result(candidate)
    return future


_problem: Problem
_batches: Batches


def pool(workers: int, problem: Problem, batches: Batches) -> Executor:
    """Processes that hold the problem and its batches, so that only the architecture travels for each trial."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_initialise, initargs=(problem, batches))


def _initialise(problem: Problem, batches: Batches) -> None:
    global _problem, _batches
    _problem, _batches = problem, batches
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A worker whose parent was killed would otherwise wait for work for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _evaluate(number: int, arch: Arch) -> Candidate:
    return evaluate(number, arch, _problem, _batches)
