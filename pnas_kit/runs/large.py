"""The large network of a run: trained before the prototypes, which learn from its answers, or known from before."""

from __future__ import annotations

import csv
from concurrent.futures import wait
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import validation_split
from pnas_kit.paths import DATA
from pnas_kit.search.executors import local_pool

from .folder import read_json, write_bytes, write_json
from .reporter import Reporter
from .run import Run

RECORD, ANSWERS, PROGRESS, CHECKPOINT = "large.json", "large.npy", "large.progress.json", "large.pt"
MESSAGE = "training the large network"
"""What the run's status says meanwhile."""
POLL_SECONDS = 0.5
KNOWN = DATA / "large_reference.csv"
"""Large networks that were trained before, a row each; `benchmarks/large_reference.py` adds to it."""


@dataclass(frozen=True, kw_only=True)
class Large:
    """What became of a run's large network.

    Attributes:
        network: its name.
        params: numbers it has learned.
        metric, accuracy: on the test split, in float32; it has no say in anything.
        epochs, seconds: of its training.
    """

    network: str
    params: int
    metric: str
    accuracy: float
    epochs: int
    seconds: float


def large_of(run: Run) -> Large | None:
    """The figures of a run's large network; None before it is trained."""
    return run.looks.at(run.path / RECORD, lambda path: Large(**read_json(path)))


def compared_with(run: Run) -> Large | None:
    """What prototypes are compared with: the run's own large network, else the best known one on the same test split."""
    own = large_of(run) if run.config.distil else None
    return own or max(_known(run), key=lambda large: large.accuracy, default=None)


def _known(run: Run) -> list[Large]:
    metric = "mAP50" if run.card.task == "detection" else "accuracy"
    return [
        Large(
            network=row["network"], params=int(row["parameters"]), metric=metric, accuracy=float(row["accuracy"]),
            epochs=int(row["epochs"]), seconds=float(row["seconds"]),
        )
        for row in _rows(KNOWN)
        if row["data"] == run.config.data and int(row["test"]) == run.card.test
    ]  # fmt: skip


@cache
def _rows(table: Path) -> list[dict[str, str]]:
    """Read once: the page asks whenever it is drawn."""
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def awaits_large(run: Run) -> bool:
    """Whether a large network has to be trained before the run's prototypes."""
    return run.config.distil and large_of(run) is None


def train_large(run: Run, reporter: Reporter) -> None:
    """Train the run's large network in a process of its own, visibly; goes on where an earlier attempt ended."""
    with local_pool(1) as pool:
        made = pool.submit(make_large, str(run.path))
        while not wait([made], timeout=POLL_SECONDS).done:
            progress = read_json(run.path / PROGRESS, {})
            reporter.update(message=MESSAGE, **progress)
        made.result()


def make_large(path: str) -> None:
    """Train the large network of the run in `path` on what no prototype's training holds out, and keep its answers."""
    import torch

    from pnas_kit.learn.goal import goal_for
    from pnas_kit.learn.large_training import LargeTraining, default_epochs
    from pnas_kit.learn.train import tensors
    from pnas_kit.search.process import device, keep_memory

    keep_memory()
    torch.set_num_threads(1)  # with two, two trainings at once on two cores take 16 to 30 times as long (docs/figures.md)
    run = Run(path)
    data = run.load_data()
    train, _ = validation_split(data, run.config.recipe_of(data.card).validation, run.config.seed)
    x, y = tensors(data.train_x, data.train_y)
    epochs = run.config.large_epochs or default_epochs(len(train))
    checkpoint = run.path / CHECKPOINT
    training = LargeTraining(data.card, x[train], y[train], epochs, run.config.seed, checkpoint, device=device())
    for done, _ in training:
        left = training.seconds / done * (epochs - done)
        write_json(run.path / PROGRESS, {"done": done, "total": epochs, "seconds_left": left})
        run.wait_while_paused()
    buffer = BytesIO()
    np.save(buffer, training.answers(x))
    write_bytes(run.path / ANSWERS, buffer.getvalue())
    goal = goal_for(data.card)
    large = Large(
        network=training.name,
        params=sum(p.numel() for p in training.net.parameters()),
        metric=goal.name,
        accuracy=goal.measure(training.net, *tensors(data.test_x, data.test_y)),
        epochs=epochs,
        seconds=training.seconds,
    )
    write_json(run.path / RECORD, asdict(large))
    for file in (checkpoint, run.path / PROGRESS):
        file.unlink(missing_ok=True)


def answers_for(run: Run) -> np.ndarray | None:
    """Its logits for the training split, float32 `(train, classes)`; None where the prototypes learn from labels alone."""
    return np.load(run.path / ANSWERS) if run.config.distil else None
