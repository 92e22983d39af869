"""What the detached runner does: `python -m pnas_kit search RUN` and `python -m pnas_kit train RUN`."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

from pnas_kit.learn.data import proxy_batches
from pnas_kit.search import Candidate, Cluster, impossible, search, what_blocks
from pnas_kit.search.executors import executor_for, local_pool
from pnas_kit.search.journal import recorded
from pnas_kit.search.ledger import STUDY
from pnas_kit.search.storages import storage_for

from .away import make_away
from .folder import write_json
from .prototype import make_prototype
from .reporter import Reporter
from .run import Run, RunError

PACKAGES = ("torch", "numpy", "optuna", "timm", "tflite-runtime", "tflite-micro", "ai-edge-litert", "scikit-learn")
POLL_SECONDS = 0.2


def work(phase: str, run: Run) -> int:
    """Do a phase of a run to its end; returns the process's exit code."""
    reporter = Reporter(run, phase)
    write_json(run.path / "versions.json", versions())
    try:
        message = {"search": run_search, "train": run_training}[phase](run, reporter)
    except Exception as error:
        if reporter.closed:  # stopped: the workers were ended under our hands
            return 0
        traceback.print_exc()
        reporter.finish("failed", error=f"{error}" or type(error).__name__)
        return 1
    reporter.finish("done", message=message or "")
    return 0


def run_search(run: Run, reporter: Reporter) -> str:
    """Evaluate the candidates that are still missing; returns why hardly any of them fits, if so.

    Raises:
        RunError: no network of the space meets one of the limits.
    """
    config = run.config
    if refused := impossible(run.problem):
        raise RunError(" ".join(refused.values()) + " Give it more room, or choose another board.")
    data = run.load_data(lambda what, share: reporter.update(message=f"{what} {100 * share:.0f} %"))
    reporter.update(message=f"connecting to {config.storage}" if config.storage else "")
    storage = storage_for(config.storage, run.path / "journal.log")
    study = run.name if config.storage else STUDY
    if config.storage:
        run.transcript.catch_up(recorded(storage, study, run.problem))
    reporter.update(message=f"connecting to {config.executor}" if config.executor else "")
    with executor_for(config.executor) as executor:
        found = search(
            run.problem,
            proxy_batches(data, seed=config.seed),
            trials=config.trials,
            seed=config.seed,
            workers=config.workers,
            storage=storage,
            study=study,
            executor=executor,
            lookahead=config.lookahead,
            sampler=config.sampler,
        )
        return _record(run, reporter, found)


def _record(run: Run, reporter: Reporter, found: Iterator[Candidate]) -> str:
    tried = run.candidates()
    before, total, start = len(tried), run.config.trials, time.monotonic()
    reporter.update(done=before, total=total, message="searching")
    for candidate in found:
        if run.config.storage:
            run.transcript.add(candidate)
        done = candidate.number + 1
        rate = (time.monotonic() - start) / (done - before)
        tried.append(candidate)
        reporter.update(done=done, seconds_left=rate * (total - done), message=what_blocks(tried) or "searching")
        reporter.wait_while_paused()
    return what_blocks(tried)


def run_training(run: Run, reporter: Reporter) -> None:
    """Train, quantise and verify the picked prototypes that have no result yet.

    Raises:
        RunError: one of them failed; the others are finished all the same.
    """
    todo = [c for c in map(run.candidates().__getitem__, run.picks) if run.result(c.number) is None]
    if not todo:
        return
    reporter.update(message=f"training {len(todo)} prototypes")
    with executor_for(run.config.executor) as cluster:
        pool = ThreadPoolExecutor(len(todo)) if cluster else local_pool(min(run.config.workers, len(todo)))
        with pool:
            jobs = {pool.submit(*_training(run, candidate, cluster)): candidate.number for candidate in todo}
            _follow(run, reporter, jobs)
    failures = [f"prototype {number}: {job.exception()}" for job, number in jobs.items() if job.exception()]
    if failures:
        raise RunError("; ".join(failures))


def _training(run: Run, candidate: Candidate, cluster: Cluster | None) -> tuple:
    """The function and arguments that make a prototype: here, or on the cluster with a thread here that waits for it."""
    if cluster:
        return make_away, run, candidate, cluster
    # No more threads than workers were granted: on a busy machine threads that wait for each other cost far more than
    # they give.
    return make_prototype, str(run.path), candidate, max(1, cores() // run.config.workers)


def _follow(run: Run, reporter: Reporter, jobs: dict[Future, int]) -> None:
    start, first = time.monotonic(), None
    pending = set(jobs)
    while pending:
        pending = wait(pending, timeout=POLL_SECONDS).not_done
        logs = [run.epochs(number) for number in jobs.values()]
        done = sum(map(len, logs))
        totals = [log[-1].total for log in logs if log]
        total = sum(totals) + (len(logs) - len(totals)) * max(totals, default=0)
        first = done if first is None else first
        left = (time.monotonic() - start) / (done - first) * (total - done) if done > first else None
        reporter.update(done=done, total=total, seconds_left=left)


def cores() -> int:
    """Processors that this process may use: on a shared machine perhaps not all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Versions of everything that has a say in the figures."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in (*PACKAGES, "prototypenas-workbench"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
