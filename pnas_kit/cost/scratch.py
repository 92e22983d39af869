"""Scratch that CMSIS-NN's kernels ask of TensorFlow Lite Micro's arena, from the library's source.

Derived, not measured: the runtime on this host is built with the reference kernels, which ask for none. The sizes are
those that the library's `..._get_buffer_size` functions state (CMSIS-NN of March 2026: `arm_convolve_...`,
`arm_depthwise_conv_...`, `arm_avgpool_...`, `arm_fully_connected_get_buffer_sizes_s8.c`), and TensorFlow Lite Micro's
kernels request them in their Prepare; for int4 weights too, which stay packed there. The planner places them like any other
buffer, alive while the operator runs.
"""

from __future__ import annotations

import math
from dataclasses import replace

from pnas_kit.space.layers import Layer, Layers, Shape, same_padding, shapes

from .cimage import GENERATED_C, c_ops
from .ops import Op, trace

CMSIS_NN = "TFLM + CMSIS-NN"
DSP = ("cortex-m4f", "cortex-m33", "cortex-m7")
HELIUM = ("cortex-m85",)
HELIUM_LANES, HELIUM_BLOCK = 16, 124
"""Of Helium's kernels: bytes that a row of a patch is filled up to, and channels of a depthwise block (CH_IN_BLOCK_MVE)."""


def planned_ops(layers: Layers, input_shape: Shape, engine: str | None, core: str) -> list[Op]:
    """The operators with the scratch that the engine's kernels ask for on this core; reference kernels' if engine is None.

    Of the generated C it is known exactly (`cimage.py`).

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    if engine == GENERATED_C:
        return c_ops(layers, input_shape)
    ops = trace(layers, input_shape)
    if engine != CMSIS_NN:
        return ops
    sizes = shapes(layers, input_shape)
    return [
        replace(op, scratch_bytes=cmsis_nn_bytes(la, sizes[la.inputs[0]], core)) for op, la in zip(ops, layers, strict=True)
    ]


def cmsis_nn_bytes(layer: Layer, source: Shape, core: str) -> int:
    """Scratch of one operator in CMSIS-NN, compiled with GCC.

    Two patches widened to int16 (with Helium four patches in int8), the weights of a depthwise convolution widened, sums of
    a pool, sums of a linear layer's rows. Helium's 1xN convolutions may ask for less than is said here.
    """
    taps = math.prod(layer.kernel)
    match layer.kind:
        case "conv" if taps > 1:
            if core in HELIUM:
                return 4 * _filled(taps * source[2], HELIUM_LANES)
            return 4 * _filled(taps * source[2], 4)
        case "depthwise" if core in HELIUM:
            return 4 * HELIUM_BLOCK * taps
        case "depthwise" if core in DSP and not _by_the_3x3_kernel(layer, source):
            return 2 * taps * source[2]
        case "global_pool" if core in DSP:
            return 4 * source[2]
        case "linear" if core in HELIUM:
            return 4 * layer.channels
        case _:
            return 0


def _filled(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _by_the_3x3_kernel(layer: Layer, source: Shape) -> bool:
    pads = [same_padding(n, k, s)[0] for n, k, s in zip(source[:2], layer.kernel, layer.stride, strict=True)]
    return layer.kernel == (3, 3) and max(pads) <= 1
