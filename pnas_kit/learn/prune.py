"""Structured pruning: whole channels are removed, consistently, together with all that is tied to them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pnas_kit.space.channels import ChannelSets, channel_sets, resized
from pnas_kit.space.net import Net, key


def importance(net: Net, sets: ChannelSets) -> dict[int, Tensor]:
    """For every set of tied channels the mean magnitude of each channel's filters, summed over the layers it ties.

    It is the L1 norm of Li 2017 over the filter's size, so that a 1x1 shortcut has as much to say as a 3x3 layer beside it.

    Norms are taken after folding the batch norm in: that is the filter that is deployed, and before folding its scale
    means nothing.
    """
    found = {s: torch.zeros(n) for s, n in sets.size.items()}
    for layer in net.layers:
        if layer.kind not in ("conv", "depthwise"):
            continue
        block = net.blocks[key(layer)]
        gain = block.norm.weight.detach().abs() / torch.sqrt(block.norm.running_var + block.norm.eps)
        norms = block.conv.weight.detach().abs().mean((1, 2, 3)) * gain
        for s, part in zip(sets.of[layer.name], norms.split([sets.size[s] for s in sets.of[layer.name]]), strict=True):
            found[s] += part
    return found


def strongest(net: Net, sets: ChannelSets, kept: Mapping[int, int]) -> dict[int, Tensor]:
    """Indices, ascending, of the `kept` most important channels of every set."""
    return {s: norms.topk(kept[s]).indices.sort().values for s, norms in importance(net, sets).items()}


class Cut:
    """Removing all channels but `indices` of every set.

    `net` is the smaller net with the weights that remain; `take` does the same to a tensor shaped like a parameter.
    """

    def __init__(self, net: Net, indices: Mapping[int, Tensor]) -> None:
        sets = channel_sets(net.layers, net.input_shape[2])
        self._axes = _kept_axes(net, sets, indices)
        self.net = Net(resized(net.layers, sets, {s: len(i) for s, i in indices.items()}), net.input_shape)
        self.net.load_state_dict({name: self.take(name, tensor) for name, tensor in net.state_dict().items()})

    def take(self, name: str, tensor: Tensor) -> Tensor:
        """What remains of `tensor`, which is shaped like the larger net's parameter or buffer `name`."""
        for axis, index in enumerate(self._axes.get(name, ())[: tensor.dim()]):
            if index is not None:
                tensor = tensor.index_select(axis, index)
        return tensor


def _kept_axes(net: Net, sets: ChannelSets, indices: Mapping[int, Tensor]) -> dict[str, tuple[Tensor | None, ...]]:
    """For every parameter and buffer with channels: what is kept along its first and second axis."""
    axes: dict[str, tuple[Tensor | None, ...]] = {}
    for layer in net.layers:
        block: nn.Module = net.blocks[key(layer)]
        outputs, inputs = (_positions(name, sets, indices) for name in (layer.name, layer.inputs[0]))
        for name, tensor in block.state_dict().items():
            if tensor.dim():
                second = inputs if tensor.dim() > 1 and layer.kind != "depthwise" else None
                axes[f"blocks.{key(layer)}.{name}"] = (outputs, second)
    return axes


def _positions(name: str, sets: ChannelSets, indices: Mapping[int, Tensor]) -> Tensor:
    start, parts = 0, []
    for s in sets.of[name]:
        parts.append(indices[s] + start)
        start += sets.size[s]
    return torch.cat(parts)
