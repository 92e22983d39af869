"""Trains a large network on a data set and notes its accuracy: `python benchmarks/large_reference.py ucr/GunPoint`.

The row in `data/large_reference.csv` is what "comparable to large networks" is measured against. The whole training part
is trained on, the last weights are kept, and the test part is looked at once, at the end; of a detector it is the mAP50. A
training that was stopped goes on after its last checkpoint; CUDA is used where it is there.
"""

from __future__ import annotations

import argparse
import csv
import os

import torch
from sklearn.metrics import balanced_accuracy_score

from pnas_kit.learn.data import cache_folder, load
from pnas_kit.learn.goal import goal_for
from pnas_kit.learn.large_training import LargeTraining, default_epochs
from pnas_kit.learn.train import tensors
from pnas_kit.runs.large import KNOWN

COLUMNS = (
    "data",
    "network",
    "parameters",
    "epochs",
    "seed",
    "train",
    "test",
    "accuracy",
    "balanced_accuracy",
    "seconds",
    "device",
)


def note(row: dict[str, object]) -> None:
    """Put a row into the table, in the place of an older one of the same data set, network, epochs and seed."""
    rows = []
    if KNOWN.is_file():
        with KNOWN.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    keys = ("data", "network", "epochs", "seed")
    rows = [old for old in rows if any(old[key] != str(row[key]) for key in keys)] + [row]
    draft = KNOWN.with_suffix(".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: [str(r[key]) for key in keys]))
    os.replace(draft, KNOWN)


def main() -> None:
    """Train, test, note."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("data", help="a name of the catalogue, such as digits or ucr/GunPoint")
    arguments.add_argument("--epochs", type=int, help="default: 30 to 300, by the number of samples")
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()
    data = load(chosen.data)
    epochs = chosen.epochs or default_epochs(len(data.train_y))
    stem = f"{chosen.data.replace('/', '-')}-{epochs}-{chosen.seed}.pt"
    train, test = tensors(data.train_x, data.train_y), tensors(data.test_x, data.test_y)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    checkpoint = cache_folder() / "large_reference" / stem
    training = LargeTraining(data.card, *train, epochs, chosen.seed, checkpoint, device=device)
    for epoch, loss in training:
        left = training.seconds / epoch * (epochs - epoch)
        print(f"epoch {epoch} of {epochs}, loss {loss:.3f}, {left:.0f} s left", flush=True)
    if data.card.task == "detection":
        scores = {"accuracy": f"{goal_for(data.card).measure(training.net, *test):.4f}", "balanced_accuracy": ""}
    else:
        found = training.answers(test[0]).argmax(1)
        balanced = balanced_accuracy_score(data.test_y, found)
        scores = {"accuracy": f"{(found == data.test_y).mean():.4f}", "balanced_accuracy": f"{balanced:.4f}"}
    row = {
        "data": chosen.data,
        "network": training.name,
        "parameters": sum(p.numel() for p in training.net.parameters()),
        "epochs": epochs,
        "seed": chosen.seed,
        "train": len(data.train_y),
        "test": len(data.test_y),
        **scores,
        "seconds": round(training.seconds),
        "device": torch.cuda.get_device_name() if device == "cuda" else f"CPU, threads: {torch.get_num_threads()}",
    }
    note(row)
    print(*(f"{name} {value}" for name, value in row.items()), sep="\n")


if __name__ == "__main__":
    main()
