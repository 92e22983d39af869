"""Which of a run's candidates learn best in a short training, where a whole one takes an hour: what a pick by hand rests on.

    python benchmarks/short_training.py RUN 74 8 421 --samples 15000 --epochs 10

Each is trained with the data set's recipe and few epochs, pruned early, on a part of the training split, the same for all.
The rest of the training split judges; the test split is never looked at.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch
from recipe_choices import divided

from pnas_kit.learn import recipe_for
from pnas_kit.learn.data import load
from pnas_kit.learn.goal import accuracy
from pnas_kit.learn.train import Training
from pnas_kit.runs import Run

PRUNED_BY = 0.3
"""Of the epochs: what judges is how the small network learns, not the one that it is cut from."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of a run of classifiers")
    parser.add_argument("trials", type=int, nargs="*", help="numbers; default: those with the best scores")
    parser.add_argument("--best", type=int, default=8, help="so many of the best scores, where no trials are named")
    parser.add_argument("--samples", type=int, default=15_000, help="to train on")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    run = Run(asked.run)
    data, candidates = load(run.config.data), run.candidates()
    if asked.samples >= len(data.train_y):
        parser.error(f"{run.config.data} has {len(data.train_y)} training samples, and some of them judge: take fewer")
    ranked = sorted((c for c in candidates if c.feasible), key=lambda c: -c.score)
    less, judging = divided(data, asked.samples, asked.seed)
    recipe = recipe_for(data.card.name, data.card.task, data.card.train, asked.epochs)
    recipe = replace(recipe, validation=0.0, prune_until=PRUNED_BY)
    for number in asked.trials or [c.number for c in ranked[: asked.best]]:
        arch, cost, start = candidates[number].arch, candidates[number].cost, time.perf_counter()
        training = Training(arch, less, recipe, seed=asked.seed)
        learnt = [epoch.train_accuracy for epoch in training][-1]
        print(
            f"trial {number}, {arch.family}: accuracy {100 * accuracy(training.best, *judging):.2f} %, while training "
            f"{100 * learnt:.1f} %; {cost.macs / 1e6:.1f} M MACs, {cost.ram_bytes:,} B of RAM, {cost.flash_bytes:,} B of "
            f"flash; {time.perf_counter() - start:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
