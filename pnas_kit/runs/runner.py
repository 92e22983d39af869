"""What the detached runner does: `python -m pnas_kit search RUN` and `python -m pnas_kit train RUN`."""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import os
import platform
import time
import traceback
from concurrent.futures import Future, ProcessPoolExecutor, wait

from pnas_kit.learn.data import proxy_batches
from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage

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
        {"search": run_search, "train": run_training}[phase](run, reporter)
    except Exception as error:
        if reporter.closed:  # stopped: the workers were ended under our hands
            return 0
        traceback.print_exc()
        reporter.finish("failed", error=f"{error}" or type(error).__name__)
        return 1
    reporter.finish("done")
    return 0


def run_search(run: Run, reporter: Reporter) -> None:
    """Evaluate the candidates that are still missing."""
    config = run.config
    data = run.load_data(lambda what, share: reporter.update(message=f"{what} {100 * share:.0f} %"))
    before = len(run.candidates())
    reporter.update(done=before, total=config.trials, message="searching")
    start = time.monotonic()
    found = search(
        run.problem,
        proxy_batches(data, seed=config.seed),
        trials=config.trials,
        seed=config.seed,
        workers=config.workers,
        storage=journal_storage(run.path / "journal.log"),
    )
    for candidate in found:
        done = candidate.number + 1
        rate = (time.monotonic() - start) / (done - before)
        reporter.update(done=done, seconds_left=rate * (config.trials - done))
        reporter.wait_while_paused()


def run_training(run: Run, reporter: Reporter) -> None:
    """Train, quantise and verify the picked prototypes that have no result yet.

    Raises:
        RunError: one of them failed; the others are finished all the same.
    """
    todo = [number for number in run.picks if run.result(number) is None]
    processes = min(run.config.workers, len(todo))
    if not todo:
        return
    # No more threads than workers were granted: on a busy machine threads that wait for each other cost far more than
    # they give.
    threads = max(1, (os.cpu_count() or 1) // run.config.workers)
    reporter.update(message=f"training {len(todo)} prototypes")
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = {pool.submit(make_prototype, str(run.path), number, threads): number for number in todo}
        _follow(run, reporter, jobs)
    failures = [f"prototype {number}: {job.exception()}" for job, number in jobs.items() if job.exception()]
    if failures:
        raise RunError("; ".join(failures))


def _follow(run: Run, reporter: Reporter, jobs: dict[Future, int]) -> None:
    start, first = time.monotonic(), None
    pending = set(jobs)
    while pending:
        pending = wait(pending, timeout=POLL_SECONDS).not_done
        logs = [run.epochs(number) for number in jobs.values()]
        done = sum(map(len, logs))
        totals = [log[0].total for log in logs if log]
        total = sum(totals) + (len(logs) - len(totals)) * max(totals, default=0)
        first = done if first is None else first
        left = (time.monotonic() - start) / (done - first) * (total - done) if done > first else None
        reporter.update(done=done, total=total, seconds_left=left)


def versions() -> dict[str, str]:
    """Versions of everything that has a say in the figures."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in (*PACKAGES, "prototypenas-workbench"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
