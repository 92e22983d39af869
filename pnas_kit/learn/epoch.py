"""What training reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """One finished pass over the training split.

    Attributes:
        number: from 1 to `total`.
        total: epochs of the training; of a last epoch after which training stopped early its own number.
        loss: mean training loss (cross entropy with label smoothing; the detection loss).
        train_accuracy: share of training samples, or objects, right while training, augmented.
        accuracy: the goal's measure on the validation part after the epoch: share of samples right, or mAP50.
        held_out: whether there is a validation part; where not, `accuracy` is that of the training samples themselves.
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
    held_out: bool = True
