"""Training a prototype: full width at first, pruned step by step to its searched sparsity, then fine-tuned."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pnas_kit.space import Arch
from pnas_kit.space.channels import ChannelSets, channel_sets
from pnas_kit.space.net import Net, build
from pnas_kit.vision_ops import timm

from .checkpoint import save, taken_up
from .data import Dataset, validation_split
from .data.boxes import Boxes
from .epoch import Epoch
from .goal import accuracy, goal_for
from .prune import Cut, strongest
from .recipe import Recipe

__all__ = ["Training", "TrainingError", "accuracy", "tensors"]

FORMAT = 3
"""Of a checkpoint; one of another format, or of another recipe, is no place to go on from."""


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why."""


class Training:
    """Iterate over it to train: `for epoch in Training(arch, data, recipe): ...`; then `best` is the net to keep.

    With a `checkpoint` epochs are saved there, and a training that was interrupted goes on after the last that was.

    Args:
        arch: what is trained, from its unpruned to its pruned layers.
        data: a loaded data set; only its training split is touched.
        recipe: settings.
        seed: of the weights, the order of the samples and the augmentation.
        checkpoint: file to save to and to go on from; None saves nothing.
        save_every: seconds between two saves; 0 saves every epoch.
        device: where it is computed; what is kept lies on the CPU.
        answers: float32 `(train, classes)`, a large network's logits for the whole training split, where the recipe distils.

    Raises:
        TrainingError: the loss is not a number.
        ValueError: the architecture does not answer as the data set asks (a classifier, or a detector), or the recipe
            distils and there are no fitting answers.
    """

    def __init__(
        self,
        arch: Arch,
        data: Dataset,
        recipe: Recipe,
        *,
        seed: int = 0,
        checkpoint: Path | None = None,
        save_every: float = 0.0,
        device: torch.device | str = "cpu",
        answers: np.ndarray | None = None,
    ) -> None:
        self.goal = goal_for(data.card, data.train_y, recipe.balance, recipe.distil)
        self.goal.check(arch.layers)
        self.recipe, self.checkpoint, self._device = recipe, checkpoint, device
        self._save_every, self._saved = save_every, time.monotonic()
        self._sets = channel_sets(arch.layers, arch.input_shape[2])
        self._kept = self._sets.kept(arch.sparsity)
        train, judged = validation_split(data, recipe.validation, seed)
        self._x, self._y = tensors(data.train_x[train], data.train_y[train])
        if recipe.distil:
            whole = torch.from_numpy(data.train_y)
            self._y = self.goal.targets(whole, None if answers is None else torch.from_numpy(answers))[train]
        self._judged = tensors(data.train_x[judged], data.train_y[judged])
        self._generator = torch.Generator().manual_seed(seed)
        net = build(arch.layers, arch.input_shape, seed)
        self.goal.prepare(net)
        self._pruned = arch.pruned
        self._steps = max(1, len(self._x) // recipe.batch)
        self._start(net, net)
        self.best: Net | None = None
        self._best_accuracy, self._best_epoch = -1.0, 0
        self.finished_epochs = 0
        samples = (len(self._x), len(self._judged[0]))
        self._of = {"format": FORMAT, "recipe": asdict(recipe), "seed": seed, "arch": arch.to_json(), "samples": samples}
        if checkpoint is not None and (state := taken_up(checkpoint, self._of)):
            self._restore(state)

    def __iter__(self) -> Iterator[Epoch]:
        while not self.finished:
            start = time.perf_counter()
            self._prune_to(self.recipe.pruned_share(self.finished_epochs))
            loss, train_accuracy = self._one_pass()
            found = self.goal.measure(self.average, *self._judged)
            self.finished_epochs += 1
            # Samples that were trained on say nothing about which epoch is best: the last one is kept.
            better = found >= self._best_accuracy if self.recipe.validation else self.finished_epochs == self.recipe.epochs
            if best := better and self.net.layers == self._pruned:
                self.best = copy.deepcopy(self.average).cpu()
                self._best_accuracy, self._best_epoch = found, self.finished_epochs
            yield Epoch(
                number=self.finished_epochs,
                total=self.finished_epochs if self.finished else self.recipe.epochs,
                loss=loss,
                train_accuracy=train_accuracy,
                accuracy=found,
                sparsity=self.sparsity,
                best=best,
                seconds=time.perf_counter() - start,
                held_out=self.recipe.validation > 0,
            )
            # Only now: whoever iterates has noted the epoch, so that a kill in between leaves none out of the notes.
            if self.finished or time.monotonic() - self._saved >= self._save_every:
                self.save()

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or the pruned net has not become better for the recipe's patience."""
        waited = self.finished_epochs - self._best_epoch if self.best is not None else 0
        return self.finished_epochs >= self.recipe.epochs or waited >= max(1, self.recipe.patience * self.recipe.epochs)

    @property
    def average(self) -> Net:
        """The net whose weights are averages over the last steps: what is measured and kept."""
        return self._average.module

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
        kept = strongest(self.net.cpu(), now, dict(zip(now.size, wanted, strict=True)))
        cut = Cut(self.net, kept)
        momenta = self._cut_momenta(cut)
        self._start(cut.net, Cut(self.average.cpu(), kept).net)
        self._optimiser.state.update(momenta)

    def _cut_momenta(self, cut: Cut) -> dict[Tensor, dict[str, Tensor]]:
        """By parameter, in its own memory layout: the fused step takes both for flat arrays."""
        found, state = {}, self._optimiser.state
        for (name, old), new in zip(self.net.named_parameters(), cut.net.parameters(), strict=True):
            taken = {k: cut.take(name, v.cpu()) if v.dim() else v for k, v in state.get(old, {}).items()}
            found[new] = {
                k: torch.empty_like(new.data).copy_(v).to(self._device) if v.dim() else v for k, v in taken.items()
            }
        return {parameter: parts for parameter, parts in found.items() if parts}

    def _one_pass(self) -> tuple[float, float]:
        """Train on every sample once; return the mean loss and the share that was right."""
        self.net.train()
        order = torch.randperm(len(self._x), generator=self._generator)
        batches = order.split(self.recipe.batch)[: self._steps]  # the incomplete last batch waits for another order
        loss_sum, right, of = 0.0, 0, 0
        for step, index in enumerate(batches, self.finished_epochs * self._steps):
            self._schedule.step_update(step)
            changed = self.goal.changed(self._x[index], self._y[index], self.recipe.augment, self._generator)
            x, y = (part.to(self._device) for part in changed)
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
            self._average.update(self.net, step)
            loss_sum += loss.item() * len(y)
            hits, count = self.goal.right(answers, y, x)
            right, of = right + hits, of + count
        return loss_sum / sum(map(len, batches)), right / max(1, of)

    def _start(self, net: Net, average: Net) -> None:
        """Go on with these weights and this average of them, and an optimiser that knows nothing yet."""
        r = self.recipe
        steps = r.epochs * self._steps
        self.net = net.to(self._device)
        span = max(1.0, r.average * steps)
        self._average = timm.utils.ModelEmaV3(average.to(self._device), decay=1 - 1 / span, use_warmup=True)
        self._optimiser = timm.optim.create_optimizer_v2(
            self.net, opt="adamw", lr=r.learning_rate, weight_decay=r.weight_decay, fused=True
        )
        self._schedule = timm.scheduler.CosineLRScheduler(
            self._optimiser,
            t_initial=steps,
            warmup_t=round(r.warm_up * steps),
            warmup_lr_init=r.learning_rate / 100,
            warmup_prefix=False,
            t_in_epochs=False,
        )

    def save(self) -> None:
        """Write the checkpoint, if there is one."""
        if self.checkpoint is None:
            return
        state = {
            "of": self._of,
            "channels": [layer.channels for layer in self.net.layers],
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "generator": self._generator.get_state(),
            "finished_epochs": self.finished_epochs,
            "best": None if self.best is None else self.best.state_dict(),
            "best_accuracy": self._best_accuracy,
            "best_epoch": self._best_epoch,
        }
        save(state, self.checkpoint)
        self._saved = time.monotonic()

    def _restore(self, state: dict) -> None:
        layers = zip(self.net.layers, state["channels"], strict=True)
        net = Net(tuple(replace(layer, channels=n) for layer, n in layers), self.net.input_shape)
        self._start(net, net)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._generator.set_state(state["generator"])
        self.finished_epochs = state["finished_epochs"]
        self._best_accuracy, self._best_epoch = state["best_accuracy"], state["best_epoch"]
        if state["best"] is not None:
            self.best = Net(self._pruned, self.net.input_shape).eval()
            self.best.load_state_dict(state["best"])


def tensors(x: np.ndarray, y: np.ndarray | Boxes) -> tuple[Tensor, Tensor]:
    """Arrays `(n, height, width, channels)` and `(n,)` as torch takes them, channels first; boxes are padded."""
    return torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y.padded() if isinstance(y, Boxes) else y)
