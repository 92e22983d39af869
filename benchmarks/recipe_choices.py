"""What each part of the training recipe does: one change at a time, a few seeds, judged on training samples held out.

    python benchmarks/recipe_choices.py --data uwave --samples 60 --base epochs=300 batch=16 --only "as it is" "+ mixup"

Three tenths of the training split, or all but `--samples` of it, judge; what remains is the training split of the recipe,
its own validation part included. Trains a small architecture for each seed, the same for every choice, and prints mean and
standard deviation over the seeds of the accuracy of the kept net. The test split is looked at with `--judge test` alone, for
data sets that no result is claimed of; those of `benchmarks/results.py` are refused.
"""

from __future__ import annotations

import argparse
import ast
import random
import statistics
import time
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from results import PLAN
from torch import Tensor

from pnas_kit.cost import trace
from pnas_kit.learn import Recipe, recipe_for
from pnas_kit.learn.data import Dataset, cache_folder, load, validation_split
from pnas_kit.learn.goal import accuracy, balanced_accuracy
from pnas_kit.learn.large_training import LargeTraining, default_epochs
from pnas_kit.learn.train import Training, tensors
from pnas_kit.space import Arch, ShapeError, space

JUDGING = 0.3
MOST_JUDGING = 3000

SPARSITY = 0.4
"""Of every group: a net that lost nine of ten channels learns too little in a few epochs to tell choices apart."""


def choices(recipe: Recipe, task: str) -> dict[str, Recipe]:
    """The default, and one change of it at a time."""
    usual = recipe.augment
    found = {"as it is": recipe}
    found |= {"nothing held out": replace(recipe, validation=0.0)} if recipe.validation else {}
    found |= {f"average {share}": replace(recipe, average=share) for share in (0.0, 0.2)}
    found |= {f"rate {rate}": replace(recipe, learning_rate=rate) for rate in (1e-3, 1e-2)}
    found |= {f"decay {decay}": replace(recipe, weight_decay=decay) for decay in (0.005, 0.1)}
    found |= {f"smoothing {share}": replace(recipe, label_smoothing=share) for share in (0.0, 0.1)}
    found |= {f"batch {size}": replace(recipe, batch=size) for size in (recipe.batch // 2, recipe.batch * 2)}
    found |= {"epochs x2": replace(recipe, epochs=2 * recipe.epochs)}
    found |= {"pruned by 0.3": replace(recipe, prune_from=0.05, prune_until=0.3)}
    names = ("shift", "mirror", "warp", "randaugment", "erase") if task == "image" else ("jitter", "scale", "slide", "mask")
    found |= {f"+ {n}": replace(recipe, augment=(*usual, n)) for n in (*names, "mixup", "cutmix") if n not in usual}
    found |= {f"- {name}": replace(recipe, augment=tuple(n for n in usual if n != name)) for name in usual}
    found |= {f"distil {share}": replace(recipe, distil=share) for share in (0.3, 0.7)}
    found |= {f"balance {power}": replace(recipe, balance=power) for power in (0.5, 1.0)}
    return found | {"patience 0.2": replace(recipe, patience=0.2)}


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


def divided(data: Dataset, samples: int | None, seed: int) -> tuple[Dataset, tuple[Tensor, Tensor]]:
    """The data set with less to train on, and what judges: the test split for as many samples as there are."""
    if samples == len(data.train_y):
        return data, tensors(data.test_x, data.test_y)
    share = JUDGING if samples is None else 1 - samples / len(data.train_y)
    train, judging = validation_split(data, share, seed)
    judging = np.random.default_rng(seed).permutation(judging)[:MOST_JUDGING]
    groups = None if data.groups is None else data.groups[train]
    less = replace(data, train_x=data.train_x[train], train_y=data.train_y[train], groups=groups)
    return less, tensors(data.train_x[judging], data.train_y[judging])


def measured(
    data: Dataset, samples: int | None, most: float, recipe: Recipe, seed: int, large_epochs: int | None = None
) -> tuple[float, float, int]:
    """Accuracy and balanced accuracy of the kept net on what judges, and the epochs it took."""
    less, judging = divided(data, samples, seed)
    answers = large_answers(data.card.name, samples, recipe.validation, seed, large_epochs) if recipe.distil else None
    training = Training(architecture(data, seed, most), less, recipe, seed=seed, answers=answers)
    for _ in training:
        pass
    return accuracy(training.best, *judging), balanced_accuracy(training.best, *judging), training.finished_epochs


@lru_cache
def large_answers(name: str, samples: int | None, validation: float, seed: int, epochs: int | None) -> np.ndarray:
    """What a large network, trained on what a recipe does not hold out, says to all of the training split."""
    less, _ = divided(load(name), samples, seed)
    train, _ = validation_split(less, validation, seed)
    x, y = tensors(less.train_x, less.train_y)
    epochs = epochs or default_epochs(len(train))
    stem = f"choices-{name.replace('/', '-')}-{samples}-{validation}-{epochs}-{seed}.pt"
    training = LargeTraining(less.card, x[train], y[train], epochs, seed, cache_folder() / "large_reference" / stem)
    for _ in training:
        pass
    return training.answers(x)


def setting(text: str) -> tuple[str, object]:
    """A field of the recipe and its value: "epochs=300", "augment=mask,mixup"."""
    name, _, value = text.partition("=")
    if name == "augment":
        return name, tuple(filter(None, value.split(",")))
    return name, ast.literal_eval(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits")
    parser.add_argument("--samples", type=int, help="to train on; default: seven tenths of the training split")
    parser.add_argument("--judge", choices=("train", "test"), default="train", help="the split that judges")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--macs", type=float, default=2e5, help="of the largest architecture")
    parser.add_argument("--base", nargs="*", type=setting, default=[], help="fields of the recipe, such as epochs=20")
    parser.add_argument("--large-epochs", type=int, help="of the large network that is learned from; default: 30 to 300")
    parser.add_argument("--only", nargs="*", help="names of choices; default: all")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    data = load(asked.data)
    if asked.judge == "test":
        if asked.samples or asked.data in {entry.data for entry in PLAN}:
            parser.error(f"the test split judges after training on all of a set without results, not on {asked.data}")
        asked.samples = len(data.train_y)
    elif asked.samples and asked.samples >= len(data.train_y):
        parser.error(f"{asked.data} has {len(data.train_y)} training samples, and some of them judge: take fewer")
    size = asked.samples or round((1 - JUDGING) * len(data.train_y))
    recipe = replace(recipe_for(asked.data, data.card.task, size), **dict(asked.base))
    print(f"{asked.data}, {size} samples, {asked.seeds} seeds, {recipe}", flush=True)
    for name, choice in choices(recipe, data.card.task).items():
        if asked.only and name not in asked.only:
            continue
        start = time.process_time()
        settings = (data, asked.samples, asked.macs, choice)
        rows = [measured(*settings, seed, asked.large_epochs) for seed in range(asked.seeds)]
        plain, balanced, epochs = ([100 * value for value in column] for column in zip(*rows, strict=True))
        print(
            f"{name:17} accuracy {statistics.mean(plain):6.2f} ± {statistics.pstdev(plain):.2f} %  balanced "
            f"{statistics.mean(balanced):6.2f} ± {statistics.pstdev(balanced):.2f} %"
            f"  epochs {statistics.mean(epochs) / 100:.0f}  {time.process_time() - start:.0f} s of CPU",
            flush=True,
        )


if __name__ == "__main__":
    main()
