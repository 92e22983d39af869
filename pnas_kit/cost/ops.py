"""What a network computes, operator by operator."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pnas_kit.space.layers import Layer, Layers, Shape, shapes


@dataclass(frozen=True)
class Op:
    """One operator of the deployed int8 network.

    Attributes:
        name: the layer's name, also that of the output tensor.
        kind: the layer's kind, with 1x1 convolutions told apart as "pointwise".
        inputs: names of the input tensors.
        output_bytes: size of the output feature map, one byte an element.
        macs: multiply-accumulates; 0 for adds, pools and concatenations.
        params: weights and biases.
        weight_bytes: weights as stored, two int4 values to a byte, and int32 biases.
        scratch_bytes: memory that the runtime wants while the operator runs: int4 weights are unpacked there.
        bits: of a weight.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    output_bytes: int
    macs: int
    params: int
    weight_bytes: int
    scratch_bytes: int = 0
    bits: int = 8


def trace(layers: Layers, input_shape: Shape) -> list[Op]:
    """The operators in the order they run.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    sizes = shapes(layers, input_shape)
    return [_op(layer, sizes[layer.inputs[0]], sizes[layer.name]) for layer in layers]


def _op(layer: Layer, source: Shape, target: Shape) -> Op:
    weights = _weights(layer, source)
    biases = layer.channels if weights else 0
    macs = weights * target[0] * target[1]
    kind = "pointwise" if layer.kind == "conv" and layer.kernel == (1, 1) else layer.kind
    stored = -(-weights * layer.bits // 8)
    scratch = weights if layer.bits < 8 else 0
    params, stored = weights + biases, stored + 4 * biases
    return Op(layer.name, kind, layer.inputs, math.prod(target), macs, params, stored, scratch, layer.bits)


def _weights(layer: Layer, source: Shape) -> int:
    match layer.kind:
        case "conv":
            return math.prod(layer.kernel) * source[2] * layer.channels
        case "depthwise":
            return math.prod(layer.kernel) * layer.channels
        case "linear":
            return math.prod(source) * layer.channels
        case _:
            return 0
