"""The integer net of a `.tflite` file that `write_tflite` wrote, for whoever kept the file and the architecture only."""

from __future__ import annotations

import struct

import numpy as np

from pnas_kit.space.layers import Layers, Shape, shapes

from .engine import schema_module
from .model import Affine, QuantError, QuantModel, Weights
from .tflite import write_tflite

WEIGHTED = ("conv", "depthwise", "linear")
DAMAGED = (struct.error, AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading half of a file, or that of another net, raises."""


def read_back(file: bytes, layers: Layers, input_shape: Shape) -> QuantModel:
    """The net whose file this is.

    Args:
        file: from `write_tflite`.
        layers, input_shape: of the net; the file of another one is refused.

    Raises:
        QuantError: the file is not what `write_tflite` makes of these layers.
        RuntimeMissing: no package with the TFLite schema is installed.
    """
    try:
        found = _read(file, layers, input_shape)
        same = write_tflite(found) == file
    except DAMAGED:
        same = False
    if not same:
        raise QuantError("the file was not written from this architecture: take the one that was trained")
    return found


def _read(file: bytes, layers: Layers, input_shape: Shape) -> QuantModel:
    model = schema_module().Model.GetRootAsModel(file, 0)
    graph, names = model.Subgraphs(0), list(shapes(layers, input_shape))
    tensors = [graph.Tensors(i) for i in range(graph.TensorsLength())]
    readings = {name: _reading(tensor) for name, tensor in zip(names, tensors, strict=False)}
    weighted = [layer for layer in layers if layer.kind in WEIGHTED]
    starts = range(len(names), len(tensors), 2)
    weights = {la.name: _weights(model, *tensors[at : at + 2], la.bits) for at, la in zip(starts, weighted, strict=True)}
    return QuantModel(tuple(layers), tuple(input_shape), readings, weights)


def _reading(tensor) -> Affine:
    quantization = tensor.Quantization()
    return Affine(float(quantization.Scale(0)), int(quantization.ZeroPoint(0)))


def _weights(model, values, bias, bits: int) -> Weights:
    stored, shape = model.Buffers(values.Buffer()).DataAsNumpy(), values.ShapeAsNumpy()
    flat = stored.view(np.int8)
    if bits == 4:  # two in a byte, the first in the low half; shifting left and back brings the sign
        flat = np.stack([flat << 4, flat], axis=1).reshape(-1).astype(np.int8) >> 4
        flat = flat[: int(np.prod(shape))]
    scales = values.Quantization().ScaleAsNumpy().astype(np.float32)
    integers = model.Buffers(bias.Buffer()).DataAsNumpy().view("<i4").astype(np.int32)
    return Weights(flat.reshape(shape).copy(), scales, integers, bits)
