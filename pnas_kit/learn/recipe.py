"""How a prototype is trained."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLES_SEEN = 300_000
"""Training samples that a default training looks at in all: few epochs on large sets, many on small ones."""
FEWEST_EPOCHS, MOST_EPOCHS = 8, 120
TINY, TINY_STEPS = 200, 1500
"""Training splits of fewer samples are trained for so many steps, in small batches; few pictures with boxes for as many."""
HELD_OUT_FROM, PICTURES_HELD_OUT_FROM = 1000, 100
"""Of fewer samples, or pictures with boxes, nothing is held out: a tenth cannot tell which epoch is best, and is missed."""
MANY, HIGH_RATE = 20_000, 3e-2
"""Below so many samples a training has few steps, and a higher rate wins (`benchmarks/recipe_choices.py`)."""
LONG = 20
"""Epochs from which pictures are both shifted and mirrored."""
DISTIL = 0.5
"""Share of the loss that asks for a large network's answers, where there is one."""
PICTURES_SEEN, PICTURES_BATCH = 80_000, 8
"""Of detection, whose pictures are larger and hold several objects each: looked at in all, and in a step."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Settings of one training; fractions refer to its epochs.

    Attributes:
        epochs: passes over the training split, validation part excluded.
        batch: samples per step.
        learning_rate, weight_decay: of AdamW; the rate warms up and then follows a cosine to zero.
        warm_up: fraction of the epochs in which the rate rises.
        label_smoothing: share of the target spread over all classes.
        average: fraction of the steps over which the weights that are measured and kept are averaged; 0 keeps the last ones.
        balance: power with which rare classes count more in the loss and, above 0, balanced accuracy chooses the epoch; 1 is
            the same for every class, however few samples it has.
        patience: fraction of the epochs that may pass, once pruned, without a validation measure as good as the best.
        augment: names of augmentations in `augment.py`, for detection in `detection/augment.py`.
        prune_from, prune_until: when channels are removed, along a cubic schedule.
        validation: fraction of the training split held out to choose the best epoch; 0 trains on all of it and keeps the
            last epoch. The test split never has a say.
        distil: share of the loss that asks for a large network's answers instead of the labels; 0 needs no such network.
    """

    epochs: int
    batch: int = 64
    learning_rate: float = 1e-2
    weight_decay: float = 0.02
    warm_up: float = 0.1
    label_smoothing: float = 0.05
    average: float = 0.05
    balance: float = 0.0
    patience: float = 1.0
    augment: tuple[str, ...] = ()
    prune_from: float = 0.1
    prune_until: float = 0.6
    validation: float = 0.1
    distil: float = 0.0

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ValueError(f"a training has at least 1 epoch, got {self.epochs}")
        for name in ("average", "balance", "patience", "distil"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} lies between 0 and 1, got {getattr(self, name)}")
        if not 0 <= self.prune_from <= self.prune_until <= 1:
            raise ValueError(f"pruning lies between 0 and 1 of the epochs, got {self.prune_from} to {self.prune_until}")

    def pruned_share(self, epoch: int) -> float:
        """Share of the channels to remove that is gone before `epoch` (from 0): 1 - (1 - t)^3 (Zhu and Gupta 2017)."""
        first = round(self.prune_from * self.epochs)
        last = min(round(self.prune_until * self.epochs), self.epochs - 1)  # the last epoch's net is as small as it will be
        if epoch >= last or self.epochs == 1:
            return 1.0
        return 1 - (1 - max(0, epoch - first) / max(1, last - first)) ** 3


def recipe_for(data: str, task: str, samples: int, epochs: int | None = None) -> Recipe:
    """The default recipe for a data set of so many training samples."""
    augment = {"image": ("shift",), "series": ("jitter", "scale", "slide"), "detection": ("zoom",)}[task]
    if samples < TINY and task != "detection":
        return _tiny(samples, epochs, augment)
    if epochs is None:
        seen = PICTURES_SEEN if task == "detection" else SAMPLES_SEEN
        epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, round(seen / samples)))
        if task == "detection":
            epochs = max(epochs, round(TINY_STEPS / max(1, samples // PICTURES_BATCH)))
    if task == "detection":
        if data in MIRRORABLE:
            augment = ("zoom", "mirror")
        if data in FROM_ABOVE:
            augment = (*augment, "upend", "tint")
        held_out = 0.1 if samples >= PICTURES_HELD_OUT_FROM else 0.0
        return Recipe(
            epochs=epochs,
            augment=augment,
            batch=PICTURES_BATCH,
            learning_rate=2e-2,
            prune_from=0.0,
            prune_until=0.3,
            validation=held_out,
        )
    if data in MIRRORABLE:
        augment = ("shift", "mirror") if epochs >= LONG else ("mirror",)  # both at once are too much for few epochs
    rate = HIGH_RATE if samples < MANY else 1e-2
    held_out = 0.1 if samples >= HELD_OUT_FROM else 0.0
    return Recipe(
        epochs=epochs, augment=augment, batch=32 if samples < 2000 else 64, learning_rate=rate, validation=held_out
    )


def _tiny(samples: int, epochs: int | None, augment: tuple[str, ...]) -> Recipe:
    """For sets of a few batches: small batches, many passes, all samples trained on."""
    batch = max(1, min(16, samples // 2))
    epochs = epochs or round(TINY_STEPS * batch / samples)
    return Recipe(epochs=epochs, batch=batch, augment=augment, learning_rate=HIGH_RATE, validation=0.0)


MIRRORABLE = (
    "fashion_mnist", "fashion_det", "tree_crowns", "corals", "hela_nuclei", "coco_person", "cifar10", "cifar100",
)  # fmt: skip
"""Image sets whose classes do not change when seen in a mirror."""
FROM_ABOVE = ("tree_crowns", "corals")
"""Image sets in which nothing says where up is, and whose test part has other light."""
