"""What is particular to a task when a net is trained: everything else is the same loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from pnas_kit.space.layers import Layers, only_output
from pnas_kit.space.net import Net

from .augment import AUGMENTATIONS, MIXTURES
from .data import Card


class Goal(Protocol):
    """A task: its loss and its measure.

    Attributes:
        name: of the measure: "accuracy", "balanced accuracy" or "mAP50".
    """

    name: str

    def check(self, layers: Layers) -> None:
        """Raises ValueError for a net that does not answer as the task asks."""

    def prepare(self, net: Net) -> None:
        """Change a net with fresh weights before its first step."""

    def changed(self, x: Tensor, y: Tensor, names: Sequence[str], generator: Generator) -> tuple[Tensor, Tensor]:
        """A batch, augmented."""

    def loss(self, found: Any, y: Tensor, x: Tensor, smoothing: float) -> Tensor:
        """Scalar, for the net's outputs on the batch x, y."""

    def right(self, found: Any, y: Tensor, x: Tensor) -> tuple[int, int]:
        """How many answers of the batch are right, and of how many; of mixed samples the larger part counts."""

    def plain_loss(self, found: Any, y: Tensor) -> Tensor:
        """The loss where only outputs and answers are at hand: of fine-tuning."""

    def measure(self, net: Net, x: Tensor, y: Tensor) -> float:
        """0 to 1, higher is better."""

    def figures(self, net: Net, x: Tensor, y: Tensor) -> tuple[float, float | None]:
        """The measure and a stricter one (mAP50-95), where the task has it."""


class ClassGoal:
    """One class a sample.

    Args:
        classes: how many there are.
        weights: float32 `(classes,)`, what a sample of each counts in the loss; with them the measure is balanced accuracy.
    """

    def __init__(self, classes: int, weights: Tensor | None = None) -> None:
        self._classes, self._weights = classes, weights
        self.name = "accuracy" if weights is None else "balanced accuracy"

    def check(self, layers: Layers) -> None:
        only_output(layers, "training on class labels")

    def prepare(self, net: Net) -> None:
        pass

    def changed(self, x: Tensor, y: Tensor, names: Sequence[str], generator: Generator) -> tuple[Tensor, Tensor]:
        return self.augmented(x, F.one_hot(y, self._classes).float(), names, generator)

    @staticmethod
    def augmented(x: Tensor, y: Tensor, names: Sequence[str], generator: Generator) -> tuple[Tensor, Tensor]:
        """The same for targets `(n, numbers)`, which a mixture of samples mixes too."""
        for name in names:
            if name in MIXTURES:
                x, y = MIXTURES[name](x, y, generator)
            else:
                x = AUGMENTATIONS[name](x, generator)
        return x, y

    def loss(self, found: Tensor, y: Tensor, x: Tensor, smoothing: float) -> Tensor:
        weights = None if self._weights is None else self._weights.to(found.device)
        return F.cross_entropy(found, y, weights, label_smoothing=smoothing)

    def plain_loss(self, found: Tensor, y: Tensor) -> Tensor:
        return self.loss(found, y, found, 0.0)

    def right(self, found: Tensor, y: Tensor, x: Tensor) -> tuple[int, int]:
        return int((found.detach().argmax(1) == y.argmax(1)).sum()), len(y)

    def measure(self, net: Net, x: Tensor, y: Tensor) -> float:
        return accuracy(net, x, y) if self._weights is None else balanced_accuracy(net, x, y)

    def figures(self, net: Net, x: Tensor, y: Tensor) -> tuple[float, float | None]:
        return self.measure(net, x, y), None


def goal_for(card: Card, labels: Any = None, balance: float = 0.0, distil: float = 0.0) -> Goal:
    """The goal of a data set's task.

    Args:
        labels: of the training split; asked for where classes are to be balanced.
        balance, distil: as in `Recipe`.

    Raises:
        ValueError: a detector is to learn from a large network.
    """
    if card.task == "detection":
        from .detection.goal import DetectionGoal

        if distil:
            raise ValueError(f"{card.name} is detection, and only classifiers learn from a large network: set distil to 0")
        return DetectionGoal(len(card.classes), card.shape[:2])
    classes = len(card.classes)
    weights = class_weights(labels, classes, balance) if balance else None
    if distil:
        from .distil import DistilledGoal

        return DistilledGoal(classes, weights, distil)
    return ClassGoal(classes, weights)


def class_weights(labels: np.ndarray, classes: int, power: float) -> Tensor:
    """float32 `(classes,)`: in proportion to 1 / count ** power, of mean 1 over the samples; 0 for classes without any."""
    counts = np.bincount(labels, minlength=classes)
    weights = np.where(counts > 0, np.maximum(counts, 1.0) ** -power, 0.0)
    return torch.tensor(weights * counts.sum() / (weights * counts).sum(), dtype=torch.float32)


def accuracy(net: Net, x: Tensor, y: Tensor) -> float:
    """Share of samples whose largest logit is the right class."""
    return float(_right(net, x, y).float().mean())


def balanced_accuracy(net: Net, x: Tensor, y: Tensor) -> float:
    """The same for each class by itself, then the mean over the classes that occur."""
    right = _right(net, x, y)
    return float(torch.stack([right[y == label].float().mean() for label in y.unique()]).mean())


@torch.no_grad()
def _right(net: Net, x: Tensor, y: Tensor) -> Tensor:
    """bool `(n,)`."""
    device = next(net.parameters()).device
    net.eval()
    return torch.cat([net(part.to(device)).argmax(1).cpu() for part in x.split(256)]) == y
