"""RAM and flash of the generated C, which `pnas_kit.deploy.c` lays out with the functions in here.

RAM is one arena: feature maps, and the scratch of the kernels while they run. There is nothing else to keep, since
multipliers and structures are constants in flash. The stack is the application's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from pnas_kit.space.layers import Layer, Layers, Shape, outputs, shapes

from .memory import Buffer, lifetimes, plan
from .ops import Op, trace

GENERATED_C = "generated C"
"""The engine that is our own: the network written out as C, without a runtime."""

TILE = 32
"""Columns that the depthwise kernel takes at a time (NN_TILE in the C): bounds its scratch on long series."""

FEW, NARROW = 200, 8
"""Outputs of a channel times weights, and columns, below which a depthwise convolution runs channel by channel: on the
Cortex-M4 the row kernel needs fewer instructions from about there on (`python benchmarks/chip_kernels.py`)."""

WORD = 4

FIXED_CODE = 72
"""Bytes of `nn_init`, `nn_input`, `nn_output`, `nn_output_at` and of `nn_run` without its calls. These and the tables below
are measured with arm-none-eabi-gcc 12.2 at -O2 for the Cortex-M4; other compilers differ in the code, not in the weights."""

KERNEL_CODE = {
    "conv": 2296, "int4": 768, "depthwise": 1316, "few": 776, "add": 266, "concat": 34, "max_pool": 280, "global_pool": 114,
    "softmax": 816,
}  # fmt: skip
"""Bytes of each kernel and what it calls, once per image that uses it."""

CALL_CODE = {
    "conv": 18, "depthwise": 15, "linear": 18, "add": 12, "concat": 15, "max_pool": 18, "global_pool": 18, "softmax": 12,
}  # fmt: skip
"""Bytes of one call in `nn_run`; a concatenation calls once for each input."""

STRUCTURE = {"conv": 40, "depthwise": 40, "linear": 40, "add": 24, "max_pool": 18, "softmax": 16}
"""Bytes of a layer's constant structure."""

INT4_GROUP = 8
"""int4 weights that the kernels take at a time: a channel's weights are filled up to a multiple of it."""

CHANNEL_BYTES = 9
"""Of every output channel: bias and multiplier of four bytes, shift of one."""


def conv_scratch_bytes(weights: int, pixels: int, *, direct: bool, input_channels: int, bits: int = 8) -> int:
    """Scratch of a convolution: two widened patches (one, if the output is one pixel), and one to gather bytes in.

    Args:
        weights: kernel height * kernel width * input channels.
        pixels: of the output.
        direct: a 1x1 kernel with stride 1, whose patches lie ready in the input.
        input_channels: in multiples of four, rows are widened from where they lie and nothing is gathered.
        bits: of a weight; int4 weights come in groups of eight.
    """
    groups = 2 * -(-weights // INT4_GROUP) if bits == 4 else -(-weights // 4)
    gathered = 0 if direct or input_channels % 4 == 0 else weights
    return groups * (16 if pixels > 1 else 8) + gathered


def few(layer: Layer, target: Shape) -> bool:
    """Whether a depthwise convolution has so few outputs that the generated C runs it channel by channel."""
    return math.prod(layer.kernel) * target[0] * target[1] <= FEW and target[1] < NARROW


def depthwise_scratch_bytes(layer: Layer, target: Shape) -> int:
    """Scratch of a depthwise convolution: weights and a ring of rows, for up to four channels; or an offset a weight."""
    if few(layer, target):
        return WORD * math.prod(layer.kernel)
    (height, width), stride = layer.kernel, layer.stride[1]
    pairs = width // 2 + 1
    columns = -(-min(target[1], TILE) // 4) * 4
    row = ((columns - 1) * stride + 2 * pairs + 3) // 2
    table = 2 * height * (2 * pairs if stride == 1 else pairs)
    return min(4, layer.channels) * WORD * (table + height * row)


def scratch_bytes(layer: Layer, source: Shape, target: Shape) -> int:
    """Scratch of one layer's kernel, 0 for those that need none."""
    if layer.kind == "depthwise":
        return depthwise_scratch_bytes(layer, target)
    if layer.kind == "linear":
        return conv_scratch_bytes(math.prod(source), 1, direct=True, input_channels=1)
    if layer.kind != "conv":
        return 0
    direct = layer.kernel == (1, 1) and layer.stride == (1, 1)
    weights = math.prod(layer.kernel) * source[2]
    return conv_scratch_bytes(weights, target[0] * target[1], direct=direct, input_channels=source[2], bits=layer.bits)


def c_ops(layers: Layers, input_shape: Shape) -> list[Op]:
    """The operators with the scratch of the generated C's kernels.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    sizes = shapes(layers, input_shape)
    scratch = [scratch_bytes(layer, sizes[layer.inputs[0]], sizes[layer.name]) for layer in layers]
    return [replace(op, scratch_bytes=size) for op, size in zip(trace(layers, input_shape), scratch, strict=True)]


def c_buffers(layers: Layers, input_shape: Shape) -> list[Buffer]:
    """Feature maps and scratch with their offsets in the arena.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    return plan(lifetimes(c_ops(layers, input_shape), input_shape))


def c_ram_bytes(layers: Layers, input_shape: Shape) -> int:
    """Bytes of the generated C's arena, exactly: its only variable."""
    return _top(c_buffers(layers, input_shape))


def _top(buffers: Sequence[Buffer]) -> int:
    return max(b.offset + b.size for b in buffers)


def c_flash_bytes(layers: Layers, input_shape: Shape) -> int:
    """Bytes of code and constants of the generated C on a Cortex-M4 at -O2, without start-up and application.

    Constants are exact; the code is a table of measured kernels, which the tests hold within 5 % of the whole.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    ops, sizes = trace(layers, input_shape), shapes(layers, input_shape)
    kinds = {_kernel(layer, sizes[layer.name]) for layer in layers}
    kinds |= {"int4" for layer in layers if layer.bits == 4}
    rows = [layer for layer in layers if _kernel(layer, sizes[layer.name]) == "depthwise"]
    lines = {(layer.stride[1], layer.kernel[0], layer.kernel[1] // 2 + 1) for layer in rows}
    calls = sum(CALL_CODE[la.kind] * (len(la.inputs) if la.kind == "concat" else 1) for la in layers)
    constants = sum(_constants(layer, op) for layer, op in zip(layers, ops, strict=True))
    kernels = sum(KERNEL_CODE[kind] for kind in kinds) + sum(_line_code(height, pairs) for _, height, pairs in lines)
    starts = WORD * (len(outputs(layers)) - 1)
    return FIXED_CODE + starts + kernels + calls + constants


def _kernel(layer: Layer, target: Shape) -> str:
    if layer.kind == "depthwise" and few(layer, target):
        return "few"
    return "conv" if layer.kind == "linear" else layer.kind


def _constants(layer: Layer, op: Op) -> int:
    """Bytes of a layer's structure and arrays, each array filled up to a word."""
    structure = STRUCTURE.get(layer.kind, 0)
    if not op.params:
        return structure
    weights = op.params - layer.channels
    if layer.bits == 4:
        weights = layer.channels * -(-weights // layer.channels // INT4_GROUP) * INT4_GROUP // 2
    spare = 3 if layer.bits == 8 and layer.kind != "depthwise" and weights // layer.channels % 4 else 0
    arrays = (weights + spare, 4 * layer.channels, 4 * layer.channels, layer.channels)
    return structure + sum(-(-size // WORD) * WORD for size in arrays)


def _line_code(height: int, pairs: int) -> int:
    """Bytes of the depthwise kernel's inner loop for one kernel and stride; up to three rows are unrolled."""
    return 326 + 60 * height + 22 * pairs if height <= 3 else 462 + 15 * pairs
