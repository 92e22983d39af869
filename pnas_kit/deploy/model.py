"""A quantised net as plain NumPy values: what the quantiser makes and the .tflite writer reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pnas_kit.space.layers import Layer, Layers, Shape, only_output, outputs, shapes


class QuantError(ValueError):
    """A net that cannot be turned into integers; the text says why and what to do."""


@dataclass(frozen=True)
class Affine:
    """The reading of an int8 tensor: real = scale * (stored - zero_point)."""

    scale: float
    zero_point: int

    def quantise(self, real: np.ndarray) -> np.ndarray:
        """Nearest int8 values, of the same shape, saturated at -128 and 127."""
        stored = np.round(np.asarray(real, np.float32) / np.float32(self.scale)) + self.zero_point
        return np.clip(stored, -128, 127).astype(np.int8)

    def real(self, stored: np.ndarray) -> np.ndarray:
        """float32 values of the same shape."""
        return (stored.astype(np.float32) - self.zero_point) * np.float32(self.scale)


PROBABILITY = Affine(1 / 256, -128)
"""How TFLite's int8 softmax writes a probability."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Symmetric weights and int32 biases of one layer.

    Attributes:
        values: int8 (which may hold int4 values) in TFLite's order: conv `(out, height, width, in)`, depthwise
            `(1, height, width, out)`, linear `(out, in)`; never the lowest value.
        scales: float32 `(out,)`, or `(1,)` for linear.
        bias: int32 `(out,)`, in steps of input scale * weight scale.
        bits: 8 or 4, of the stored weights.
    """

    values: np.ndarray
    scales: np.ndarray
    bias: np.ndarray
    bits: int = 8

    def stored(self) -> np.ndarray:
        """The weights as they lie in memory: int8, or uint8 with two int4 values each, the first in the low half."""
        if self.bits == 8:
            return self.values
        flat = self.values.ravel()
        low, high = np.append(flat, np.zeros(flat.size % 2, np.int8)).reshape(-1, 2).T
        return (low & 0xF | (high & 0xF) << 4).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class QuantModel:
    """An int8 net; plain NumPy, so it pickles and needs no torch.

    Attributes:
        layers: the net, in topological order.
        input_shape: (height, width, channels).
        tensors: the reading of "input" and of every layer's output.
        weights: of every conv, depthwise and linear layer.
    """

    layers: Layers
    input_shape: Shape
    tensors: Mapping[str, Affine]
    weights: Mapping[str, Weights]


def with_softmax(model: QuantModel, output: str | None = None) -> QuantModel:
    """The net with a softmax over the channels of one output, which then reads as probabilities from 0 to 255/256.

    It goes on after quantisation because the loss of training and fine-tuning wants logits.

    Args:
        output: its name, needed where there are several; the softmax takes its place among them.

    Raises:
        ValueError: several outputs and none is named, or there is none of this name.
    """
    output = output or only_output(model.layers, "a softmax without the name of an output")
    if output not in outputs(model.layers):
        raise ValueError(f"expected one of the outputs {', '.join(outputs(model.layers))}, got {output!r}")
    at = [layer.name for layer in model.layers].index(output)
    channels = shapes(model.layers, model.input_shape)[output][2]
    last = Layer(f"{output}.softmax", "softmax", (output,), channels)
    layers = (*model.layers[: at + 1], last, *model.layers[at + 1 :])
    return replace(model, layers=layers, tensors={**model.tensors, last.name: PROBABILITY})
