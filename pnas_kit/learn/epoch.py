"""What training reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """One finished pass over the training split.

    Attributes:
        number: from 1 to `total`.
        loss: mean training loss (cross entropy with label smoothing).
        train_accuracy: share of training samples right while training, augmented.
        accuracy: share of validation samples right after the epoch.
        sparsity: share of the unpruned network's channels removed by now.
        best: whether this is the best fully pruned state so far, the one that is kept.
        seconds: wall time.
    """

    number: int
    total: int
    loss: float
    train_accuracy: float
    accuracy: float
    sparsity: float
    best: bool
    seconds: float
