"""Learning from a large network as well as from the labels (Hinton et al. 2015, arXiv:1503.02531)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from .goal import ClassGoal

TEMPERATURE = 4.0
"""Logits are divided by it, so that a sure answer still tells which other classes come near."""


class DistilledGoal(ClassGoal):
    """The answers of a large network beside the labels.

    They are computed once for each training sample, as it is without augmentation: a large network in the loop would take
    most of the time of a training.

    Args:
        classes, weights: as for `ClassGoal`.
        share: of the loss that asks for the large network's answers, 0 to 1; the rest asks for the labels.
    """

    def __init__(self, classes: int, weights: Tensor | None, share: float) -> None:
        super().__init__(classes, weights)
        self._share = share

    def targets(self, y: Tensor, logits: Tensor | None) -> Tensor:
        """float32 `(n, 2 classes)`: the label one-hot, then a large network's probabilities from its logits `(n, classes)`.

        Raises:
            ValueError: the logits are missing, or not those of these samples and classes.
        """
        if logits is None or logits.shape != (len(y), self._classes):
            came = "none" if logits is None else tuple(logits.shape)
            raise ValueError(
                f"a recipe that distils needs a large network's answers {(len(y), self._classes)} to the training split, "
                f"got {came}: train one on the same data set, or set distil to 0"
            )
        return torch.cat([F.one_hot(y, self._classes).float(), (logits.float() / TEMPERATURE).softmax(1)], 1)

    def changed(self, x: Tensor, y: Tensor, names: Sequence[str], generator: Generator) -> tuple[Tensor, Tensor]:
        return self.augmented(x, y, names, generator)

    def loss(self, found: Tensor, y: Tensor, x: Tensor, smoothing: float) -> Tensor:
        labels, asked = y.split(self._classes, 1)
        apart = F.kl_div((found / TEMPERATURE).log_softmax(1), asked, reduction="batchmean")
        # The gradient of the second part shrinks with the square of the temperature.
        return (1 - self._share) * super().loss(found, labels, x, smoothing) + self._share * TEMPERATURE**2 * apart

    def plain_loss(self, found: Tensor, y: Tensor) -> Tensor:
        return super().loss(found, y, found, 0.0)

    def right(self, found: Tensor, y: Tensor, x: Tensor) -> tuple[int, int]:
        return super().right(found, y[:, : self._classes], x)
