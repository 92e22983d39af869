"""Writing a network down, layer by layer."""

from __future__ import annotations

from .channels import rounded
from .layers import Layer, Layers, Shape


class Draft:
    """Collects layers in the order they run; every method adds one and returns its name.

    `scope` prefixes the names and `group` is the pruning group of what is added next. Kernels and strides are given as one
    number and apply along both axes of an image, along the time axis of a series.
    """

    def __init__(self, input_shape: Shape, width: float) -> None:
        self.is_series = input_shape[0] == 1
        self.longest_side = max(input_shape[:2])
        self.width = width
        self.scope = ""
        self.group: int | None = None
        self._layers: list[Layer] = []
        self._channels: dict[str, int] = {"input": input_shape[2]}

    @property
    def layers(self) -> Layers:
        return tuple(self._layers)

    def scaled(self, channels: float) -> int:
        """Channels after the width multiplier."""
        return rounded(channels * self.width)

    def channels(self, name: str) -> int:
        return self._channels[name]

    def same_shape(self, name: str, channels: int, stride: int) -> bool:
        """Whether a block of these output channels and stride may be added to its own input."""
        return stride == 1 and self._channels[name] == channels

    def conv(self, part: str, x: str, channels: int, kernel: int = 1, stride: int = 1, act: str | None = "relu6") -> str:
        return self._put(part, "conv", (x,), channels, kernel, stride, act)

    def depthwise(self, part: str, x: str, kernel: int, stride: int = 1, act: str | None = "relu6") -> str:
        return self._put(part, "depthwise", (x,), self._channels[x], kernel, stride, act)

    def add(self, part: str, a: str, b: str, act: str | None = None) -> str:
        return self._put(part, "add", (a, b), self._channels[a], act=act)

    def concat(self, part: str, *parts: str) -> str:
        return self._put(part, "concat", parts, sum(self._channels[p] for p in parts))

    def max_pool(self, part: str, x: str, kernel: int, stride: int = 1) -> str:
        return self._put(part, "max_pool", (x,), self._channels[x], kernel, stride)

    def classify(self, x: str, classes: int) -> str:
        """Global average pooling and the linear classifier."""
        self.scope, self.group = "", None
        pooled = self._put("pool", "global_pool", (x,), self._channels[x])
        return self._put("classes", "linear", (pooled,), classes)

    def _put(
        self, part: str, kind: str, inputs: tuple[str, ...], channels: int,
        kernel: int = 1, stride: int = 1, act: str | None = None,
    ) -> str:  # fmt: skip
        name = f"{self.scope}.{part}" if self.scope else part
        self._layers.append(Layer(name, kind, inputs, channels, self._axes(kernel), self._axes(stride), act, self.group))
        self._channels[name] = channels
        return name

    def _axes(self, n: int) -> tuple[int, int]:
        return (1, n) if self.is_series else (n, n)
