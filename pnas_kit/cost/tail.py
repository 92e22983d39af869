"""What TensorFlow Lite Micro keeps for good at the end of its arena: structures, and two numbers a channel.

The sizes below are those of TFLM's structures (`TfLiteEvalTensor`, `NodeAndRegistration`, the operators' data and options)
plus the multiplier and shift of every output channel, each allocation rounded up to 16 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from pnas_kit.space.layers import Layers, outputs

ALIGNMENT = 16

HOST = {
    "fixed": 650, "output": 101, "conv": 244, "depthwise": 244, "linear": 237, "add": 160, "max_pool": 160,
    "global_pool": 160, "concat": 176, "softmax": 176,
}  # fmt: skip
"""On a 64-bit machine, measured: within 16 bytes of tflite-micro on nets of all families, classifiers and detectors. "fixed"
covers the runtime and the input. Of a convolution's 244 bytes, 72 are three tensors, 64 the node, 80 the kernel's data, 28
the options; of an output's, 64 are the tensor, 32 its scale and zero point, the rest the reference to it."""

BOARD = {
    "fixed": 388, "output": 64, "conv": 160, "depthwise": 160, "linear": 156, "add": 116, "max_pool": 132,
    "global_pool": 132, "concat": 132, "softmax": 116,
}  # fmt: skip
"""On a 32-bit core, derived, not measured: the same structures with pointers of 4 bytes. A convolution: 36 + 32 + 64 + 28.
The fixed part is the least certain, by about 150 bytes."""


def tail_bytes(layers: Layers) -> int:
    """Bytes at the end of the arena on a 32-bit board; derived from the layout of TFLM's structures."""
    return _tail(layers, BOARD)


def host_tail_bytes(layers: Layers) -> int:
    """Bytes at the end of the arena on a 64-bit machine, within 16 bytes of what tflite-micro reports."""
    return _tail(layers, HOST)


def _tail(layers: Layers, sizes: Mapping[str, int]) -> int:
    channels = [layer.channels for layer in layers if layer.kind in ("conv", "depthwise")]
    arrays = sum(2 * -(-4 * n // ALIGNMENT) * ALIGNMENT for n in channels)
    kinds = sum(sizes[layer.kind] for layer in layers)
    return sizes["fixed"] + sizes["output"] * len(outputs(layers)) + kinds + arrays
