"""Quantisation-aware fine-tuning: a trained net learns to live with its rounded weights and activations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from pnas_kit.space.layers import INPUT, Layer, Layers, outputs
from pnas_kit.space.net import Net, key

from .fold import Folded, apply, fold
from .model import Affine, QuantModel
from .quantiser import Samples, assemble, calibrate

LEARNING_RATE = 3e-4
BATCH = 64


class FakeQuantNet(nn.Module):
    """A folded net, weights and activations rounded as on the chip, with gradients passed straight through.

    Ranges of activations are those of the calibration and stay; weights move, and their scales with them. Rounding follows
    Jacob et al. 2018 (arXiv 1712.05877), section 3.
    """

    def __init__(self, layers: Layers, folded: Mapping[str, Folded], tensors: Mapping[str, Affine]) -> None:
        super().__init__()
        self.layers, self.tensors = layers, tensors
        weighted = [layer for layer in layers if layer.name in folded]
        self.weights = nn.ParameterDict({key(la): _parameter(folded[la.name].weight) for la in weighted})
        self.biases = nn.ParameterDict({key(la): _parameter(folded[la.name].bias) for la in weighted})

    def forward(self, x: Tensor) -> Tensor | dict[str, Tensor]:
        maps = {INPUT: _rounded(x, self.tensors[INPUT])}
        for layer in self.layers:
            part = (self._weight(layer), self.biases[key(layer)]) if key(layer) in self.weights else None
            value = apply(layer, part, [maps[name] for name in layer.inputs])
            maps[layer.name] = _rounded(value, self.tensors[layer.name])
        answers = {name: maps[name] for name in outputs(self.layers)}
        return answers if len(answers) > 1 else next(iter(answers.values()))

    def folded(self) -> dict[str, Folded]:
        """The weights as they are now."""
        return {
            layer.name: Folded(*(part[key(layer)].detach().cpu().double().numpy() for part in (self.weights, self.biases)))
            for layer in self.layers
            if key(layer) in self.weights
        }

    def _weight(self, layer: Layer) -> Tensor:
        weight, most = self.weights[key(layer)], 2 ** (layer.bits - 1) - 1
        axes = tuple(range(weight.dim())) if layer.kind == "linear" else tuple(range(1, weight.dim()))
        step = weight.detach().abs().amax(axes, keepdim=True).clamp(min=1e-12) / most
        return weight + ((weight / step).round().clamp(-most, most) * step - weight).detach()


def _parameter(values) -> nn.Parameter:
    return nn.Parameter(torch.from_numpy(values).float())


def _rounded(x: Tensor, reading: Affine) -> Tensor:
    """`x` on the int8 grid of its tensor; outside the range the gradient is zero, inside it passes."""
    low, high = (-128 - reading.zero_point) * reading.scale, (127 - reading.zero_point) * reading.scale
    inside = x.clamp(low, high)
    return inside + ((inside / reading.scale).round() * reading.scale - inside).detach()


def fine_tune(
    net: Net,
    samples: Samples,
    x: Tensor,
    y: Tensor,
    *,
    epochs: int = 5,
    rate: float = LEARNING_RATE,
    seed: int = 0,
    loss: Callable[[Tensor | dict[str, Tensor], Tensor], Tensor] = F.cross_entropy,
    augment: Callable[[Tensor, Tensor, Generator], tuple[Tensor, Tensor]] | None = None,
    device: torch.device | str = "cpu",
) -> Iterator[QuantModel]:
    """Yield the integer net before fine-tuning and after each epoch; the caller chooses.

    Args:
        net: a trained net; not changed.
        samples: for calibration, as `quantise` takes them.
        x, y: training split, float32 `(n, channels, height, width)` and int64 `(n,)`, or what the loss takes.
        epochs: passes over it, the learning rate falling along a cosine.
        rate: first learning rate of Adam.
        seed: of the order of the samples and of their changes.
        loss: of the outputs (by name where there are several) and y.
        augment: changes each batch at random, as it was in training: a net that sees the samples as they are unlearns what
            the changes taught it.
        device: where it is computed.

    Raises:
        QuantError: as `quantise`.
    """
    folded = fold(net)
    tensors = calibrate(net.layers, net.input_shape, folded, samples)
    student = FakeQuantNet(net.layers, folded, tensors).to(device)
    yield assemble(net.layers, tuple(net.input_shape), folded, tensors)
    optimiser = torch.optim.Adam(student.parameters(), rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    generator = Generator().manual_seed(seed)
    for _ in range(epochs):
        for index in torch.randperm(len(x), generator=generator).split(BATCH):
            part = augment(x[index], y[index], generator) if augment else (x[index], y[index])
            seen, wanted = (tensor.to(device) for tensor in part)
            optimiser.zero_grad()
            loss(student(seen), wanted).backward()
            optimiser.step()
        schedule.step()
        yield assemble(net.layers, tuple(net.input_shape), student.folded(), tensors)
