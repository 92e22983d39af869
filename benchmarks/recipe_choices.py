"""What each part of the training recipe does to the validation accuracy: one change at a time, a few seeds.

    python benchmarks/recipe_choices.py --data digits --epochs 20 --seeds 3

Trains a small architecture for each seed, the same for every choice, and prints mean and standard deviation over the seeds
of the accuracy of the kept net on the validation part. The test split is never looked at.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from dataclasses import replace

import torch

from pnas_kit.cost import trace
from pnas_kit.learn import Recipe, recipe_for
from pnas_kit.learn.data import Dataset, load, validation_split
from pnas_kit.learn.goal import accuracy, balanced_accuracy
from pnas_kit.learn.train import Training, tensors
from pnas_kit.space import Arch, ShapeError, space

VALIDATION = 0.3
"""More than training holds out, so that a difference of a few samples is a smaller one."""

SPARSITY = 0.4
"""Of every group: a net that lost nine of ten channels learns too little in a few epochs to tell choices apart."""


def choices(recipe: Recipe, task: str) -> dict[str, Recipe]:
    """The default, and one change of it at a time."""
    usual = recipe.augment
    found = {"as it is": recipe, "no average": replace(recipe, average=0.0), "average 0.2": replace(recipe, average=0.2)}
    names = ("erase" if task == "image" else "mask", "mixup", "cutmix")
    found |= {f"+ {name}": replace(recipe, augment=(*usual, name)) for name in names if name not in usual}
    found |= {f"- {name}": replace(recipe, augment=tuple(n for n in usual if n != name)) for name in usual}
    balance = {f"balance {power}": replace(recipe, balance=power) for power in (0.5, 1.0)}
    return found | {f"patience {share}": replace(recipe, patience=share) for share in (0.2,)} | balance


def architecture(data: Dataset, seed: int, most: float) -> Arch:
    """A random one whose pruned layers take at most so many multiply-accumulates, and at least a quarter of them."""
    rng, shape = random.Random(seed), data.card.shape
    while True:
        drawn = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(shape)}
        drawn |= {name: SPARSITY for name in drawn if name.startswith("sparsity")}
        try:
            arch = Arch.from_params(drawn, shape, len(data.card.classes))
            macs = sum(op.macs for op in trace(arch.pruned, shape))
        except ShapeError:
            continue
        if most / 4 <= macs <= most:
            return arch


def measured(data: Dataset, arch: Arch, recipe: Recipe, seed: int) -> tuple[float, float, int]:
    """Accuracy and balanced accuracy of the kept net on the validation part, and the epochs it took."""
    training = Training(arch, data, recipe, seed=seed)
    for _ in training:
        pass
    _, held_out = validation_split(data, recipe.validation, seed)
    judged = tensors(data.train_x[held_out], data.train_y[held_out])
    return accuracy(training.best, *judged), balanced_accuracy(training.best, *judged), training.finished_epochs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--macs", type=float, default=2e5, help="of the largest architecture")
    parser.add_argument("--only", nargs="*", help="names of choices; default: all")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    data = load(asked.data)
    recipe = recipe_for(asked.data, data.card.task, data.card.train, asked.epochs)
    print(f"{asked.data}, {asked.epochs} epochs, {asked.seeds} seeds")
    for name, choice in choices(replace(recipe, validation=VALIDATION), data.card.task).items():
        if asked.only and name not in asked.only:
            continue
        start = time.process_time()
        rows = [measured(data, architecture(data, s, asked.macs), choice, s) for s in range(asked.seeds)]
        plain, balanced, epochs = ([100 * value for value in column] for column in zip(*rows, strict=True))
        print(
            f"{name:14} accuracy {statistics.mean(plain):6.2f} ± {statistics.pstdev(plain):.2f} %  balanced "
            f"{statistics.mean(balanced):6.2f} ± {statistics.pstdev(balanced):.2f} %"
            f"  epochs {statistics.mean(epochs) / 100:.0f}  {time.process_time() - start:.0f} s of CPU",
            flush=True,
        )


if __name__ == "__main__":
    main()
