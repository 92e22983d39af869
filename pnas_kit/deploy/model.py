"""A quantised net as plain NumPy values: what the quantiser makes and the .tflite writer reads."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pnas_kit.space.layers import Layers, Shape


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


@dataclass(frozen=True, eq=False)
class Weights:
    """Symmetric int8 weights and int32 biases of one layer.

    Attributes:
        values: int8 in TFLite's order: conv `(out, height, width, in)`, depthwise `(1, height, width, out)`,
            linear `(out, in)`; never -128.
        scales: float32 `(out,)`, or `(1,)` for linear.
        bias: int32 `(out,)`, in steps of input scale * weight scale.
    """

    values: np.ndarray
    scales: np.ndarray
    bias: np.ndarray


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
