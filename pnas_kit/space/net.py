"""The layers as a torch module."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layers import INPUT, Layer, Layers, Shape, outputs, same_padding, shapes

ACTIVATIONS = {None: nn.Identity, "relu": nn.ReLU, "relu6": nn.ReLU6}


class Net(nn.Module):
    """Runs `layers` on float32 `(batch, channels, height, width)` and returns logits `(batch, classes)`.

    Where the layers have several outputs, they come by name in the order of `outputs`: maps are float32
    `(batch, channels, height, width)`.

    Blocks are found by layer name with dots replaced: `net.blocks["g0b1_dw"].conv`. Maps and weights are kept channels-last,
    in which these nets train 1.2 to 2 times as fast on a CPU (`benchmarks/training_speed.py`).
    """

    def __init__(self, layers: Layers, input_shape: Shape) -> None:
        super().__init__()
        self.layers = layers
        self.input_shape = input_shape
        sizes = shapes(layers, input_shape)
        self._outputs = outputs(layers)
        self.blocks = nn.ModuleDict({key(layer): _block(layer, sizes, layer.name in self._outputs) for layer in layers})
        self._last_use = {name: i for i, layer in enumerate(layers) for name in layer.inputs}
        self.to(memory_format=torch.channels_last)

    def forward(self, x: Tensor) -> Tensor | dict[str, Tensor]:
        maps = {INPUT: x.contiguous(memory_format=torch.channels_last)}
        for i, layer in enumerate(self.layers):
            maps[layer.name] = self.blocks[key(layer)](*(maps[name] for name in layer.inputs))
            for name in layer.inputs:
                if self._last_use[name] == i:
                    maps.pop(name, None)
        answers = {name: maps[name] for name in self._outputs}
        return answers if len(answers) > 1 else maps[self._outputs[0]]


def key(layer: Layer) -> str:
    """Name of the layer's block in `Net.blocks` (torch forbids dots)."""
    return layer.name.replace(".", "_")


def build(layers: Layers, input_shape: Shape, seed: int) -> Net:
    """A net with fresh weights: He-normal convolutions (He 2015), unit batch norms, all drawn from one generator."""
    with torch.device("meta"):
        net = Net(layers, input_shape)
    net = net.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                drawn = torch.randn(module.weight.shape, generator=generator)  # in an order that no memory layout changes
                module.weight.copy_(drawn * math.sqrt(2 / drawn[0].numel()))
            if isinstance(module, nn.BatchNorm2d):
                module.reset_running_stats()
                module.weight.fill_(1)
            if getattr(module, "bias", None) is not None:
                module.bias.zero_()
    return net


class Rescale(nn.BatchNorm2d):
    """The scale and shift of a batch norm without the batch: for maps that the network answers with.

    A logit that is brought to unit spread in every batch moves with its scale and shift alone, a learning rate's worth a
    step, and one for "no object here" has far to go.
    """

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: tuple[int, int],
    padding: tuple[int, int] = (0, 0),
    groups: int = 1,
) -> Tensor:
    """torch's, but that a pointwise one is given only the places that it looks at.

    As one operation with a stride, on few channels, its weight gradient writes beyond a buffer of oneDNN's
    (uxlfoundation/oneDNN#6035, in torch 2.13), which ends the process or, worse, does not.
    """
    if weight.shape[2:] == (1, 1) and stride != (1, 1):
        x, stride = x[:, :, :: stride[0], :: stride[1]], (1, 1)
    return F.conv2d(x, weight, bias, stride, padding, groups=groups)


class _Conv2d(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight, self.bias, self.stride, self.padding, self.groups)


class _Conv(nn.Module):
    """Convolution with SAME padding, batch norm, activation."""

    def __init__(self, layer: Layer, source: Shape, answers: bool) -> None:
        super().__init__()
        pads = [same_padding(source[axis], layer.kernel[axis], layer.stride[axis]) for axis in (0, 1)]
        even = all(before == after for before, after in pads)
        self.pads = None if even else (*pads[1], *pads[0])
        groups = source[2] if layer.kind == "depthwise" else 1
        inside = (pads[0][0], pads[1][0]) if even else (0, 0)
        self.conv = _Conv2d(source[2], layer.channels, layer.kernel, layer.stride, inside, groups=groups, bias=False)
        self.norm = (Rescale if answers else nn.BatchNorm2d)(layer.channels)
        self.act = ACTIVATIONS[layer.act]()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.norm(self.conv(x if self.pads is None else F.pad(x, self.pads))))


class _MaxPool(nn.Module):
    """Max pooling with SAME padding; what is padded never wins."""

    def __init__(self, layer: Layer, source: Shape) -> None:
        super().__init__()
        pads = [same_padding(source[axis], layer.kernel[axis], layer.stride[axis]) for axis in (1, 0)]
        self.pads = (*pads[0], *pads[1])
        self.kernel, self.stride = layer.kernel, layer.stride

    def forward(self, x: Tensor) -> Tensor:
        return F.max_pool2d(F.pad(x, self.pads, value=-math.inf), self.kernel, self.stride)


class _Join(nn.Module):
    """Element-wise sum or concatenation over channels, then the activation."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.join = (lambda parts: torch.cat(parts, 1)) if layer.kind == "concat" else sum
        self.act = ACTIVATIONS[layer.act]()

    def forward(self, *parts: Tensor) -> Tensor:
        return self.act(self.join(parts))


class _GlobalPool(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3), keepdim=True)


class _Linear(nn.Module):
    def __init__(self, layer: Layer, source: Shape) -> None:
        super().__init__()
        self.linear = nn.Linear(math.prod(source), layer.channels)
        self.act = ACTIVATIONS[layer.act]()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.linear(x.flatten(1)))


def _block(layer: Layer, sizes: dict[str, Shape], answers: bool) -> nn.Module:
    source = sizes[layer.inputs[0]]
    match layer.kind:
        case "conv" | "depthwise":
            return _Conv(layer, source, answers)
        case "max_pool":
            return _MaxPool(layer, source)
        case "global_pool":
            return _GlobalPool()
        case "linear":
            return _Linear(layer, source)
        case "softmax":
            return nn.Softmax(1)
        case _:
            return _Join(layer)
