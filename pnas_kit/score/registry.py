"""The registry of proxies, and the one function that asks them about a net."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch.nn.functional as F
from torch import nn

from .observe import Batch, Loss, Observation, check, observe

DEFAULT = ("meco", "zico", "naswot", "snip")


class ProxyError(ArithmeticError):
    """A proxy has no value for this network. Attributes: `proxy`, `part` (of the network or batch), `reason`."""

    def __init__(self, proxy: str, part: str, reason: str):
        # All of them to `args`, so that the error survives pickling on its way out of a worker process.
        super().__init__(proxy, part, reason)
        self.proxy, self.part, self.reason = proxy, part, reason

    def __str__(self) -> str:
        return f"{self.proxy} has no value ({self.part}): {self.reason}"


@dataclass(frozen=True)
class Proxy:
    """A proxy, to be maximised.

    Attributes:
        name: as it is asked for and logged.
        value: the proxy of an observation; raises ProxyError where there is none.
        backward: the number of batches whose gradients it needs.
        jacobian: whether it needs the logits' gradient by the inputs.
    """

    name: str
    value: Callable[[Observation], float]
    backward: int
    jacobian: bool = False


PROXIES: dict[str, Proxy] = {}


def proxy(name: str, *, backward: int = 0, jacobian: bool = False):
    """Registers a function `(Observation) -> float`, higher better, with what of an observation it needs."""

    def register(value: Callable[[Observation], float]) -> Callable[[Observation], float]:
        PROXIES[name] = Proxy(name, value, backward, jacobian)
        return value

    return register


def score(
    net: nn.Module, batches: Sequence[Batch], names: Sequence[str] = DEFAULT, loss: Loss = F.cross_entropy
) -> dict[str, float]:
    """The proxies `names` of an untrained net, each finite and to be maximised.

    One forward and backward pass per batch serves all proxies but those that look at a changed net (SynFlow, Zen-score),
    which run it again. The result depends on weights and batches alone (the last digits also on the number of threads).
    The net is left as found: weights, buffers, modes, `.grad`, hooks.

    Args:
        net: a module with `Conv2d`, `Linear` and activation modules that returns logits `(batch, classes)`.
        batches: pairs of inputs float32 `(batch, channels, height, width)` and labels int64 `(batch,)`; 16 to 32
            samples each, at least two batches for ZiCo. Without ZiCo only the first is read.
        names: keys of `PROXIES`.
        loss: what the gradients are of; with one that is not the cross entropy the labels are what it takes.

    Raises:
        ProxyError: a proxy has no value for this net, or none that is finite.
        ValueError: the batches or names do not fit; this is the caller's mistake, not the net's.
    """
    check_names(names)
    needed = max((PROXIES[name].backward for name in names), default=0)
    check(batches, max(needed, 1), labels=loss is F.cross_entropy)
    # From two batches on, every further one makes ZiCo's mean and deviation steadier.
    backward = len(batches) if needed >= 2 else needed
    seen = observe(net, batches, backward, jacobian=any(PROXIES[name].jacobian for name in names), loss=loss)
    return {name: _value(PROXIES[name], seen) for name in names}


def check_names(names: Sequence[str]) -> None:
    """Raises ValueError for a name that no proxy is registered by."""
    unknown = [name for name in names if name not in PROXIES]
    if unknown:
        raise ValueError(f"expected proxies out of {sorted(PROXIES)}, got {unknown}")


def _value(entry: Proxy, seen: Observation) -> float:
    try:
        value = float(entry.value(seen))
    except ProxyError:
        raise
    except Exception as error:
        # Whatever goes wrong inside a proxy is that proxy's failure on this net, and must not end a search.
        raise ProxyError(entry.name, "the whole net", f"{type(error).__name__}: {error}") from error
    if not np.isfinite(value):
        raise ProxyError(entry.name, "the whole net", f"its value is {value}; maps or gradients overflow")
    return value


def check_gradients(name: str, seen: Observation) -> None:
    """Raises ProxyError unless every layer with weights has finite gradients."""
    if not seen.weights:
        raise ProxyError(name, "the whole net", "it has no convolution and no linear layer")
    for layer in seen.weights:
        if layer not in seen.layers:
            raise ProxyError(name, layer, "the loss does not depend on it; remove the layer or connect it")
    finite = np.isfinite(seen.flat_gradients).all(axis=0)
    if not finite.all():
        layer = seen.layers[int(np.searchsorted(seen.starts, np.argmin(finite), side="right")) - 1]
        raise ProxyError(name, layer, "its gradient is not finite; check the inputs' scale and the weights")
