"""The search: ask, evaluate, tell."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import closing, contextmanager

from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage

from pnas_kit.space import Arch

from .candidate import Candidate
from .evaluate import Batches, Problem, check, evaluate
from .executors import ClusterError, result, share, shared
from .ledger import LOOKAHEAD, STUDY, Ledger
from .pool import Pool
from .sampler import DEFAULT

Submit = Callable[[int, Arch], Future]


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
    study: str = STUDY,
    executor: Executor | None = None,
    lookahead: int = LOOKAHEAD,
    sampler: str = DEFAULT,
) -> Iterator[Candidate]:
    """Yield candidates in the order of their numbers, as soon as they are known.

    The same problem, batches, seed and lookahead give the same candidates, whoever evaluates them, and after a stop and
    resume.

    Args:
        problem: what is searched for.
        batches: the fixed mini-batches on which the proxies look, at least two.
        trials: number of candidates in all, those already in the storage included.
        seed: of the sampler.
        workers: processes that evaluate, for which a script needs `if __name__ == "__main__":`; 0 evaluates in this process.
        storage: an Optuna storage to record in, and to go on from; None keeps the search in memory.
        study: name of the search in the storage.
        executor: evaluates in the place of `workers`, and stays open; a `Cluster`, or any other.
        lookahead: trials that may be under way at the same time; a part of the search like its seed.
        sampler: a name in `SAMPLERS`; docs/search.md compares them.

    Raises:
        SearchError: worker processes keep dying, the cluster or the storage is gone.
        ValueError: no net could be scored on these batches.
    """
    check(problem, batches)
    try:
        ledger = Ledger(problem, seed, storage, study=study, lookahead=lookahead, sampler=sampler)
        with _evaluators(problem, batches, workers, executor) as (submit, collect):
            yield from _run(ledger, trials, lookahead, submit, collect)
    except BrokenExecutor as error:
        raise SearchError(
            "one worker process after the other ended before its trial did, which usually means that memory ran out. Every "
            "finished trial is kept: resume, with fewer workers if it happens again. (In a script of yours the search has "
            "to stand below `if __name__ == '__main__':`, for each worker runs the script from its beginning)"
        ) from error
    except ClusterError as error:
        raise SearchError(str(error)) from error
    except StorageInternalError as error:
        raise SearchError(
            f"the database that the search is recorded in does not answer ({_first_line(error)}). Every finished trial is "
            "kept: see that the database runs, then resume"
        ) from error


def _run(ledger: Ledger, trials: int, lookahead: int, submit: Submit, collect: Callable) -> Iterator[Candidate]:
    waiting: deque[Future] = deque()
    known = ledger.trials()
    unfinished = [trial for trial in known if not trial.state.is_finished()]
    for trial in unfinished:
        known_result = ledger.remembered(trial.number)
        waiting.append(_done(known_result) if known_result else submit(*ledger.ask_again(trial)))
    asked, told = len(known), len(known) - len(unfinished)
    try:
        while told < trials:
            while asked < min(trials, told + lookahead):
                waiting.append(submit(*ledger.ask()))
                asked += 1
            candidate = collect(waiting.popleft())
            new = ledger.tell(candidate)
            told += 1
            if new:
                yield candidate
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def _evaluators(problem: Problem, batches: Batches, workers: int, executor: Executor | None) -> Iterator[tuple]:
    """Yield `submit(number, arch)`, which gives a future candidate, and `collect(future)`, which waits for it."""
    if executor is not None:
        packed = share(executor, (problem, batches))
        yield lambda *trial: executor.submit(_evaluate_shared, packed, *trial), lambda future: result(executor, future)
    elif workers == 0:
        yield lambda *trial: _done(evaluate(*trial, problem, batches)), Future.result
    else:
        with closing(Pool(workers, problem, batches)) as pool:
            yield pool.submit, pool.collect


def _done(candidate: Candidate) -> Future:
    future: Future = Future()
    future.set_result(candidate)
    return future


def _evaluate_shared(packed: bytes, number: int, arch: Arch) -> Candidate:
    return evaluate(number, arch, *shared(packed))


def _first_line(error: Exception) -> str:
    return str(error.__cause__ or error).strip().partition("\n")[0]
