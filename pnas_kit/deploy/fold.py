"""The float net as it will be deployed: BatchNorm folded into the weights, run layer by layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from pnas_kit.space.layers import INPUT, Layer, Layers, same_padding
from pnas_kit.space.net import Net, conv2d, key

from .model import QuantError

ACTIVATIONS = {None: lambda x: x, "relu": F.relu, "relu6": F.relu6}


@dataclass(frozen=True, eq=False)
class Folded:
    """float64 weights `(out, in or 1, height, width)` (linear: `(out, in)`) and bias `(out,)`."""

    weight: np.ndarray
    bias: np.ndarray


def fold(net: Net) -> dict[str, Folded]:
    """Weights of every conv, depthwise and linear layer with its BatchNorm folded in, in float64.

    w' = w * gamma / sqrt(var + eps), b' = beta - mean * gamma / sqrt(var + eps)  (Jacob et al. 2018, eq. 14).

    Raises:
        QuantError: a weight is NaN or infinite.
    """
    folded = {}
    for layer in net.layers:
        if layer.kind not in ("conv", "depthwise", "linear"):
            continue
        block = net.blocks[key(layer)]
        part = _plain(block.linear) if layer.kind == "linear" else _normed(block.conv, block.norm)
        if not (np.isfinite(part.weight).all() and np.isfinite(part.bias).all()):
            raise QuantError(
                f"layer {layer.name!r} has NaN or infinite weights after folding BatchNorm: training diverged; "
                "train again with a smaller learning rate"
            )
        folded[layer.name] = part
    return folded


def _plain(linear: torch.nn.Linear) -> Folded:
    weight = _float64(linear.weight)
    return Folded(weight, np.zeros(len(weight)) if linear.bias is None else _float64(linear.bias))


def _normed(conv: torch.nn.Conv2d, norm: torch.nn.BatchNorm2d) -> Folded:
    gain = _float64(norm.weight) / np.sqrt(_float64(norm.running_var) + norm.eps)
    shift = _float64(norm.bias) - _float64(norm.running_mean) * gain
    return Folded(_float64(conv.weight) * gain[:, None, None, None], shift)


def _float64(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def run_folded(
    layers: Layers,
    folded: Mapping[str, Folded],
    x: torch.Tensor,
    see: Callable[[str, torch.Tensor], None],
) -> None:
    """Runs a batch and shows every tensor, "input" first, to `see(name, value)`; keeps none beyond its last use.

    Args:
        x: float32 `(batch, channels, height, width)`.
    """
    last_use = {name: layer.name for layer in layers for name in layer.inputs}
    alive = {INPUT: x}
    see(INPUT, x)
    with torch.no_grad():
        for layer in layers:
            part = folded.get(layer.name)
            value = apply(layer, part and _tensors(part), [alive[name] for name in layer.inputs])
            see(layer.name, value)
            alive[layer.name] = value
            for name in set(layer.inputs):
                if last_use[name] == layer.name:
                    del alive[name]


def apply(layer: Layer, part: tuple[torch.Tensor, torch.Tensor] | None, inputs: list[torch.Tensor]) -> torch.Tensor:
    """One layer, activation included, with folded weight and bias where it has them.

    Raises:
        QuantError: the exporter does not know this kind of layer.
    """
    x = inputs[0]
    if layer.kind in ("conv", "depthwise"):
        groups = x.shape[1] if layer.kind == "depthwise" else 1
        value = conv2d(_same(x, layer, 0.0), *part, stride=layer.stride, groups=groups)
    elif layer.kind == "linear":
        value = F.linear(x.flatten(1), *part)
    elif layer.kind == "add":
        value = inputs[0] + inputs[1]
    elif layer.kind == "concat":
        value = torch.cat(inputs, dim=1)
    elif layer.kind == "max_pool":
        value = F.max_pool2d(_same(x, layer, float("-inf")), layer.kernel, layer.stride)
    elif layer.kind == "global_pool":
        value = x.mean(dim=(2, 3), keepdim=True)
    elif layer.kind == "softmax":
        value = x.softmax(dim=1)
    else:
        raise QuantError(f"layer {layer.name!r} has kind {layer.kind!r}, which the exporter does not know")
    return ACTIVATIONS[layer.act](value)


def _tensors(part: Folded) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(part.weight).float(), torch.from_numpy(part.bias).float()


def _same(x: torch.Tensor, layer: Layer, value: float) -> torch.Tensor:
    top_bottom, left_right = (same_padding(x.shape[2 + i], layer.kernel[i], layer.stride[i]) for i in (0, 1))
    return F.pad(x, (*left_right, *top_bottom), value=value)
