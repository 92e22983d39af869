"""Trains a large network on a data set and notes its accuracy: `python benchmarks/large_reference.py ucr/GunPoint`.

The row in `data/large_reference.csv` is what "comparable to large networks" is measured against. The whole training part
is trained on, the last weights are kept, and the test part is looked at once, at the end. A training that was stopped goes
on after its last checkpoint; CUDA is used where it is there.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import balanced_accuracy_score
from torch import nn

from pnas_kit.learn.augment import AUGMENTATIONS
from pnas_kit.learn.data import Dataset, cache_folder, load
from pnas_kit.learn.large import large_network
from pnas_kit.learn.recipe import recipe_for
from pnas_kit.learn.train import tensors
from pnas_kit.paths import DATA

TABLE = DATA / "large_reference.csv"
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
SAVE_EVERY_S = 30.0
BATCH, RATE, DECAY, SMOOTHING, WARM_UP = 32, 2e-3, 0.02, 0.05, 0.1


def default_epochs(samples: int) -> int:
    """Many passes over small sets, few over large ones."""
    return min(300, max(30, round(100_000 / samples)))


class LargeTraining:
    """AdamW, warm-up and cosine, from a checkpoint if there is one."""

    def __init__(self, data: Dataset, epochs: int, seed: int, checkpoint: Path) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.epochs, self.checkpoint = epochs, checkpoint
        self.name, net = large_network(data.card, seed)
        self.net: nn.Module = net.to(self.device)
        self.x, self.y = tensors(data.train_x, data.train_y)
        self.augment = recipe_for(data.card.name, data.card.task, data.card.train).augment
        self.generator = torch.Generator().manual_seed(seed)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=RATE, weight_decay=DECAY)
        self.steps = max(1, len(self.x) // BATCH)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, max_lr=RATE, total_steps=self.steps * epochs, pct_start=WARM_UP, cycle_momentum=False
        )
        self.done, self.seconds = 0, 0.0
        if checkpoint.is_file():
            self._restore(torch.load(checkpoint, weights_only=True, map_location=self.device))

    def run(self) -> None:
        """Train to the end, saving now and then."""
        saved = time.perf_counter()
        while self.done < self.epochs:
            start = time.perf_counter()
            loss = self._one_pass()
            self.done += 1
            self.seconds += time.perf_counter() - start
            if time.perf_counter() - saved > SAVE_EVERY_S or self.done == self.epochs:
                self._save()
                saved = time.perf_counter()
                left = self.seconds / self.done * (self.epochs - self.done)
                print(f"epoch {self.done} of {self.epochs}, loss {loss:.3f}, {left:.0f} s left", flush=True)

    def _one_pass(self) -> float:
        self.net.train()
        total = 0.0
        for index in torch.randperm(len(self.x), generator=self.generator).split(BATCH)[: self.steps]:
            x = self.x[index]
            for name in self.augment:
                x = AUGMENTATIONS[name](x, self.generator)
            logits = self.net(x.to(self.device))
            loss = F.cross_entropy(logits, self.y[index].to(self.device), label_smoothing=SMOOTHING)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            self.schedule.step()
            total += loss.item()
        return total / self.steps

    @torch.no_grad()
    def predict(self, x: np.ndarray) -> np.ndarray:
        """Classes `(samples,)` of float32 `(samples, height, width, channels)`."""
        self.net.eval()
        parts = torch.from_numpy(x).permute(0, 3, 1, 2).split(256)
        return torch.cat([self.net(part.to(self.device)).argmax(1).cpu() for part in parts]).numpy()

    def _save(self) -> None:
        state = {name: getattr(self, name).state_dict() for name in ("net", "optimiser", "schedule")}
        state |= {"generator": self.generator.get_state(), "done": self.done, "seconds": self.seconds}
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        draft = self.checkpoint.with_suffix(".draft")
        torch.save(state, draft)
        os.replace(draft, self.checkpoint)

    def _restore(self, state: dict) -> None:
        for name in ("net", "optimiser", "schedule"):
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"].cpu())
        self.done, self.seconds = state["done"], state["seconds"]


def note(row: dict[str, object]) -> None:
    """Put a row into the table, in the place of an older one of the same data set, network, epochs and seed."""
    rows = []
    if TABLE.is_file():
        with TABLE.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    keys = ("data", "network", "epochs", "seed")
    rows = [old for old in rows if any(old[key] != str(row[key]) for key in keys)] + [row]
    draft = TABLE.with_suffix(".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: [str(r[key]) for key in keys]))
    os.replace(draft, TABLE)


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
    training = LargeTraining(data, epochs, chosen.seed, cache_folder() / "large_reference" / stem)
    training.run()
    found = training.predict(data.test_x)
    row = {
        "data": chosen.data,
        "network": training.name,
        "parameters": sum(p.numel() for p in training.net.parameters()),
        "epochs": epochs,
        "seed": chosen.seed,
        "train": len(data.train_y),
        "test": len(data.test_y),
        "accuracy": f"{(found == data.test_y).mean():.4f}",
        "balanced_accuracy": f"{balanced_accuracy_score(data.test_y, found):.4f}",
        "seconds": round(training.seconds),
        "device": torch.cuda.get_device_name() if training.device == "cuda" else f"CPU, threads: {torch.get_num_threads()}",
    }
    note(row)
    print(*(f"{name} {value}" for name, value in row.items()), sep="\n")


if __name__ == "__main__":
    main()
