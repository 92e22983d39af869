"""How long trainings take: the arithmetic they ask for, times how fast this computer has been at it so far."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from pnas_kit.cost import trace
from pnas_kit.learn.recipe import Recipe
from pnas_kit.space import Arch

from .folder import read_json, read_lines, write_json

if TYPE_CHECKING:
    from .run import Run

PER_SAMPLE, PER_MMAC = 3.8e-4, 2.55e-4
"""Seconds that one pass over a training sample takes, and seconds more for every million MACs of the net at that time:
least squares over the 320 trainings of `data/rank_study.csv` (`python benchmarks/training_pace.py`)."""
TABLE = (0.69, 1.13, 2.4)
"""What those trainings took as a factor of that: the 5 %, 50 % and 95 % quantiles."""
ELSEWHERE = 1.5
"""How much further another computer, or another load of this one, may be off."""
WITHIN = 1.15
"""How much the epochs to come may differ from the slowest and fastest of the last."""
OTHERS = 1.6
"""How much a net may differ from the slowest and fastest of other nets on the same computer."""
FINE_TUNING_EPOCHS = 5
LAST = 8  # epochs of a training that say how fast it is now
STARTING = 4.0
"""Seconds until a new process has loaded its libraries and the data."""
FINISHING = (2.0, 5.0, 15.0)
"""Seconds for everything after the last epoch but the test set: quantising, arena, firmware, report."""
TESTING = (2e-4, 1.2e-3)
"""Seconds for a test sample's million MACs in the reference kernels, on a quiet and on a busy computer."""
PACE = "pace.json"
HISTORY_RUNS, HISTORY_SECONDS = 20, 60.0


@dataclass(frozen=True, kw_only=True)
class Span:
    """An estimated time in seconds with its band.

    Attributes:
        low, mid, high: of the time; it is at times shorter or longer than the band.
        source: what the estimate rests on, in words.
    """

    low: float
    mid: float
    high: float
    source: str


@lru_cache(256)
def epoch_seconds(arch: Arch, recipe: Recipe, samples: int) -> tuple[float, ...]:
    """Seconds of each epoch by the arithmetic alone: the net shrinks from its full to its pruned width on the way."""
    full, pruned = (sum(op.macs for op in trace(layers, arch.input_shape)) / 1e6 for layers in (arch.layers, arch.pruned))
    seen = samples * (1 - recipe.validation)
    shares = map(recipe.pruned_share, range(recipe.epochs))
    return tuple(seen * (PER_SAMPLE + PER_MMAC * (full + (pruned - full) * share)) for share in shares)


def note_pace(run: Run, number: int) -> None:
    """Keep what the arithmetic says of a training beside its epochs, so that later runs learn how fast this computer is."""
    if recipe := _recipe(run):
        arch = run.candidates()[number].arch
        write_json(run.prototype(number) / PACE, epoch_seconds(arch, recipe, run.card.train))


def training_left(run: Run, number: int) -> Span | None:
    """The time that a prototype's training still takes once it has a worker; None while its data set is not counted."""
    recipe = _recipe(run)
    if recipe is None:
        return None
    arch, epochs = run.candidates()[number].arch, run.epochs(number)
    planned = epoch_seconds(arch, recipe, run.card.train)
    left = sum(planned[len(epochs) :]) if not epochs or epochs[-1].number < epochs[-1].total else 0.0
    factors, source = _factors(run, number, [epoch.seconds for epoch in epochs], planned)
    low, mid, high = (factor * left for factor in factors)
    testing = [run.card.test * sum(op.macs for op in trace(arch.pruned, arch.input_shape)) / 1e6 * t for t in TESTING]
    start, crowd = (0.0 if epochs else STARTING), crowded()
    tuning = factors[2] * FINE_TUNING_EPOCHS * planned[-1]  # only where plain quantisation loses too much
    return Span(
        low=low + start + testing[0] + FINISHING[0],
        mid=mid + crowd * (start + testing[0] + FINISHING[1]),
        high=high + crowd * (start + testing[1] + FINISHING[2]) + tuning,
        source=source,
    )


def crowded() -> float:
    """How many processes want each processor now, at least 1: what runs beside us makes every training slower."""
    return max(1.0, psutil.getloadavg()[0] / (psutil.cpu_count() or 1))


def time_left(run: Run) -> Span | None:
    """The time until every picked prototype that is not left out is verified; None if unknown or nothing is left.

    A cluster is taken to train as many at once as have told of an epoch, and until one has, nothing is known.
    """
    left = run.untrained()
    at_once = sum(bool(run.epochs(number)) for number in left) if run.config.executor else run.config.workers
    spans = [training_left(run, number) for number in left]
    known = [span for span in spans if span]
    if not known or not at_once or len(known) < len(spans):
        return None
    ends = {name: _queued([getattr(span, name) for span in known], at_once) for name in ("low", "mid", "high")}
    return Span(**ends, source=known[0].source if len({s.source for s in known}) == 1 else "the epochs so far")


def _queued(seconds: Sequence[float], workers: int) -> float:
    """When the last is done, if each goes to the worker that is free first."""
    free = [0.0] * workers
    for one in seconds:
        free.sort()
        free[0] += one
    return max(free)


def _recipe(run: Run) -> Recipe | None:
    return run.config.recipe_of(run.card) if run.card.train else None


def _factors(run: Run, number: int, seconds: Sequence[float], planned: Sequence[float]) -> tuple[tuple[float, ...], str]:
    """Low, middle and high factor on the arithmetic, and what they rest on: its own epochs, others' here, the table."""
    own = [took / plan for took, plan in zip(seconds, planned, strict=False)][-LAST:]
    if own:
        return (min(own) / WITHIN, statistics.median(own), max(own) * WITHIN), "its own epochs"
    here = _measured(run.path, skip=number)
    others = here or _history(run.path.parent, run.name, int(time.monotonic() / HISTORY_SECONDS))
    if others:
        where = "the other prototypes' epochs" if here else f"{len(others)} earlier trainings on this computer"
        where = where.replace("1 earlier trainings", "an earlier training") if len(others) == 1 else where
        return (min(others) / OTHERS, statistics.median(others), max(others) * OTHERS), where
    low, mid, high = TABLE
    return (low / ELSEWHERE, mid * crowded(), high * ELSEWHERE * crowded()), "320 trainings on another computer"


def _measured(path: Path, skip: int | None = None) -> tuple[float, ...]:
    """Of each prototype in a run's folder that has epochs: what they took as a factor of the arithmetic."""
    found = []
    for pace in (path / "prototypes").glob(f"*/{PACE}"):
        took = [epoch["seconds"] for epoch in read_lines(pace.parent / "epochs.jsonl")]
        if took and pace.parent.name != str(skip):
            found.append(sum(took) / sum(read_json(pace)[: len(took)]))
    return tuple(found)


@lru_cache(8)
def _history(root: Path, but: str, _now: int) -> tuple[float, ...]:
    """The same of the newest other runs; looked up at most once in `HISTORY_SECONDS`."""
    folders = sorted((path.parent for path in root.glob("*/prototypes")), key=lambda path: path.name, reverse=True)
    return tuple(f for folder in folders[:HISTORY_RUNS] if folder.name != but for f in _measured(folder))
