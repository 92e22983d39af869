"""Training a large network: what prototypes are compared with, and what they may learn from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .checkpoint import save, taken_up
from .data import Card
from .goal import goal_for
from .large import large_network
from .recipe import recipe_for

BATCH, RATE, DECAY, SMOOTHING, WARM_UP = 32, 2e-3, 0.02, 0.05, 0.1
SHORTEST = 20
"""Steps that the schedule is laid out for at least: a warm-up of a tenth needs two."""
SAVE_SECONDS = 30.0
FORMAT = 1
"""Of its checkpoints."""


def default_epochs(samples: int) -> int:
    """Many passes over small sets, few over large ones."""
    return min(300, max(30, round(100_000 / samples)))


def bfloat16_is_fast() -> bool:
    """Whether the CPU multiplies bfloat16 itself; others would only pretend to, and more slowly than float32."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


class LargeTraining:
    """Iterate over it to train with AdamW, warm-up and cosine; each step of the iteration is an epoch and its mean loss.

    Maps are channels-last, and a CPU that has bfloat16 computes layers in it, both faster (`benchmarks/training_speed.py`);
    weights and loss stay float32.

    Args:
        card: of the data set.
        x, y: what is trained on, as of `tensors`.
        epochs: passes over it.
        seed: of weights, order and augmentation.
        checkpoint: file to save to and to go on from.
        save_seconds: between two saves; 0 saves every epoch.
        device: where it is computed.
    """

    def __init__(
        self,
        card: Card,
        x: Tensor,
        y: Tensor,
        epochs: int,
        seed: int,
        checkpoint: Path,
        *,
        save_seconds: float = SAVE_SECONDS,
        device: torch.device | str = "cpu",
    ) -> None:
        self._epochs, self._checkpoint, self._device = epochs, checkpoint, device
        self.name, net = large_network(card, seed)
        self.net = net.to(device, memory_format=torch.channels_last)
        self._half_precision = torch.autocast("cpu", torch.bfloat16, enabled=str(device) == "cpu" and bfloat16_is_fast())
        self._x, self._y, self._goal = x, y, goal_for(card)
        self._augment = recipe_for(card.name, card.task, card.train, epochs).augment
        self._generator = torch.Generator().manual_seed(seed)
        self._optimiser = torch.optim.AdamW(self.net.parameters(), lr=RATE, weight_decay=DECAY, fused=True)
        self._steps = max(1, len(x) // BATCH)
        total = max(SHORTEST, self._steps * epochs)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, max_lr=RATE, total_steps=total, pct_start=WARM_UP, cycle_momentum=False
        )
        self.done, self.seconds = 0, 0.0
        self._save_seconds, self._saved = save_seconds, time.perf_counter()
        self._of = {"format": FORMAT, "data": card.name, "epochs": epochs, "seed": seed, "samples": len(x)}
        if state := taken_up(checkpoint, self._of, device):
            self._restore(state)

    def __iter__(self) -> Iterator[tuple[int, float]]:
        while self.done < self._epochs:
            start = time.perf_counter()
            loss = self._one_pass()
            self.done += 1
            self.seconds += time.perf_counter() - start
            if time.perf_counter() - self._saved >= self._save_seconds or self.done == self._epochs:
                self._save()
            yield self.done, loss

    def _one_pass(self) -> float:
        self.net.train()
        total = 0.0
        for index in torch.randperm(len(self._x), generator=self._generator).split(BATCH)[: self._steps]:
            changed = self._goal.changed(self._x[index], self._y[index], self._augment, self._generator)
            x, y = (part.to(self._device) for part in changed)
            loss = self._goal.loss(self._found(x), y, x, SMOOTHING)
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self._optimiser.step()
            self._schedule.step()
            total += loss.item()
        return total / self._steps

    def _found(self, x: Tensor) -> Tensor | dict[str, Tensor]:
        with self._half_precision:
            found = self.net(x.contiguous(memory_format=torch.channels_last))
        return {name: part.float() for name, part in found.items()} if isinstance(found, dict) else found.float()

    @torch.no_grad()
    def answers(self, x: Tensor) -> np.ndarray:
        """A classifier's logits, float32 `(samples, classes)`, of samples `(samples, channels, height, width)`."""
        self.net.eval()
        return torch.cat([self.net(part.to(self._device)).cpu() for part in x.split(256)]).numpy()

    def _save(self) -> None:
        state = {"net": self.net, "optimiser": self._optimiser, "schedule": self._schedule}
        state = {name: part.state_dict() for name, part in state.items()}
        state |= {"generator": self._generator.get_state(), "done": self.done, "seconds": self.seconds, "of": self._of}
        self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
        save(state, self._checkpoint)
        self._saved = time.perf_counter()

    def _restore(self, state: dict) -> None:
        self.net.load_state_dict(state["net"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self._generator.set_state(state["generator"].cpu())
        self.done, self.seconds = state["done"], state["seconds"]
