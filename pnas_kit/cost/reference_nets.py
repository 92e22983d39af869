"""Published networks whose latency was measured by others, written as layers.

The four of MLPerf Tiny (https://github.com/mlcommons/tiny) calibrate the latency model; the MobileNets of ST's model zoo
(https://github.com/STMicroelectronics/stm32ai-modelzoo) check it. Only shapes matter here, so activations are left out
where they are fused anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pnas_kit.space.layers import INPUT, Layer, Layers, Shape


@dataclass(frozen=True)
class ReferenceNet:
    """A published network.

    Attributes:
        id: short name, as in the tables of `data/`.
        title: name shown to people.
        layers: the network.
        input_shape: height, width and channels.
        source: who defined it.
    """

    id: str
    title: str
    layers: Layers
    input_shape: Shape
    source: str


class _Chain:
    """Layers that are appended one after the other; `last` names the newest."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.last = INPUT

    def put(self, kind: str, channels: int, kernel: int | tuple[int, int] = 1, stride: int = 1, after: str = "") -> str:
        """Appends a layer behind `after` (or the last one) and returns its name."""
        size = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        name = f"{kind}{len(self.layers)}"
        self.layers.append(Layer(name, kind, (after or self.last,), channels, size, (stride, stride)))
        self.last = name
        return name

    def add(self, a: str, b: str, channels: int) -> None:
        """Appends the sum of two maps."""
        self.last = f"add{len(self.layers)}"
        self.layers.append(Layer(self.last, "add", (a, b), channels))

    def classify(self, channels: int, classes: int) -> Layers:
        """The finished net: global pooling and a linear layer."""
        self.put("global_pool", channels)
        self.put("linear", classes)
        return tuple(self.layers)


def ds_cnn() -> Layers:
    """MLPerf Tiny keyword spotting: a 10x4 convolution and four depthwise-separable blocks of 64 channels."""
    net = _Chain()
    net.put("conv", 64, (10, 4), 2)
    for _ in range(4):
        net.put("depthwise", 64, 3)
        net.put("conv", 64)
    return net.classify(64, 12)


def mobilenet_v1(alpha: float, classes: int) -> Layers:
    """MobileNetV1 (Howard 2017) with width multiplier `alpha`."""
    net = _Chain()
    channels = int(32 * alpha)
    net.put("conv", channels, 3, 2)
    plan = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
    for full, stride in plan:
        net.put("depthwise", channels, 3, stride)
        channels = int(full * alpha)
        net.put("conv", channels)
    return net.classify(channels, classes)


def resnet8() -> Layers:
    """MLPerf Tiny image classification: three residual stacks of 16, 32 and 64 channels."""
    net = _Chain()
    x = net.put("conv", 16, 3)
    for channels in (16, 32, 64):
        stride = 1 if channels == 16 else 2
        net.put("conv", channels, 3, stride, after=x)
        y = net.put("conv", channels, 3)
        shortcut = x if stride == 1 else net.put("conv", channels, 1, stride, after=x)
        net.add(y, shortcut, channels)
        x = net.last
    return net.classify(64, 10)


def autoencoder() -> Layers:
    """MLPerf Tiny anomaly detection: ten fully connected layers around a bottleneck of eight units."""
    net = _Chain()
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128, 640):
        net.put("linear", units)
    return tuple(net.layers)


def mobilenet_v2(alpha: float, classes: int) -> Layers:
    """MobileNetV2 (Sandler 2018) with the channel rounding of the Keras implementation that ST used."""
    net = _Chain()
    channels = _divisible(32 * alpha)
    net.put("conv", channels, 3, 2)
    for number, (full, repeats, stride) in enumerate(
        ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
    ):
        for repeat in range(repeats):
            x, wide, out = net.last, channels * (6 if number else 1), _divisible(full * alpha)
            if number:
                net.put("conv", wide)
            net.put("depthwise", wide, 3, stride if repeat == 0 else 1)
            net.put("conv", out)
            if repeat:
                net.add(x, net.last, out)
            channels = out
    channels = _divisible(1280 * max(1.0, alpha))
    net.put("conv", channels)
    return net.classify(channels, classes)


def _divisible(channels: float) -> int:
    """The nearest multiple of eight that is not more than 10 % below, as Keras rounds."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def _mobilenet(make: Callable[[float, int], Layers], version: int, alpha: float, size: int, classes: int) -> ReferenceNet:
    shape = (size, size, 3)
    name = f"mobilenetv{version}-{alpha}-{size}-{classes}"
    title = f"MobileNetV{version} {alpha}, {size}x{size}, {classes} classes"
    return ReferenceNet(name, title, make(alpha, classes), shape, "stm32ai-modelzoo")


def reference_nets() -> dict[str, ReferenceNet]:
    """All published networks by id."""
    tiny = "MLPerf Tiny"
    nets = [
        ReferenceNet("kws", "DS-CNN, keywords", ds_cnn(), (49, 10, 1), tiny),
        ReferenceNet("vww", "MobileNetV1 0.25, 96x96, person", mobilenet_v1(0.25, 2), (96, 96, 3), tiny),
        ReferenceNet("ic", "ResNet8, CIFAR-10", resnet8(), (32, 32, 3), tiny),
        ReferenceNet("ad", "autoencoder, machine noise", autoencoder(), (1, 1, 640), tiny),
        ReferenceNet("person", "person detection, 96x96 grey", mobilenet_v1(0.25, 2), (96, 96, 1), "tflite-micro"),
    ]
    v1 = ((0.25, 96, 5), (0.25, 224, 5), (0.25, 224, 1000), (0.5, 224, 5), (0.5, 224, 1000), (1.0, 224, 1000))
    v2 = ((0.35, 128, 5), (0.35, 224, 5), (0.35, 128, 1000), (0.35, 224, 1000), (1.0, 224, 1000), (1.4, 224, 1000))
    nets += [_mobilenet(mobilenet_v1, 1, *row) for row in v1]
    nets += [_mobilenet(mobilenet_v2, 2, *row) for row in v2]
    return {net.id: net for net in nets}
