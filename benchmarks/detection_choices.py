"""What each part of a detector's training does to mAP50 on the validation part: one change back at a time.

    python benchmarks/detection_choices.py --data mnist_det --pictures 1200 --epochs 5 [--seeds 1]

Trains the same small architecture for every choice on a part of the training pictures; "before" takes all changes back. The
test part is never looked at.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch

from pnas_kit.cost import trace
from pnas_kit.learn import Recipe, recipe_for
from pnas_kit.learn.data import Dataset, load
from pnas_kit.learn.detection import loss
from pnas_kit.learn.train import Training
from pnas_kit.space import Arch, head, net

VALIDATION = 0.15
BEFORE = {"batch": 32, "learning_rate": 1e-2, "prune_from": 0.1, "prune_until": 0.6}
"""Of the recipe, before it was looked into."""
PARTS: dict[str, tuple[object, str, object]] = {
    "batch norm in the answers": (net, "Rescale", torch.nn.BatchNorm2d),
    "classes by binary entropy alone": (loss, "CONTEST_WEIGHT", 0.0),
    "head of 64 channels": (head, "CHANNELS", 64),
}
"""Where a change is in the code, and what was there before."""


def architecture(data: Dataset, sparsity: float) -> Arch:
    """Cells of 4 and 8 pixels."""
    return Arch(
        family="mbednet", depth=(2, 2, 2, 1), kernel=(3, 3, 3, 3), stride=(2, 1, 2, 1), width=0.35, sparsity=(sparsity,) * 4,
        input_shape=data.card.shape, classes=len(data.card.classes), head="detector",
    )  # fmt: skip


def part(data: Dataset, pictures: int) -> Dataset:
    """The data set with its first training pictures only."""
    card = replace(data.card, train=min(pictures, data.card.train))
    groups = None if data.groups is None else data.groups[:pictures]
    return replace(data, card=card, train_x=data.train_x[:pictures], train_y=data.train_y[:pictures], groups=groups)


def measured(data: Dataset, recipe: Recipe, sparsity: float, seed: int) -> tuple[float, float]:
    """Best mAP50 of the pruned net on the validation part and seconds of processor time."""
    start = time.process_time()
    epochs = list(Training(architecture(data, sparsity), data, recipe, seed=seed))
    return max(epoch.accuracy for epoch in epochs if epoch.best), time.process_time() - start


def choices(recipe: Recipe) -> dict[str, tuple[Recipe, list[str]]]:
    """The recipe, and the parts of the code that are as they were before."""
    found: dict[str, tuple[Recipe, list[str]]] = {"as it is": (recipe, [])}
    found |= {name: (recipe, [name]) for name in PARTS}
    found["batch of 32"] = (replace(recipe, batch=32), [])
    found["learning rate 0.01"] = (replace(recipe, learning_rate=1e-2), [])
    found["pruned between 0.1 and 0.6"] = (replace(recipe, prune_from=0.1, prune_until=0.6), [])
    found["pruned before the first step"] = (replace(recipe, prune_from=0.0, prune_until=0.0), [])
    found["no augmentation"] = (replace(recipe, augment=()), [])
    found["before"] = (replace(recipe, **BEFORE), list(PARTS))
    return found


def as_before(names: list[str], run: Callable[[], list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """What `run` gives while these parts are as they were."""
    now = {name: getattr(*PARTS[name][:2]) for name in names}
    for name in names:
        setattr(*PARTS[name])
    try:
        return run()
    finally:
        for name in names:
            setattr(*PARTS[name][:2], now[name])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="mnist_det")
    parser.add_argument("--pictures", type=int, default=1200)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sparsity", type=float, default=0.5)
    parser.add_argument("--only", nargs="*", help="names of choices; default: all")
    a = parser.parse_args()
    torch.set_num_threads(1)
    data = part(load(a.data), a.pictures)
    layers = architecture(data, a.sparsity).pruned
    macs = sum(op.macs for op in trace(layers, data.card.shape))
    print(f"{a.data}: {a.pictures} pictures, {a.epochs} epochs, {a.seeds} seeds, {macs / 1e6:.1f} M MACs when pruned")
    recipe = replace(recipe_for(a.data, "detection", a.pictures, a.epochs), validation=VALIDATION)
    for name, (choice, back) in choices(recipe).items():
        if a.only and name not in a.only:
            continue
        rows = as_before(back, lambda choice=choice: [measured(data, choice, a.sparsity, s) for s in range(a.seeds)])
        found, seconds = ([row[column] for row in rows] for column in (0, 1))
        spread = f" ± {100 * statistics.pstdev(found):.1f}" if a.seeds > 1 else ""
        print(f"{name:32} mAP50 {100 * statistics.mean(found):5.1f}{spread} %  {sum(seconds):.0f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
