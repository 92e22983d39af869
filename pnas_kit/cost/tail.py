"""What TensorFlow Lite Micro keeps for good at the end of its arena: structures, and two numbers a channel.

The sizes below are those of TFLM's structures (`TfLiteEvalTensor`, `NodeAndRegistration`, the operators' data and options)
plus the multiplier and shift of every output channel, each allocation rounded up to 16 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from pnas_kit.space.layers import Layers

ALIGNMENT = 16

HOST = {"fixed": 1148, "conv": 244, "depthwise": 244, "add": 160, "max_pool": 160, "concat": 176}
"""On a 64-bit machine, measured: within 8 bytes of tflite-micro on 70 nets of all families. "fixed" covers the runtime,
the input, the final pooling and the classifier. Of a convolution's 244 bytes, 72 are three tensors, 64 the node, 80 the
kernel's data, 28 the options."""

BOARD = {"fixed": 740, "conv": 160, "depthwise": 160, "add": 116, "max_pool": 132, "concat": 132}
"""On a 32-bit core, derived, not measured: the same structures with pointers of 4 bytes. A convolution: 36 + 32 + 64 + 28.
The fixed part is the least certain, by about 150 bytes."""


def tail_bytes(layers: Layers) -> int:
    """Bytes at the end of the arena on a 32-bit board; derived from the layout of TFLM's structures."""
    return _tail(layers, BOARD)


def host_tail_bytes(layers: Layers) -> int:
    """Bytes at the end of the arena on a 64-bit machine, within 8 bytes of what tflite-micro reports."""
    return _tail(layers, HOST)


def _tail(layers: Layers, sizes: Mapping[str, int]) -> int:
    """The sum over the layers; nets have one global pooling and one linear layer, both in the fixed part."""
    channels = [layer.channels for layer in layers if layer.kind in ("conv", "depthwise")]
    arrays = sum(2 * -(-4 * n // ALIGNMENT) * ALIGNMENT for n in channels)
    return sizes["fixed"] + sum(sizes.get(layer.kind, 0) for layer in layers) + arrays
