"""The constants of a convolution or linear layer: biases with the zero point folded in, multipliers, shifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pnas_kit.deploy.model import QuantModel
from pnas_kit.space.layers import Layer

from .numbers import CodeError, channel_scales

ROOM = 2**31 - 256  # sums stay below, so that adding the output's zero point cannot overflow either

LARGEST_SHIFT = 21  # (1 + 2 * zero point) << shift stays below 2^30, and so does the product that it is added to


@dataclass(frozen=True, eq=False)
class Sums:
    """How a layer's sums of products become outputs.

    Attributes:
        bias: int64 `(channels,)`, the sum for an input that is zero throughout, in stored integers.
        scale, shift: int64 `(channels,)`; output = sum * scale / 2^(32 + shift), and shift is negative where the
            sum is to be doubled first.
        short: all sums stay below 2^30 and no shift is negative or large, so that NN_ANY_SCALE is not needed.
    """

    bias: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    short: bool


def sums(layer: Layer, model: QuantModel) -> Sums:
    """The constants of `layer`.

    Raises:
        CodeError: sums could leave int32.
    """
    part, source = model.weights[layer.name], model.tensors[layer.inputs[0]]
    axes = (0, 1, 2) if layer.kind == "depthwise" else tuple(range(1, part.values.ndim))
    weights = part.values.astype(np.int64)
    # sum((x - zero) * w) = sum(x * w) - zero * sum(w); padding holds x = zero, so it adds nothing there either.
    bias = part.bias.astype(np.int64) - source.zero_point * weights.sum(axis=axes)
    # The most that any partial sum can reach, whatever the input and the order.
    most = np.abs(bias) + 128 * np.abs(weights).sum(axis=axes)
    multiplier, exponent = channel_scales(
        part.scales, source, model.tensors[layer.name], linear=layer.kind == "linear", channels=layer.channels
    )
    shift = np.where(multiplier == 0, 0, -exponent - 1)
    doubled = most.astype(np.float64) * np.exp2(np.maximum(exponent, 0))
    worst = int(doubled.argmax())
    if doubled[worst] >= ROOM:
        raise CodeError(
            f"layer {layer.name!r}, channel {worst}: sums may reach {doubled[worst]:.3g}, and int32 holds {ROOM:.3g}: "
            "the channel's weights are tiny beside its bias or its output; prune it or train the net longer"
        )
    # Below half a step whatever the input: such a channel gives the zero point with the multiplier 0 just as well.
    still = most < np.exp2(shift)
    multiplier, shift = np.where(still, 0, multiplier), np.where(still, 0, shift)
    short = most.max() < 2**30 and shift.min() >= 0 and shift.max() <= LARGEST_SHIFT
    return Sums(bias, multiplier, shift, bool(short))
