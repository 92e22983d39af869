"""Training a prototype: full width at first, pruned step by step to its searched sparsity, then fine-tuned."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pnas_kit.space import Arch
from pnas_kit.space.channels import ChannelSets, channel_sets
from pnas_kit.space.net import Net, build
from pnas_kit.vision_ops import timm

from .data import Dataset, validation_split
from .data.boxes import Boxes
from .epoch import Epoch
from .goal import ClassGoal, goal_for
from .prune import Cut, strongest
from .recipe import Recipe


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why."""


class Training:
    """Iterate over it to train: `for epoch in Training(arch, data, recipe): ...`; then `best` is the net to keep.

    With a `checkpoint` every epoch is saved there, and a training that was interrupted goes on after its last one.

    Args:
        arch: what is trained, from its unpruned to its pruned layers.
        data: a loaded data set; only its training split is touched.
        recipe: settings.
        seed: of the weights, the order of the samples and the augmentation.
        checkpoint: file to save to and to go on from; None saves nothing.

    Raises:
        TrainingError: the loss is not a number.
        ValueError: the architecture does not answer as the data set asks (a classifier, or a detector).
    """

    def __init__(self, arch: Arch, data: Dataset, recipe: Recipe, *, seed: int = 0, checkpoint: Path | None = None) -> None:
        self.goal = goal_for(data.card)
        self.goal.check(arch.layers)
        self.recipe, self.checkpoint = recipe, checkpoint
        self._sets = channel_sets(arch.layers, arch.input_shape[2])
        self._kept = self._sets.kept(arch.sparsity)
        train, held_out = validation_split(data, recipe.validation, seed)
        self._x, self._y = tensors(data.train_x[train], data.train_y[train])
        self._held_out = tensors(data.train_x[held_out], data.train_y[held_out])
        self._generator = torch.Generator().manual_seed(seed)
        self.net = build(arch.layers, arch.input_shape, seed)
        self.goal.prepare(self.net)
        self._pruned = arch.pruned
        self._steps = max(1, len(self._x) // recipe.batch)
        self._start_optimiser()
        self.best: Net | None = None
        self._best_accuracy = -1.0
        self.finished_epochs = 0
        if checkpoint is not None and checkpoint.exists():
            self._restore(torch.load(checkpoint, weights_only=True))

    def __iter__(self) -> Iterator[Epoch]:
        while self.finished_epochs < self.recipe.epochs:
            start = time.perf_counter()
            self._prune_to(self.recipe.pruned_share(self.finished_epochs))
            loss, train_accuracy = self._one_pass()
            found = self.goal.measure(self.net, *self._held_out)
            best = self.net.layers == self._pruned and found >= self._best_accuracy
            if best:
                self.best, self._best_accuracy = copy.deepcopy(self.net).eval(), found
            self.finished_epochs += 1
            if self.checkpoint is not None:
                self._save()
            yield Epoch(
                number=self.finished_epochs,
                total=self.recipe.epochs,
                loss=loss,
                train_accuracy=train_accuracy,
                accuracy=found,
                sparsity=self.sparsity,
                best=best,
                seconds=time.perf_counter() - start,
            )

    @property
    def sparsity(self) -> float:
        """Share of the unpruned network's channels that are removed."""
        return 1 - sum(self._current().size.values()) / sum(self._sets.size.values())

    def _current(self) -> ChannelSets:
        return channel_sets(self.net.layers, self.net.input_shape[2])

    def _prune_to(self, share: float) -> None:
        """Remove channels until `share` of those that must go are gone; the sets keep their order when they shrink."""
        now = self._current()
        wanted = [round(n - share * (n - self._kept[s])) for s, n in self._sets.size.items()]
        if wanted == list(now.size.values()):
            return
        cut = Cut(self.net, strongest(self.net, now, dict(zip(now.size, wanted, strict=True))))
        momenta = dict(zip(cut.net.parameters(), self._cut_momenta(cut), strict=True))
        self.net = cut.net
        self._start_optimiser()
        self._optimiser.state.update({p: m for p, m in momenta.items() if m})

    def _cut_momenta(self, cut: Cut) -> list[dict[str, Tensor]]:
        return [
            {k: cut.take(name, v) if v.dim() else v for k, v in self._optimiser.state.get(old, {}).items()}
            for name, old in self.net.named_parameters()
        ]

    def _one_pass(self) -> tuple[float, float]:
        """Train on every sample once; return the mean loss and the share that was right."""
        self.net.train()
        order = torch.randperm(len(self._x), generator=self._generator)
        batches = order.split(self.recipe.batch)[: self._steps]  # the incomplete last batch waits for another order
        loss_sum, right, of = 0.0, 0, 0
        for step, index in enumerate(batches):
            self._schedule.step_update(self.finished_epochs * self._steps + step)
            x, y = self.goal.changed(self._x[index], self._y[index], self.recipe.augment, self._generator)
            answers = self.net(x)
            loss = self.goal.loss(answers, y, x, self.recipe.label_smoothing)
            if not torch.isfinite(loss):
                raise TrainingError(
                    f"the loss became {loss.item()} in epoch {self.finished_epochs + 1}; a lower learning rate than "
                    f"{self.recipe.learning_rate} usually helps"
                )
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self._optimiser.step()
            loss_sum += loss.item() * len(y)
            hits, count = self.goal.right(answers, y, x)
            right, of = right + hits, of + count
        return loss_sum / sum(map(len, batches)), right / max(1, of)

    def _start_optimiser(self) -> None:
        r = self.recipe
        self._optimiser = timm.optim.create_optimizer_v2(
            self.net, opt="adamw", lr=r.learning_rate, weight_decay=r.weight_decay
        )
        steps = r.epochs * self._steps
        self._schedule = timm.scheduler.CosineLRScheduler(
            self._optimiser,
            t_initial=steps,
            warmup_t=round(r.warm_up * steps),
            warmup_lr_init=r.learning_rate / 100,
            warmup_prefix=False,
            t_in_epochs=False,
        )

    def _save(self) -> None:
        state = {
            "channels": [layer.channels for layer in self.net.layers],
            "net": self.net.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "generator": self._generator.get_state(),
            "finished_epochs": self.finished_epochs,
            "best": None if self.best is None else self.best.state_dict(),
            "best_accuracy": self._best_accuracy,
        }
        draft = self.checkpoint.with_suffix(".draft")
        torch.save(state, draft)
        os.replace(draft, self.checkpoint)

    def _restore(self, state: dict) -> None:
        layers = zip(self.net.layers, state["channels"], strict=True)
        self.net = Net(tuple(replace(layer, channels=n) for layer, n in layers), self.net.input_shape)
        self.net.load_state_dict(state["net"])
        self._start_optimiser()
        self._optimiser.load_state_dict(state["optimiser"])
        self._generator.set_state(state["generator"])
        self.finished_epochs = state["finished_epochs"]
        self._best_accuracy = state["best_accuracy"]
        if state["best"] is not None:
            self.best = Net(self._pruned, self.net.input_shape).eval()
            self.best.load_state_dict(state["best"])


def tensors(x: np.ndarray, y: np.ndarray | Boxes) -> tuple[Tensor, Tensor]:
    """Arrays `(n, height, width, channels)` and `(n,)` as torch takes them, channels first; boxes are padded."""
    return torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y.padded() if isinstance(y, Boxes) else y)


def accuracy(net: Net, x: Tensor, y: Tensor) -> float:
    """Share of samples whose largest logit is the right class."""
    return ClassGoal().measure(net, x, y)
