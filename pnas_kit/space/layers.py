"""A network as plain data: a tuple of layers in the order they run.

Everything reads this one description: the cost model counts it, `net.py` runs it in torch, the exporter writes it. So the
numbers on the screen and the file on the chip cannot drift apart. Padding is TensorFlow's SAME throughout, which the
runtime's kernels do for free; series are images of height 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Shape = tuple[int, int, int]
"""Height, width and channels of one feature map."""

KINDS = ("conv", "depthwise", "linear", "add", "concat", "max_pool", "global_pool", "softmax")
ACTIVATIONS = (None, "relu", "relu6")
PRECISIONS = (8, 4)
"""Bits of a convolution's weights that the runtimes execute; depthwise and linear layers stay at 8."""
INPUT = "input"


class ShapeError(ValueError):
    """The input shape cannot pass through the network; the message says where and why."""


@dataclass(frozen=True)
class Layer:
    """One operator with its fused activation; its name is also the name of its output tensor.

    `channels` counts output channels (units of a linear layer). `group` is the pruning group whose sparsity applies,
    None where nothing is pruned. Convolutions carry a batch norm that export folds away. `bits` is the precision of a
    convolution's deployed weights; activations are always int8.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    channels: int
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    act: str | None = None
    group: int | None = None
    bits: int = 8

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"layer {self.name}: kind is one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.act not in ACTIVATIONS:
            raise ValueError(f"layer {self.name}: act is one of {ACTIVATIONS}, got {self.act!r}")
        if self.bits not in PRECISIONS or (self.bits != 8 and self.kind != "conv"):
            raise ValueError(f"{self.name}: weights are int8, or int4 in a convolution, got int{self.bits} in {self.kind}")
        if self.channels < 1:
            raise ValueError(f"layer {self.name}: channels are at least 1, got {self.channels}")


Layers = tuple[Layer, ...]


def outputs(layers: Layers) -> tuple[str, ...]:
    """Names of the tensors that the network answers with, in the order of the layers: those that no layer reads."""
    read = {name for layer in layers for name in layer.inputs}
    return tuple(layer.name for layer in layers if layer.name not in read)


def flat(layers: Layers) -> set[str]:
    """Names of the tensors that have channels but no rows and columns: a linear layer's, and a softmax over them."""
    found: set[str] = set()
    for layer in layers:
        if layer.kind == "linear" or (layer.kind == "softmax" and layer.inputs[0] in found):
            found.add(layer.name)
    return found


def only_output(layers: Layers, wanted_by: str) -> str:
    """The name of the single output.

    Args:
        wanted_by: what can do with one output only, for the message.

    Raises:
        ValueError: the network has several.
    """
    found = outputs(layers)
    if len(found) != 1:
        raise ValueError(f"{wanted_by} takes a network with one output, this one has {len(found)}: {', '.join(found)}")
    return found[0]


def shapes(layers: Layers, input_shape: Shape) -> dict[str, Shape]:
    """Output shape of the input and of every layer, by name.

    Raises:
        ShapeError: a stride would halve a map that is already one pixel, or joined maps differ.
    """
    found: dict[str, Shape] = {INPUT: input_shape}
    for layer in layers:
        found[layer.name] = _output_shape(layer, [found[name] for name in layer.inputs])
    return found


def output_bytes(layers: Layers, input_shape: Shape) -> list[int]:
    """Bytes of every output, one an element, in the order of `outputs`."""
    sizes = shapes(layers, input_shape)
    return [math.prod(sizes[name]) for name in outputs(layers)]


def _output_shape(layer: Layer, inputs: list[Shape]) -> Shape:
    height, width, channels = inputs[0]
    if layer.kind in ("linear", "global_pool"):
        return 1, 1, layer.channels
    if layer.kind in ("add", "concat"):
        _check_joined(layer, inputs)
        return height, width, layer.channels
    if layer.kind in ("depthwise", "max_pool", "softmax") and layer.channels != channels:
        raise ShapeError(f"{layer.name} keeps its input's {channels} channels, asked for {layer.channels}")
    if max(layer.stride) > 1 and height == width == 1:
        raise ShapeError(f"{layer.name} would halve a map of one pixel: the input is too small for this many strides")
    return -(-height // layer.stride[0]), -(-width // layer.stride[1]), layer.channels


def _check_joined(layer: Layer, inputs: list[Shape]) -> None:
    if len({shape[:2] for shape in inputs}) > 1:
        raise ShapeError(f"{layer.name} joins maps of different size: {inputs}")
    expected = sum(s[2] for s in inputs) if layer.kind == "concat" else inputs[0][2]
    if layer.channels != expected or (layer.kind == "add" and len({s[2] for s in inputs}) > 1):
        raise ShapeError(f"{layer.name} joins {[s[2] for s in inputs]} channels into {layer.channels}")


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after one axis so that the output has ceil(size / stride) elements (TensorFlow SAME)."""
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return total // 2, total - total // 2
