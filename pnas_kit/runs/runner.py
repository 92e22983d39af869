"""What the detached runner does: `python -m pnas_kit search RUN` and `python -m pnas_kit train RUN`."""

from __future__ import annotations

import importlib.metadata
import platform
import time
import traceback
from collections.abc import Iterator

from pnas_kit.learn.data import proxy_batches
from pnas_kit.search import Candidate, impossible, search, what_blocks
from pnas_kit.search.executors import executor_for
from pnas_kit.search.journal import recorded
from pnas_kit.search.ledger import STUDY
from pnas_kit.search.storages import storage_for

from .folder import write_json
from .queue import Place
from .reporter import Reporter
from .run import Run, RunError
from .trainings import run_training

PACKAGES = ("torch", "numpy", "optuna", "timm", "tflite-runtime", "tflite-micro", "ai-edge-litert", "scikit-learn")


def work(phase: str, run: Run) -> int:
    """Do a phase of a run to its end; returns the process's exit code."""
    reporter = Reporter(run, phase)
    try:
        with Place(run.path, phase) as place:
            reporter.wait_for_turn(place)
            write_json(run.path / "versions.json", versions())
            message = {"search": run_search, "train": run_training}[phase](run, reporter)
            reporter.finish("done", message=message or "")
    except Exception as error:
        if reporter.closed:  # stopped: the workers were ended under our hands
            return 0
        traceback.print_exc()
        reporter.finish("failed", error=f"{error}" or type(error).__name__)
        return 1
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
        run.wait_while_paused()
    return what_blocks(tried)


def versions() -> dict[str, str]:
    """Versions of everything that has a say in the figures."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in (*PACKAGES, "prototypenas-workbench"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
