"""What the generated C can do, checked before a line of it is written."""

from __future__ import annotations

import math

import numpy as np

from pnas_kit.deploy.model import PROBABILITY, Affine, QuantModel, Weights
from pnas_kit.space.layers import Layer, Shape, ShapeError, shapes

from .numbers import CodeError

KINDS = ("conv", "depthwise", "linear", "add", "concat", "max_pool", "global_pool", "softmax")
COPYING = ("concat", "max_pool", "global_pool")
LARGEST_SIDE, LARGEST_KERNEL = 65535, 255  # what the C structures hold
LARGEST_SOFTMAX = 511  # the sum of its exponentials stays below 2^28, and the shift that follows from it below 32
LARGEST_INT4_ROW = 100_000  # the kernels' sums of 16 * weight * input stay in int32


def check(model: QuantModel) -> dict[str, Shape]:
    """Shapes by name, once everything else is found right.

    Raises:
        CodeError: an unknown kind of layer, sizes or scales that the C's integers cannot hold, missing weights.
    """
    for layer in model.layers:
        if layer.kind not in KINDS:
            raise CodeError(
                f"layer {layer.name!r} is a {layer.kind!r}, which the C generator does not know; it knows "
                f"{', '.join(KINDS)}: use the .tflite file instead"
            )
    try:
        sizes = shapes(model.layers, model.input_shape)
    except (ShapeError, KeyError) as error:
        raise CodeError(f"the layers do not join: {error}") from None
    for name, size in sizes.items():
        _check_tensor(name, size, model.tensors.get(name))
    for layer in model.layers:
        _check_layer(layer, sizes, model)
    return sizes


def _check_tensor(name: str, size: Shape, reading: Affine | None) -> None:
    if reading is None:
        raise CodeError(f"{name!r} has no scale and zero point: quantise the whole net")
    if not (math.isfinite(reading.scale) and reading.scale > 0 and -128 <= reading.zero_point <= 127):
        raise CodeError(
            f"{name!r}: expected a positive scale and a zero point from -128 to 127, got {reading.scale} and "
            f"{reading.zero_point}: quantise the net again"
        )
    if max(size) > LARGEST_SIDE:
        raise CodeError(f"{name!r} is {size}; the C holds sides up to {LARGEST_SIDE}: choose a smaller input")


def _check_layer(layer: Layer, sizes: dict[str, Shape], model: QuantModel) -> None:
    if max(layer.kernel + layer.stride) > LARGEST_KERNEL:
        raise CodeError(
            f"layer {layer.name!r}: kernel {layer.kernel}, stride {layer.stride}; the C holds up to {LARGEST_KERNEL}"
        )
    readings = [model.tensors[name] for name in layer.inputs]
    if layer.kind in COPYING and any(reading != model.tensors[layer.name] for reading in readings):
        raise CodeError(
            f"layer {layer.name!r} copies integers, so its inputs and its output need one scale and zero point, got "
            f"{readings} and {model.tensors[layer.name]}: quantise the net with `quantise`, which joins them"
        )
    if layer.kind == "add" and len(layer.inputs) != 2:
        raise CodeError(f"layer {layer.name!r} adds {len(layer.inputs)} maps; the C adds two: split it")
    if layer.kind == "softmax":
        _check_softmax(layer, model)
    if layer.kind in ("conv", "depthwise", "linear"):
        _check_weights(layer, sizes[layer.inputs[0]], model.weights.get(layer.name))


def _check_softmax(layer: Layer, model: QuantModel) -> None:
    if model.tensors[layer.name] != PROBABILITY:
        raise CodeError(
            f"layer {layer.name!r}: a softmax writes with scale 1/256 and zero point -128, got {model.tensors[layer.name]}: "
            "use `with_softmax`"
        )
    if layer.channels > LARGEST_SOFTMAX:
        raise CodeError(
            f"layer {layer.name!r} is a softmax over {layer.channels} values; its integers hold {LARGEST_SOFTMAX}: leave it "
            "out, the greatest value is the same without"
        )


def _check_weights(layer: Layer, source: Shape, part: Weights | None) -> None:
    if part is None:
        raise CodeError(f"layer {layer.name!r} has no weights: quantise the whole net")
    if part.bits not in ((8, 4) if layer.kind == "conv" else (8,)):
        raise CodeError(
            f"layer {layer.name!r}, a {layer.kind}, has {part.bits}-bit weights; the C runs 8 bits, and 4 in a conv: "
            "quantise it again with one of these"
        )
    expected = {
        "conv": (layer.channels, *layer.kernel, source[2]),
        "depthwise": (1, *layer.kernel, layer.channels),
        "linear": (layer.channels, math.prod(source)),
    }[layer.kind]
    scales = 1 if layer.kind == "linear" else layer.channels
    if part.values.shape != expected or part.values.dtype != np.int8 or part.scales.shape != (scales,):
        raise CodeError(
            f"layer {layer.name!r}: expected int8 weights {expected} with {scales} scales, got {part.values.dtype} "
            f"{part.values.shape} with {part.scales.shape}"
        )
    _check_reals(layer, part)
    if part.bits == 4 and (np.abs(part.values.astype(int)).max() > 7 or part.values[0].size > LARGEST_INT4_ROW):
        raise CodeError(
            f"layer {layer.name!r}: expected int4 weights from -7 to 7, up to {LARGEST_INT4_ROW} for a channel, got values "
            f"up to {np.abs(part.values.astype(int)).max()} and {part.values[0].size}: quantise it with 8 bits"
        )
    if layer.kind == "linear" and expected[1] > LARGEST_SIDE:
        raise CodeError(f"layer {layer.name!r} reads {expected[1]} values; the C holds {LARGEST_SIDE}: pool before it")


def _check_reals(layer: Layer, part: Weights) -> None:
    good = np.isfinite(part.scales) & (part.scales > 0)
    if not good.all():
        worst = int(good.argmin())
        raise CodeError(
            f"layer {layer.name!r}, channel {worst}: expected a positive scale of its weights, got {part.scales[worst]}: "
            "a net with weights that are not finite was quantised; train it again, with a smaller learning rate"
        )
    if part.bias.shape != (layer.channels,) or np.abs(part.bias.astype(float)).max() >= 2**31:
        raise CodeError(
            f"layer {layer.name!r}: expected {layer.channels} biases that int32 holds, got {part.bias.shape} up to "
            f"{np.abs(part.bias.astype(float)).max():.3g}: quantise the net again, or prune the channel"
        )
