"""Real scales as the integers that the kernels multiply with; TFLite's rules, to the last bit."""

from __future__ import annotations

import math

import numpy as np

from pnas_kit.deploy.model import Affine


class CodeError(ValueError):
    """A net that cannot become C; the text says why and what to do."""


def fixed_point(real: float) -> tuple[int, int]:
    """`(multiplier, shift)` so that real is about multiplier * 2^(shift - 31), as TFLite's QuantizeMultiplier gives them.

    The multiplier has 31 bits and is at least 2^30, or 0 where real is too small to move any int32.
    """
    fraction, exponent = math.frexp(real)
    multiplier = math.floor(fraction * 2**31 + 0.5)
    if multiplier == 2**31:
        multiplier, exponent = 2**30, exponent + 1
    return (0, 0) if exponent < -31 else (multiplier, exponent)


def activation_range(act: str | None, reading: Affine) -> tuple[int, int]:
    """Least and greatest int8 output that the fused activation lets through."""
    low, high = -128, 127
    if act is not None:
        low = max(low, reading.zero_point)
    if act == "relu6":
        # float32 throughout and halves away from zero, as in CalculateActivationRangeQuantized.
        six = math.floor(float(np.float32(6) / np.float32(reading.scale)) + 0.5)
        high = min(high, reading.zero_point + six)
    return low, high


def channel_scales(
    weight_scales: np.ndarray, source: Affine, target: Affine, *, linear: bool, channels: int
) -> tuple[np.ndarray, np.ndarray]:
    """Multipliers and shifts int64 `(channels,)` from sums of products to outputs.

    A linear layer multiplies its two scales as float32 first, a convolution as double: so do TFLite's kernels.
    """
    into, out = np.float32(source.scale), float(np.float32(target.scale))
    if linear:
        reals = [float(np.float32(into * np.float32(weight_scales[0]))) / out] * channels
    else:
        reals = [float(into) * float(scale) / out for scale in weight_scales.astype(np.float32)]
    pairs = np.array([fixed_point(real) for real in reals], np.int64)
    return pairs[:, 0], pairs[:, 1]


SOFTMAX_INTEGER_BITS = 5  # of the exponent, whose other 26 bits are its fraction


def softmax_scale(source: Affine) -> tuple[int, int, int]:
    """`(multiplier, shift, least)` from differences of stored integers to exponents, as TFLite's softmax prepares them.

    Below `least` a difference counts as minus infinity.

    Raises:
        CodeError: the input's steps are too small.
    """
    fraction_bits = 31 - SOFTMAX_INTEGER_BITS
    real = min(float(np.float32(source.scale)) * 2**fraction_bits, 2.0**31 - 1)
    if real <= 1:
        raise CodeError(f"a softmax of steps of {source.scale:.3g} is the same for all: train the net again")
    multiplier, shift = fixed_point(real)
    return multiplier, shift, max(-255, -(((2**SOFTMAX_INTEGER_BITS - 1) * 2**fraction_bits) >> shift))
