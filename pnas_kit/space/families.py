"""The network families: a stem, four groups of one repeated superblock, a classifier.

A family is its superblock and a few channel counts; `assemble` in `arch.py` does the rest. To add one, write the superblock
as a function and put a row into `FAMILIES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .draft import Draft

Block = Callable[[Draft, str, int, int, int], str]
"""(draft, input, output channels, kernel, stride) -> name of the output."""


@dataclass(frozen=True)
class Family:
    """What distinguishes one family from another; channels are those at width 1.

    Attributes:
        title: the name shown to people.
        tasks: kinds of task it serves, "image" or "series".
        stem: output channels of the first 3-wide convolution.
        channels: output channels of the superblocks of each of the four groups.
        block: the superblock.
        head: channels of a last 1x1 convolution; 0 for none.
        act: activation of the stem and the head.
        group_shortcut: adds each group's input, projected, to its output (InceptionTime's residual).
    """

    title: str
    tasks: tuple[str, ...]
    stem: int
    channels: tuple[int, int, int, int]
    block: Block
    head: int = 0
    act: str = "relu6"
    group_shortcut: bool = False


def inverted_residual(d: Draft, x: str, channels: int, kernel: int, stride: int) -> str:
    """MobileNetV2 (Sandler 2018): widen six times, depthwise, project without activation, add where shapes allow.

    The searched kernel is that of the depthwise convolution, the first that sees more than one pixel.
    """
    wide = d.conv("widen", x, 6 * d.channels(x))
    y = d.conv("project", d.depthwise("dw", wide, kernel, stride), channels, act=None)
    return d.add("add", x, y) if d.same_shape(x, channels, stride) else y


def basic_block(d: Draft, x: str, channels: int, kernel: int, stride: int) -> str:
    """ResNet18 (He 2016): two convolutions and a shortcut, projected where the shape changes."""
    y = d.conv("conv1", x, channels, kernel, stride, act="relu")
    y = d.conv("conv2", y, channels, 3, act=None)
    same = d.same_shape(x, channels, stride)
    shortcut = x if same else d.conv("shortcut", x, channels, 1, stride, act=None)
    return d.add("add", y, shortcut, act="relu")


def fire(d: Draft, x: str, channels: int, kernel: int, stride: int) -> str:
    """SqueezeNet (Iandola 2016): squeeze to an eighth, expand by 1x1 and 3x3 side by side.

    The searched kernel and stride are those of the squeeze, the block's first convolution.
    """
    squeezed = d.conv("squeeze", x, max(4, channels // 32 * 4), kernel, stride, act="relu")
    half = max(4, channels // 8 * 4)
    ones = d.conv("expand1", squeezed, half, 1, act="relu")
    threes = d.conv("expand3", squeezed, half, 3, act="relu")
    return d.concat("concat", ones, threes)


def separable(d: Draft, x: str, channels: int, kernel: int, stride: int) -> str:
    """MbedNet, our own: depthwise then pointwise, so that only two maps are alive at a time.

    A shortcut would keep a third map alive, so only the two last groups, where maps are small, have one.
    """
    y = d.conv("pw", d.depthwise("dw", x, kernel, stride), channels)
    late = d.group is not None and d.group >= 2
    return d.add("add", x, y) if late and d.same_shape(x, channels, stride) else y


def inception(d: Draft, x: str, channels: int, kernel: int, stride: int) -> str:
    """InceptionTime's module (Fawaz 2020): a bottleneck, three filters of growing length, a pooled branch.

    The original's lengths 10, 20, 40 become k, 2k+1, 4k+1 of the searched kernel k.
    """
    quarter = max(4, channels // 16 * 4)
    narrow = d.conv("bottleneck", x, quarter, act=None) if d.channels(x) > quarter else x
    lengths = (kernel, 2 * kernel + 1, 4 * kernel + 1)
    branches = [d.conv(f"conv{n}", narrow, quarter, n, stride, act="relu") for n in lengths]
    pooled = d.conv("pooled", d.max_pool("pool", x, 3, stride), quarter, act="relu")
    return d.concat("concat", *branches, pooled)


FAMILIES: dict[str, Family] = {
    "mobilenetv2": Family("MobileNetV2", ("image",), 16, (24, 40, 80, 160), inverted_residual, head=640),
    "resnet18": Family("ResNet18", ("image",), 64, (64, 128, 256, 512), basic_block, act="relu"),
    "squeezenet": Family("SqueezeNet", ("image",), 64, (128, 256, 384, 512), fire, act="relu"),
    "mbednet": Family("MbedNet", ("image",), 24, (48, 96, 192, 256), separable),
    "inceptiontime": Family(
        "InceptionTime", ("series",), 32, (128, 128, 128, 128), inception, act="relu", group_shortcut=True
    ),
    "mbednet1d": Family("MbedNet-1D", ("series",), 32, (64, 96, 128, 192), separable),
}


def families_for(task: str) -> tuple[str, ...]:
    """Names of the families that serve a kind of task."""
    found = tuple(name for name, family in FAMILIES.items() if task in family.tasks)
    if not found:
        kinds = sorted({t for family in FAMILIES.values() for t in family.tasks})
        raise ValueError(f"task is one of {kinds}, got {task!r}")
    return found
