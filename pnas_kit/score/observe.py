"""One shared look at an untrained network: all that the proxies read, from one pass per batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

Batch = tuple[Tensor, Tensor]
"""Inputs float32 `(batch, channels, height, width)` and labels int64 `(batch,)`, or what a loss of one's own takes."""

Loss = Callable[[Tensor | Mapping[str, Tensor], Tensor], Tensor]
"""A scalar of the net's outputs and the batch's labels."""

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Hardswish)
"""Modules whose input has a binary code. `nn.Identity`, the place of no activation, is none of them."""

NORMS = nn.modules.batchnorm._BatchNorm
MODES = ("training", "track_running_stats")


@dataclass(frozen=True)
class Observation:
    """What was seen. Keys are module names; a module's second call in one pass is `name#2`.

    Attributes:
        maps: for each call of a `Conv2d` its output for the first sample of the first batch, `(channels, positions)`.
        codes: for each call of an activation whether its input is above 0, over the first batch, bool `(batch, units)`.
        weights: the weights of `Conv2d` and `Linear` modules.
        gradients: for each batch that was back-propagated, the gradients of the loss by these weights;
            a module that the loss does not depend on is missing.
        net: the net itself, for a proxy that has to run a changed net; it must leave it `as_found`.
        inputs: the first batch's, `(batch, channels, height, width)`.
        jacobian: gradients of the sum of the first batch's logits by its inputs, `(batch, values)`; None unless asked for.
    """

    maps: dict[str, Tensor]
    codes: dict[str, Tensor]
    weights: dict[str, Tensor]
    gradients: tuple[dict[str, Tensor], ...]
    net: nn.Module
    inputs: Tensor
    jacobian: Tensor | None = None

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The layers with weights that every back-propagated loss depends on."""
        return tuple(name for name in self.weights if all(name in found for found in self.gradients))

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each of `layers` begins in the flat arrays."""
        return np.cumsum([0, *(self.weights[name].numel() for name in self.layers)])[:-1]

    @cached_property
    def flat_weights(self) -> np.ndarray:
        """float64 `(weights of all layers,)`. In one array, because a net has a hundred layers of a few hundred weights."""
        return _flat(self.weights, self.layers)

    @cached_property
    def flat_gradients(self) -> np.ndarray:
        """float64 `(batches, weights of all layers)`."""
        return np.stack([_flat(found, self.layers) for found in self.gradients])


def observe(
    net: nn.Module, batches: Sequence[Batch], backward: int, *, jacobian: bool = False, loss: Loss = F.cross_entropy
) -> Observation:
    """Looks at `net` in training mode and leaves it as it was.

    Batch norm uses the batch's own statistics: the running ones of an untrained net say nothing. Dropout is off,
    so the result depends on weights and batches alone. The first batch runs even where nothing is back-propagated.

    Args:
        net: any module with `Conv2d`, `Linear` and activation modules that returns logits `(batch, classes)`.
        batches: at least `max(backward, 1)`.
        backward: the number of batches, from the first, to back-propagate.
        jacobian: whether to back-propagate the first batch's logits to its inputs as well.
        loss: what is back-propagated.
    """
    layers = {name: m for name, m in net.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    weights = {name: layer.weight for name, layer in layers.items()}
    maps: dict[str, Tensor] = {}
    codes: dict[str, Tensor] = {}
    gradients = []
    by_inputs = None
    with as_found(net), torch.enable_grad():
        training_mode(net)
        for weight in weights.values():
            weight.requires_grad_(True)
        for index, (x, y) in enumerate(batches[: max(backward, 1)]):
            first = index == 0
            leaf = x.clone().requires_grad_(first and jacobian)
            with _hooks(net, maps, codes) if first else nullcontext(), torch.set_grad_enabled(index < backward or jacobian):
                # A copy, because a first module in place would write into what it is given.
                logits = net(leaf.clone())
            if first and jacobian:
                by_inputs = torch.autograd.grad(total(logits), leaf, retain_graph=backward > 0)[0].flatten(1)
            if index < backward:
                gradients.append(_gradients(loss(logits, y), weights))
    return Observation(
        maps, codes, {k: w.detach() for k, w in weights.items()}, tuple(gradients), net, batches[0][0], by_inputs
    )


def total(outputs: Tensor | Mapping[str, Tensor]) -> Tensor:
    """The sum of all that a net answers."""
    return outputs.sum() if isinstance(outputs, Tensor) else sum(value.sum() for value in outputs.values())


def check(batches: Sequence[Batch], needed: int, *, labels: bool = True) -> None:
    """Raises ValueError unless there are `needed` batches, all finite and of the shapes and types of `Batch`.

    Without `labels` what comes beside the inputs is the loss's own affair.
    """
    if len(batches) < needed:
        raise ValueError(f"expected at least {needed} batches for these proxies, got {len(batches)}")
    for index, (x, y) in enumerate(batches):
        if x.ndim != 4 or x.dtype != torch.float32:
            raise ValueError(
                f"expected float32 (batch, channels, height, width), got {x.dtype} {tuple(x.shape)} in batch {index}"
            )
        if labels and (y.shape != x.shape[:1] or y.dtype != torch.int64):
            raise ValueError(f"expected int64 labels ({len(x)},), got {y.dtype} {tuple(y.shape)} in batch {index}")
        if not torch.isfinite(x).all():
            raise ValueError(f"expected finite inputs, got NaN or infinity in batch {index}; clean the data set")


def _flat(tensors: dict[str, Tensor], names: Sequence[str]) -> np.ndarray:
    return torch.cat([tensors[name].reshape(-1) for name in names]).cpu().numpy().astype(np.float64)


def _gradients(loss: Tensor, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    # `autograd.grad` returns gradients and writes no `.grad`: nothing to clear between batches, nothing to restore.
    found = torch.autograd.grad(loss, list(weights.values()), allow_unused=True)
    return {name: gradient for name, gradient in zip(weights, found, strict=True) if gradient is not None}


def training_mode(net: nn.Module) -> None:
    """Batch norm by the batch's own statistics, which it does not keep; no dropout. `as_found` undoes it."""
    for module in net.modules():
        # Through `vars`, because `nn.Module.__setattr__` would take more time than a small convolution.
        vars(module)["training"] = not isinstance(module, nn.modules.dropout._DropoutNd)
        if isinstance(module, NORMS):
            vars(module)["track_running_stats"] = False


@contextmanager
def _hooks(net: nn.Module, maps: dict[str, Tensor], codes: dict[str, Tensor]) -> Iterator[None]:
    """Fills `maps` and `codes` while the net runs."""

    def keep_map(name: str):
        # A copy, because an activation in place may overwrite the output.
        return lambda module, inputs, output: _put(maps, name, output.detach()[0].flatten(1).clone())

    def keep_code(name: str):
        return lambda module, inputs: _put(codes, name, _rows(inputs[0].detach() > 0))

    handles = []
    try:
        for name, module in net.named_modules():
            if isinstance(module, nn.Conv2d):
                handles.append(module.register_forward_hook(keep_map(name)))
            elif isinstance(module, ACTIVATIONS):
                handles.append(module.register_forward_pre_hook(keep_code(name)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _rows(code: Tensor) -> Tensor:
    """`(batch, units)`, the units in the order in which they lie in memory, because flattening channels-last maps copies."""
    return (code.movedim(1, -1) if code.ndim == 4 else code).flatten(1)


def _put(store: dict[str, Tensor], name: str, value: Tensor) -> None:
    key, calls = name, 1
    while key in store:
        calls += 1
        key = f"{name}#{calls}"
    store[key] = value


@contextmanager
def as_found(net: nn.Module) -> Iterator[None]:
    """Restores modes, buffers (batch norm's running statistics) and which parameters want gradients."""
    modules = list(net.modules())
    before = [(vars(module), {name: vars(module)[name] for name in MODES if name in vars(module)}) for module in modules]
    buffers = [(b, b.clone()) for m in modules if not isinstance(m, NORMS) for b in m._buffers.values() if b is not None]
    wanted = [(p, p.requires_grad) for m in modules for p in m._parameters.values() if p is not None]
    try:
        yield
    finally:
        for attributes, values in before:
            attributes.update(values)
        with torch.no_grad():
            for buffer, value in buffers:
                buffer.copy_(value)
        for parameter, flag in wanted:
            parameter.requires_grad_(flag)
