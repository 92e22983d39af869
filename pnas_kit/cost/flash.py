"""Size of the `.tflite` file, counted without writing it.

A flatbuffer's size follows from its structure alone, so this walks the layout of `pnas_kit.deploy.tflite`, table by
table in the order they are written, and adds up sizes and padding. It is exact (a test holds it against real files);
change both together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from pnas_kit.space.layers import Layer, Layers, Shape, flat, outputs, shapes

from .ops import trace

DESCRIPTION_LENGTH = 12
BUFFER_ALIGNMENT = 16
OFFSET = 4
"""Bytes of a reference to another table or vector."""

CODES = {"add": 0, "global_pool": 1, "concat": 2, "conv": 3, "depthwise": 4, "linear": 9, "max_pool": 17, "softmax": 25}
"""Number of the built-in operator; number 0 is the default and takes no bytes."""


def tflite_bytes(layers: Layers, input_shape: Shape) -> int:
    """Bytes of the int8 `.tflite` file of a net, exactly.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    sizes = shapes(layers, input_shape)
    file = _Count()
    weighted = [(la, op) for la, op in zip(layers, trace(layers, input_shape), strict=True) if op.params]
    file.table({})
    for layer, op in weighted:
        for size in (op.weight_bytes - 4 * layer.channels, 4 * layer.channels):
            file.vector(size, BUFFER_ALIGNMENT)
            file.table({0: OFFSET})
    _count_tensors(file, layers, sizes, weighted)
    kinds = list(dict.fromkeys(layer.kind for layer in layers))
    for layer in layers:
        _count_operator(file, layer, kinds.index(layer.kind))
    for kind in kinds:
        file.table({2: 4} | ({3: 4, 0: 1} if CODES[kind] else {}))
    count = len(sizes) + 2 * len(weighted)
    # The subgraph's tensors, input, outputs, operators; the model's operator codes, subgraphs, description, buffers.
    for entries in (count, 1, len(outputs(layers)), len(layers)):
        file.vector(4 * entries)
    file.table(dict.fromkeys((0, 1, 2, 3), OFFSET))
    for entries in (len(kinds), 1):
        file.vector(4 * entries)
    file.string(DESCRIPTION_LENGTH)
    file.vector(4 * (1 + 2 * len(weighted)))
    file.table(dict.fromkeys((0, 1, 2, 3, 4), OFFSET))
    return file.finished()


def _count_tensors(file: _Count, layers: Layers, sizes: Mapping[str, Shape], weighted: list) -> None:
    without_sides = flat(layers)
    for name, size in sizes.items():
        file.vector(4)
        file.vector(8, 8)
        shape = (1, size[2]) if name in without_sides else (1, *size)
        _count_tensor(file, name, shape, buffer=False, axis=False, byte_type=True)
    for number, (layer, op) in enumerate(weighted):
        channels, weights = layer.channels, op.params - layer.channels
        scales = 1 if layer.kind == "linear" else channels
        shape = {
            "conv": (channels, *layer.kernel, weights // channels // math.prod(layer.kernel)),
            "depthwise": (1, *layer.kernel, channels),
            "linear": (channels, weights // channels),
        }[layer.kind]
        for letter, dims in (("w", shape), ("b", (channels,))):
            file.vector(4 * scales)
            file.once(("zeros", scales), 8 * scales, 8)
            axis = letter == "w" and layer.kind == "depthwise"
            _count_tensor(file, f"{letter}{number}", dims, buffer=True, axis=axis, byte_type=True)


def _count_tensor(file: _Count, name: str, shape: tuple[int, ...], *, buffer: bool, axis: bool, byte_type: bool) -> None:
    file.table({2: OFFSET, 3: OFFSET} | ({6: 4} if axis else {}))
    file.once(("shape", *shape), 4 * len(shape))
    file.string(len(name.encode()))
    file.table({0: OFFSET, 3: OFFSET, 4: OFFSET} | ({2: 4} if buffer else {}) | ({1: 1} if byte_type else {}))


def _count_operator(file: _Count, layer: Layer, code_index: int) -> None:
    act = {} if layer.act is None else {0: 1}
    options = {
        "conv": {1: 4, 2: 4} | ({3: 1} if act else {}),
        "depthwise": {1: 4, 2: 4, 3: 4} | ({4: 1} if act else {}),
        "max_pool": {1: 4, 2: 4, 3: 4, 4: 4} | ({5: 1} if act else {}),
        "global_pool": {1: 4, 2: 4, 3: 4, 4: 4} | ({5: 1} if act else {}) | {0: 1},
        "concat": {0: 4},
        "softmax": {0: 4},
    }.get(layer.kind, act)
    constants = 2 if layer.kind in ("conv", "depthwise", "linear") else 0
    file.vector(4 * (len(layer.inputs) + constants))
    file.vector(4)
    file.table(options)
    file.table(({0: 4} if code_index else {}) | {1: OFFSET, 2: OFFSET, 4: OFFSET, 3: 1})


class _Count:
    """A flatbuffer builder that counts only; `size` grows from the end of the file towards its start."""

    def __init__(self) -> None:
        self.size = 0
        self.alignment = 1
        self.vtables: set[tuple[int, ...]] = set()
        self.written: set[tuple] = set()

    def align(self, to: int, after: int = 0) -> None:
        """Pads so that `size` is a multiple of `to` once `after` more bytes are written."""
        self.alignment = max(self.alignment, to)
        self.size += -(self.size + after) % to

    def vector(self, size: int, alignment: int = 4) -> None:
        """`size` bytes of elements and their count."""
        self.align(alignment, size)
        self.align(4, size)
        self.size += size + 4

    def once(self, key: tuple, size: int, alignment: int = 4) -> None:
        """A vector that is written the first time only and pointed to from then on."""
        if key not in self.written:
            self.written.add(key)
            self.vector(size, alignment)

    def string(self, length: int) -> None:
        """Text, its closing zero and its length."""
        self.vector(length + 1)

    def table(self, fields: Mapping[int, int]) -> None:
        """A table with bytes by field number, in the order they are written, and its vtable unless there is one."""
        start, ends = self.size, {}
        for number, width in fields.items():
            self.align(width)
            self.size += width
            ends[number] = self.size
        self.align(4)
        self.size += 4
        entries = max(ends, default=-1) + 1
        vtable = (self.size - start, *(self.size - ends[n] if n in ends else 0 for n in range(entries)))
        if vtable not in self.vtables:
            self.vtables.add(vtable)
            self.size += 2 * (len(vtable) + 1)

    def finished(self) -> int:
        """The whole file: after the padding, the format's four letters and the reference to the root."""
        self.align(self.alignment, 8)
        return self.size + 8
