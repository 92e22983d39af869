"""One point of the search space and the network that it stands for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from .channels import channel_sets, resized
from .choices import GROUPS, Choice, choices
from .draft import Draft
from .families import FAMILIES, families_for
from .head import detect, strides_kept
from .layers import Layers, Shape

HEADS = ("classifier", "detector")
IMAGE_LIMITS = "images of 8x8x1 to 160x160x3"
SERIES_LIMITS = "series of 16 to 4096 samples and 1 to 64 channels"


@dataclass(frozen=True, kw_only=True)
class Arch:
    """An architecture: values of the fourteen parameters, input shape and number of classes.

    Attributes:
        family: a name in `FAMILIES`.
        depth: superblocks per group, 1 to 4.
        kernel, stride: of each group (the stride of its first superblock only).
        width: scale of every convolution's channels, 0.1 to 1.
        sparsity: share of each group's channels that pruning removes, 0.1 to 0.9; 0 prunes nothing.
        input_shape: height, width, channels; height 1 for a series.
        classes: number of classes, of the sample or (detector) of the objects in it.
        bits: precision of the deployed weights of each group's convolutions, 8 or 4. Not one of the fourteen parameters:
            `pnas_kit.search.precision` sets it.
        head: what the network answers: "classifier", one logit a class, or "detector", see `pnas_kit.space.head`.
    """

    family: str
    depth: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    width: float
    sparsity: tuple[float, ...]
    input_shape: Shape
    classes: int
    bits: tuple[int, ...] = (8,) * GROUPS
    head: str = "classifier"

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"family is one of {list(FAMILIES)}, got {self.family!r}")
        for name in ("depth", "kernel", "stride", "sparsity", "bits"):
            if len(getattr(self, name)) != GROUPS:
                raise ValueError(f"{name} has one value for each of {GROUPS} groups, got {getattr(self, name)}")
        if task_of(self.input_shape) not in FAMILIES[self.family].tasks:
            raise ValueError(f"{self.family} does not take inputs of shape {self.input_shape}")
        if self.head not in HEADS:
            raise ValueError(f"head is one of {list(HEADS)}, got {self.head!r}")
        if self.head == "detector" and task_of(self.input_shape) != "image":
            raise ValueError(f"a detector takes images, got an input of shape {self.input_shape}")
        if self.classes < (1 if self.head == "detector" else 2):
            raise ValueError(f"a classifier needs at least 2 classes and a detector 1, got {self.classes}")

    @cached_property
    def layers(self) -> Layers:
        """The layers before pruning."""
        return assemble(self)

    @cached_property
    def pruned(self) -> Layers:
        """The layers with each group's sparsity applied: what is searched, trained towards and deployed."""
        sets = channel_sets(self.layers, self.input_shape[2])
        return resized(self.layers, sets, sets.kept(self.sparsity))

    @property
    def stem_stride(self) -> int:
        return 2 if max(self.input_shape[:2]) >= STEM_STRIDE_FROM[task_of(self.input_shape)] else 1

    @property
    def strides(self) -> tuple[int, ...]:
        """Of each group's first superblock as built: a detector keeps a grid that is fine enough to answer on."""
        if self.head != "detector":
            return self.stride
        return strides_kept(max(self.input_shape[:2]), self.stem_stride, self.stride)

    @property
    def words(self) -> str:
        """The architecture in a line, for people."""
        title = FAMILIES[self.family].title + " detector" * (self.head == "detector")
        removed = 100 * sum(self.sparsity) / GROUPS
        fours = [str(g + 1) for g in range(GROUPS) if self.bits[g] == 4]
        precision = f", int4 weights in group{'s' * (len(fours) > 1)} {', '.join(fours)}" if fours else ""
        return (
            f"{title}, {'+'.join(map(str, self.depth))} blocks, width {self.width:.2f}, "
            f"kernels {'-'.join(map(str, self.kernel))}, strides {'-'.join(map(str, self.strides))}, {removed:.0f} % pruned"
            f"{precision}"
        )

    @classmethod
    def from_params(
        cls, params: Mapping[str, str | int | float], input_shape: Shape, classes: int, *, head: str = "classifier"
    ) -> Arch:
        """The architecture for one value of each parameter in `choices`."""
        for choice in space(input_shape):
            choice.check(params[choice.name])
        groups = range(GROUPS)
        pairs = [re.fullmatch(r"k(\d)s(\d)", str(params[f"kernel_stride_{g}"])).groups() for g in groups]
        return cls(
            family=str(params["family"]),
            depth=tuple(int(params[f"depth_{g}"]) + 1 for g in groups),
            kernel=tuple(int(kernel) for kernel, _ in pairs),
            stride=tuple(int(stride) for _, stride in pairs),
            width=float(params["width"]),
            sparsity=tuple(float(params[f"sparsity_{g}"]) for g in groups),
            input_shape=input_shape,
            classes=classes,
            head=head,
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Arch:
        """The architecture that `to_json` wrote."""
        fields = json.loads(text)
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()})


def task_of(input_shape: Shape) -> str:
    """ "image" or "series"; raises ValueError for a shape that is neither."""
    height, width, channels = input_shape
    if height == 1 and 16 <= width <= 4096 and 1 <= channels <= 64:
        return "series"
    if 8 <= height <= 160 and 8 <= width <= 160 and 1 <= channels <= 3:
        return "image"
    raise ValueError(f"inputs are {IMAGE_LIMITS} or (1, samples, channels) {SERIES_LIMITS}, got {input_shape}")


def space(input_shape: Shape) -> tuple[Choice, ...]:
    """The table of choices for inputs of this shape."""
    return choices(families_for(task_of(input_shape)))


STEM_STRIDE_FROM = {"image": 64, "series": 512}
"""Longest side from which the stem already halves the resolution."""


def assemble(arch: Arch) -> Layers:
    """Write the unpruned network of `arch` down: stem, four groups of superblocks, head."""
    d = Draft(arch.input_shape, arch.width)
    maps = _backbone(d, arch)
    if arch.head == "detector":
        strides = [arch.stem_stride * math.prod(arch.strides[: g + 1]) for g in range(GROUPS)]
        detect(d, maps, strides, arch.classes)
    else:
        _classify(d, arch, maps[-1])
    return tuple(
        replace(layer, bits=arch.bits[layer.group]) if layer.kind == "conv" and layer.group is not None else layer
        for layer in d.layers
    )


def _backbone(d: Draft, arch: Arch) -> list[str]:
    """Adds the stem and the groups; returns the last map of each group."""
    family, maps = FAMILIES[arch.family], []
    x = d.conv("stem", "input", d.scaled(family.stem), 3, arch.stem_stride, act=family.act)
    for d.group in range(GROUPS):
        start, channels = x, d.scaled(family.channels[d.group])
        for block in range(arch.depth[d.group]):
            d.scope = f"g{d.group}b{block}"
            x = family.block(d, x, channels, arch.kernel[d.group], arch.strides[d.group] if block == 0 else 1)
        if family.group_shortcut:
            d.scope = f"g{d.group}"
            projected = d.conv("shortcut", start, d.channels(x), 1, arch.strides[d.group], act=None)
            x = d.add("add", projected, x, act="relu")
        maps.append(x)
    return maps


def _classify(d: Draft, arch: Arch, x: str) -> None:
    family = FAMILIES[arch.family]
    if family.head:
        d.scope = ""
        x = d.conv("head", x, d.scaled(family.head), act=family.act)
    d.classify(x, arch.classes)
