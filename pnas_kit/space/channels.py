"""Which channels must be kept or removed together.

A residual add ties channel i of both its inputs, a depthwise convolution and a pooling tie output to input, a concatenation
lines its inputs up. Channels that are tied form a *set*; pruning keeps a number of channels of each set, so a pruned network
is consistent by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .layers import INPUT, Layers

ROUND_TO = 4
"""Channel counts are multiples of this: a SIMD load of the common cores takes four int8 values."""


def rounded(channels: float) -> int:
    """Nearest multiple of `ROUND_TO`, at least one multiple."""
    return max(ROUND_TO, int(channels / ROUND_TO + 0.5) * ROUND_TO)


@dataclass(frozen=True)
class ChannelSets:
    """The sets of tied channels of a network.

    Attributes:
        of: for every layer (and the input) the ids of the sets that make up its output channels, in order.
        size: number of channels of every set.
        group: pruning group of every set; None where nothing may be removed (input, output).
    """

    of: dict[str, tuple[int, ...]]
    size: dict[int, int]
    group: dict[int, int | None]

    def kept(self, sparsity: tuple[float, ...]) -> dict[int, int]:
        """Channels that remain of every set once the groups' sparsities are applied."""
        return {
            s: n if self.group[s] is None else min(n, rounded(n * (1 - sparsity[self.group[s]])))
            for s, n in self.size.items()
        }


def channel_sets(layers: Layers, input_channels: int) -> ChannelSets:
    """Find the sets of tied channels by walking the layers once."""
    ties = _Ties()
    made: dict[str, tuple[int, ...]] = {INPUT: (ties.new(input_channels),)}
    for layer in layers:
        inputs = [made[name] for name in layer.inputs]
        if layer.kind in ("conv", "linear"):
            made[layer.name] = (ties.new(layer.channels),)
        elif layer.kind == "concat":
            made[layer.name] = tuple(s for part in inputs for s in part)
        else:
            for other in inputs[1:]:
                ties.tie(inputs[0], other)
            made[layer.name] = inputs[0]
    of = {name: ties.flat(parts) for name, parts in made.items()}
    return ChannelSets(of, {s: ties.size[s] for parts in of.values() for s in parts}, _groups(layers, of))


def _groups(layers: Layers, of: dict[str, tuple[int, ...]]) -> dict[int, int | None]:
    """A set belongs to the last group that produces it; a stem tied to the first group is pruned with that group."""
    group: dict[int, int | None] = {s: None for parts in of.values() for s in parts}
    for layer in layers:
        if layer.kind == "conv" and layer.group is not None:
            group.update(dict.fromkeys(of[layer.name], layer.group))
    return group


class _Ties:
    """Sets under construction; a tie merges two, splitting the longer where they overlap in part."""

    def __init__(self) -> None:
        self.size: list[int] = []
        self.replaced_by: dict[int, tuple[int, ...]] = {}

    def new(self, size: int) -> int:
        self.size.append(size)
        return len(self.size) - 1

    def flat(self, parts: tuple[int, ...]) -> tuple[int, ...]:
        """The parts with every replaced set resolved to what it became."""
        out: list[int] = []
        for part in parts:
            out.extend(self.flat(self.replaced_by[part]) if part in self.replaced_by else (part,))
        return tuple(out)

    def tie(self, a: tuple[int, ...], b: tuple[int, ...]) -> None:
        """Merge channel i of `a` with channel i of `b`."""
        while (pair := next((p for p in zip(self.flat(a), self.flat(b), strict=False) if p[0] != p[1]), None)) is not None:
            short, long = sorted(pair, key=lambda s: self.size[s])
            rest = self.size[long] - self.size[short]
            self.replaced_by[long] = (short, self.new(rest)) if rest else (short,)


def resized(layers: Layers, sets: ChannelSets, kept: dict[int, int]) -> Layers:
    """The same layers with only `kept` channels of every set."""
    return tuple(replace(layer, channels=sum(kept[s] for s in sets.of[layer.name])) for layer in layers)
