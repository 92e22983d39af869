"""What is particular to a task when a net is trained: everything else is the same loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from pnas_kit.space.layers import Layers, only_output
from pnas_kit.space.net import Net

from .augment import AUGMENTATIONS
from .data import Card


class Goal(Protocol):
    """A task: its loss and its measure.

    Attributes:
        name: of the measure: "accuracy" or "mAP50".
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
        """How many answers of the batch are right, and of how many."""

    def measure(self, net: Net, x: Tensor, y: Tensor) -> float:
        """0 to 1, higher is better."""


class ClassGoal:
    """One class a sample."""

    name = "accuracy"

    def check(self, layers: Layers) -> None:
        only_output(layers, "training on class labels")

    def prepare(self, net: Net) -> None:
        pass

    def changed(self, x: Tensor, y: Tensor, names: Sequence[str], generator: Generator) -> tuple[Tensor, Tensor]:
        for name in names:
            x = AUGMENTATIONS[name](x, generator)
        return x, y

    def loss(self, found: Tensor, y: Tensor, x: Tensor, smoothing: float) -> Tensor:
        return F.cross_entropy(found, y, label_smoothing=smoothing)

    def right(self, found: Tensor, y: Tensor, x: Tensor) -> tuple[int, int]:
        return int((found.detach().argmax(1) == y).sum()), len(y)

    @torch.no_grad()
    def measure(self, net: Net, x: Tensor, y: Tensor) -> float:
        """Share of samples whose largest logit is the right class."""
        net.eval()
        right = sum(int((net(a).argmax(1) == b).sum()) for a, b in zip(x.split(256), y.split(256), strict=True))
        return right / len(y)


def goal_for(card: Card) -> Goal:
    """The goal of a data set's task."""
    if card.task == "detection":
        from .detection.goal import DetectionGoal

        return DetectionGoal()
    return ClassGoal()
