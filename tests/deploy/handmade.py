"""Small nets of every kind of layer, drawn at random, for the tests of the deploy room."""

import numpy as np
import torch

from pnas_kit.space.layers import Layer, Layers, Shape, shapes
from pnas_kit.space.net import Net, build

CLASSES = 5


def sample_layers(seed: int) -> tuple[Layers, Shape]:
    """A net of 2 to 5 blocks, on an image of odd or even sides or on a series, and its input shape."""
    rng = np.random.default_rng(seed)
    series = bool(rng.integers(2))
    high, wide = (1, int(rng.integers(16, 40))) if series else (int(rng.integers(7, 20)), int(rng.integers(7, 20)))
    input_shape = (high, wide, int(rng.integers(1, 5)))
    draft = _Draft(rng, series)
    draft.add("conv", "input", channels=int(rng.integers(3, 12)), kernel=3)
    for _ in range(int(rng.integers(2, 6))):
        block = rng.choice(["plain", "residual", "fire", "pool", "separable"])
        getattr(draft, block)()
    last = draft.layers[-1]
    draft.layers.append(Layer("pool", "global_pool", (last.name,), last.channels))
    draft.layers.append(Layer("logits", "linear", ("pool",), CLASSES))
    shapes(tuple(draft.layers), input_shape)
    return tuple(draft.layers), input_shape


def trained_like(layers: Layers, input_shape: Shape, seed: int) -> Net:
    """A net whose batch norms have seen data: scales, shifts and statistics away from their start."""
    net = build(layers, input_shape, seed).train()
    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.normal_(0, 0.3, generator=generator)
            module.momentum = None
    with torch.no_grad():
        for number in range(4):
            net(torch.from_numpy(samples(input_shape, 16, seed + number).transpose(0, 3, 1, 2)))
    return net.eval()


def samples(input_shape: Shape, count: int, seed: int) -> np.ndarray:
    """float32 `(count, height, width, channels)`, smooth in space as real inputs are."""
    rng = np.random.default_rng(1000 + seed)
    height, width, channels = input_shape
    rows, columns = np.arange(height)[None, :, None, None], np.arange(width)[None, None, :, None]
    waves = rng.uniform(0.1, 0.9, (3, count, 1, 1, channels))
    x = np.sin(rows * waves[0] + columns * waves[1] + 6.3 * waves[2]) + 0.2 * rng.normal(
        size=(count, height, width, channels)
    )
    return x.astype(np.float32)


class _Draft:
    def __init__(self, rng: np.random.Generator, series: bool) -> None:
        self.rng, self.series, self.layers = rng, series, []

    def add(self, kind: str, *inputs: str, channels: int, kernel: int = 1, stride: int = 1, act: str | None = "any"):
        name = f"l{len(self.layers)}.{kind}"
        if act == "any":
            act = [None, "relu", "relu6"][self.rng.integers(3)]
        sides = [(1, n) if self.series else (n, n) for n in (kernel, stride)]
        self.layers.append(Layer(name, kind, inputs, channels, *sides, act))
        return name

    @property
    def last(self) -> Layer:
        return self.layers[-1]

    def pick(self, *options: int) -> int:
        return int(self.rng.choice(options))

    def plain(self) -> None:
        self.add("conv", self.last.name, channels=self.pick(4, 7, 12), kernel=self.pick(1, 3, 5), stride=self.pick(1, 2))

    def separable(self) -> None:
        x = self.last
        self.add("depthwise", x.name, channels=x.channels, kernel=self.pick(3, 5, 7), stride=self.pick(1, 2))
        self.add("conv", self.last.name, channels=self.pick(4, 9, 16))

    def residual(self) -> None:
        x = self.last
        wide = self.add("conv", x.name, channels=2 * x.channels, act="relu6")
        self.add("depthwise", wide, channels=2 * x.channels, kernel=3)
        self.add("conv", self.last.name, channels=x.channels, act=None)
        self.add("add", x.name, self.last.name, channels=x.channels)

    def fire(self) -> None:
        squeezed = self.add("conv", self.last.name, channels=4)
        ones = self.add("conv", squeezed, channels=6)
        threes = self.add("conv", squeezed, channels=5, kernel=3, act="relu")
        self.add("concat", ones, threes, channels=11, act=None)

    def pool(self) -> None:
        x = self.last
        self.add("max_pool", x.name, channels=x.channels, kernel=self.pick(2, 3), stride=self.pick(1, 2), act=None)
