"""Post-training quantisation to int8: TFLite's 8-bit specification, ranges from real samples."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import torch

from pnas_kit.space.layers import INPUT, Layer, Layers, Shape, outputs, shapes
from pnas_kit.space.net import Net

from .fold import Folded, fold, run_folded
from .model import PROBABILITY, Affine, QuantError, QuantModel, Weights, with_softmax

BATCH = 32  # samples at once while calibrating: bounds the memory, not the result
BIAS_STEPS = 2**30  # a bias may use half of int32; the other half is room for the sum of products

Samples = np.ndarray | torch.Tensor | Iterable[np.ndarray | torch.Tensor]


def quantise(net: Net, samples: Samples, *, softmax: bool = False) -> QuantModel:
    """The net as integers: int8 activations, int8 or (where a layer's `bits` say so) int4 weights, int32 biases.

    Activations: asymmetric, one scale a tensor, the least and greatest value seen over `samples` and 0.
    Weights: symmetric, one scale an output channel, 127 or 7 = the largest weight; one scale in all for linear.
    The paper behind the scheme is Jacob et al. 2018 (arXiv 1712.05877), the rules are TFLite's quantisation spec.

    Args:
        net: a trained net; read as in `eval` mode and not changed.
        samples: real training inputs, normalised as in training: float32 `(batch, height, width, channels)` or
            `(batch, channels, height, width)`, or several such batches. Where both readings fit the net, the
            first is taken.
        softmax: the net is to answer with probabilities; for nets with one output, see `with_softmax` for others.

    Raises:
        QuantError: NaN weights or outputs, no samples, samples of another shape, an input or output that
            never changes, or a layer with no integer counterpart.
    """
    folded = fold(net)
    model = assemble(net.layers, tuple(net.input_shape), folded, calibrate(net.layers, net.input_shape, folded, samples))
    return with_softmax(model) if softmax else model


def calibrate(layers: Layers, shape: Shape, folded: Mapping[str, Folded], samples: Samples) -> dict[str, Affine]:
    """The reading of every tensor, from the values that the samples cause; raises as `quantise` does."""
    _check_layers(layers)
    lows, highs, spread = _ranges(layers, folded, _batches(samples, tuple(shape)))
    _check_alive(spread, outputs(layers))
    return _share(layers, lows, highs)


def assemble(layers: Layers, shape: Shape, folded: Mapping[str, Folded], tensors: Mapping[str, Affine]) -> QuantModel:
    """The integer net from folded weights and the readings of its tensors."""
    sizes = shapes(layers, shape)
    weights = {
        layer.name: _integers(layer, folded[layer.name], tensors[layer.inputs[0]].scale, sizes[layer.inputs[0]])
        for layer in layers
        if layer.name in folded
    }
    return QuantModel(tuple(layers), shape, tensors, weights)


def _check_layers(layers: Layers) -> None:
    for layer in layers:
        if layer.kind == "concat" and layer.act is not None:
            raise QuantError(
                f"layer {layer.name!r} has {layer.act} after a concat, which TFLite cannot fuse: "
                "put the activation on the layers before it"
            )
        if layer.kind == "softmax" and layer.name not in outputs(layers):
            raise QuantError(f"layer {layer.name!r} is a softmax that another layer reads: it can only come last")


def _batches(samples: Samples, shape: Shape) -> Iterator[torch.Tensor]:
    """float32 `(at most BATCH, channels, height, width)`."""
    height, width, channels = shape
    whole = hasattr(samples, "shape")
    for batch in [samples] if whole else samples:
        batch = torch.as_tensor(batch).detach().cpu().float()
        if tuple(batch.shape[1:]) == shape:
            batch = batch.permute(0, 3, 1, 2)
        elif tuple(batch.shape[1:]) != (channels, height, width):
            raise QuantError(
                f"expected calibration samples of shape (batch, {height}, {width}, {channels}) or "
                f"(batch, {channels}, {height}, {width}), got {tuple(batch.shape)}"
            )
        yield from (part.contiguous() for part in batch.split(BATCH) if len(part))


def _ranges(
    layers: Layers, folded: Mapping[str, Folded], batches: Iterator[torch.Tensor]
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Least and greatest value of every tensor, and how far samples differ in the input and in the outputs."""
    lows: dict[str, float] = {}
    highs: dict[str, float] = {}
    firsts: dict[str, torch.Tensor] = {}
    spread: dict[str, float] = {}
    watched = (INPUT, *outputs(layers))
    count = 0

    def see(name: str, value: torch.Tensor) -> None:
        low, high = float(value.min()), float(value.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            raise QuantError(
                f"layer {name!r} gives NaN or infinite values on the calibration samples: check the samples, "
                "then train again with a smaller learning rate"
            )
        lows[name] = min(low, lows.get(name, 0.0))
        highs[name] = max(high, highs.get(name, 0.0))
        if name in watched:
            first = firsts.setdefault(name, value[:1].clone())
            spread[name] = max(spread.get(name, 0.0), float((value - first).abs().max()))

    for batch in batches:
        count += len(batch)
        run_folded(layers, folded, batch, see)
    if count == 0:
        raise QuantError("expected at least one calibration sample, got none: pass some of the training inputs")
    return lows, highs, spread if count > 1 else {}


def _check_alive(spread: Mapping[str, float], answers: tuple[str, ...]) -> None:
    for name in (INPUT, *answers):
        what = "samples are all alike" if name == INPUT else "net answers the same to every sample"
        if spread.get(name) == 0.0:
            raise QuantError(
                f"the range of {name!r} is dead: the {what}; "
                + ("pass different training inputs" if name == INPUT else "train it again, or choose another")
            )


def _share(layers: Layers, lows: Mapping[str, float], highs: Mapping[str, float]) -> dict[str, Affine]:
    """One reading a tensor; the same one wherever TFLite's kernels copy integers without rescaling.

    Pools and concats do so: their inputs and output form one set, and the sets are joined by union-find.
    """
    parent = {name: name for name in lows}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for layer in layers:
        if layer.kind in ("max_pool", "global_pool", "concat"):
            for name in layer.inputs:
                parent[root(name)] = root(layer.name)
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for name in lows:
        group = root(name)
        low[group] = min(lows[name], low.get(group, 0.0))
        high[group] = max(highs[name], high.get(group, 0.0))
    fixed = {layer.name: PROBABILITY for layer in layers if layer.kind == "softmax"}
    return {name: fixed.get(name) or _affine(low[root(name)], high[root(name)]) for name in lows}


def _affine(low: float, high: float) -> Affine:
    """The reading that spreads 256 values over [low, high], which contains 0; 0 has an exact value."""
    if high == low:
        # A tensor that is 0 throughout (a dead branch of a pruned net, say) is exact under any scale.
        return Affine(1.0, 0)
    scale = float(np.float32((high - low) / 255))
    if scale < float(np.finfo(np.float32).tiny):
        raise QuantError(f"a tensor's range [{low}, {high}] is too small for a float32 scale")
    return Affine(scale, int(np.clip(np.round(-128 - low / scale), -128, 127)))


def _integers(layer: Layer, part: Folded, input_scale: float, source: Shape) -> Weights:
    """Integer weights in TFLite's order, their scales, and the int32 bias."""
    most = 2 ** (layer.bits - 1) - 1
    largest = np.abs(part.weight.reshape(len(part.weight), -1)).max(axis=1)
    bias_size = np.abs(part.bias)
    if layer.kind == "linear":
        # One scale in all: TFLite Micro read the scales of channels wrongly in FULLY_CONNECTED, without a word,
        # until May 2024 (tflite-micro pull request 2602), and boards run copies older than that.
        largest, bias_size = largest.max(keepdims=True), bias_size.max(keepdims=True)
    # A channel with tiny weights and a large bias (BatchNorm switched it off) would overflow the bias.
    scales = np.maximum(largest / most, bias_size / (input_scale * BIAS_STEPS))
    scales = np.maximum(scales, 1e-30)
    scales = np.where((largest == 0) & (bias_size == 0), 1.0, scales).astype(np.float32)
    steps = scales.astype(np.float64)
    values = np.round(part.weight / steps.reshape(-1, *[1] * (part.weight.ndim - 1)))
    values = np.clip(values, -most, most).astype(np.int8)
    if layer.kind == "linear":
        height, width, channels = source
        values = values.reshape(-1, channels, height, width)
    order = (1, 2, 3, 0) if layer.kind == "depthwise" else (0, 2, 3, 1)
    values = np.ascontiguousarray(values.transpose(order))
    if layer.kind == "linear":
        values = values.reshape(len(values), -1)
    bias = np.round(part.bias / (np.float64(np.float32(input_scale)) * steps)).astype(np.int32)
    return Weights(values, scales, bias, layer.bits)
