"""Proxies beside the paper's four: members for another ensemble, and the plain counts that every proxy must beat."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from .observe import ACTIVATIONS, Observation, as_found, total, training_mode
from .registry import ProxyError, check_gradients, proxy

PASSED = (*ACTIVATIONS, nn.modules.dropout._DropoutNd, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d)
"""What SynFlow's linear net passes through."""

JACOBIAN_OFFSET = 1e-5
"""Keeps an eigenvalue of 0 from the logarithm; the authors' value."""

PERTURBATION = 0.01
"""Zen-score's alpha, the authors' value."""


@proxy("gradnorm", backward=1)
def gradnorm(seen: Observation) -> float:
    """Sum over layers of the Euclidean norm of the loss's gradient on the first batch.

    Abdelfattah, Mehrotra, Dudziak, Lane, "Zero-Cost Proxies for Lightweight NAS", ICLR 2021: grad_norm = sum over layers
    of ||dL/dw||_2, over convolutions and linear layers. Higher is better.

    Raises:
        ProxyError: a layer's gradients are missing, or all are 0.
    """
    check_gradients("gradnorm", seen)
    total = float(np.sqrt(np.add.reduceat(np.square(seen.flat_gradients[0]), seen.starts)).sum())
    if total == 0:
        raise ProxyError("gradnorm", "every layer", "the gradient is 0 throughout; the net is dead")
    return total


@proxy("jacob_cov", jacobian=True)
def jacob_cov(seen: Observation) -> float:
    """How little the samples' input gradients correlate.

    Mellor, Turner, Storkey, Crowley, "Neural Architecture Search without Training", arXiv 2006.04647v1, 2020: minus the
    sum over i of log(v_i + k) + 1 / (v_i + k), v the eigenvalues of the correlation matrix of the rows J_n, the gradient
    of the sum of the logits by sample n, k = 1e-5. Higher is better; -(samples) would be the highest, all uncorrelated.

    Raises:
        ProxyError: the first batch has one sample, or a sample's gradient is constant.
    """
    rows = seen.jacobian.detach().cpu().numpy().astype(np.float64)
    if len(rows) < 2:
        raise ProxyError("jacob_cov", "the first batch", "one sample correlates with no other; use 16 to 32")
    rows -= rows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not (norms > 0).all():
        sample = int(np.flatnonzero(~(norms[:, 0] > 0))[0])
        raise ProxyError("jacob_cov", f"sample {sample}", "its input gradient is constant or not finite; the net is dead")
    rows /= norms
    shifted = np.linalg.eigvalsh(rows @ rows.T) + JACOBIAN_OFFSET
    return -float(np.sum(np.log(shifted) + 1 / shifted))


@proxy("synflow")
def synflow(seen: Observation) -> float:
    """Log of the sum over weights of |weight times gradient| of the net made linear, on an input of ones.

    Tanaka, Kunin, Yamins, Ganguli, "Pruning neural networks without any data by iteratively conserving synaptic flow",
    NeurIPS 2020: R = 1' prod |W_l| 1, score = sum over weights of |w dR/dw|, over convolutions and linear layers, with
    activations and batch norms passed through and dropout off (as in Abdelfattah et al., ICLR 2021). Higher is better.
    R reaches 1e61 and more, hence float64 and the logarithm, which keeps the order.

    Raises:
        ProxyError: nothing flows from the input to the output.
    """
    net, shape = seen.net, seen.inputs.shape
    linear = {name: p.detach().abs().to(torch.float64) for name, p in net.named_parameters()}
    weights = [linear[f"{name}.weight"].requires_grad_(True) for name in seen.weights]
    ones = torch.ones(1, *shape[1:], dtype=torch.float64, device=seen.inputs.device)
    passed = [m for m in net.modules() if isinstance(m, PASSED)]
    with as_found(net), _passed_through(passed), torch.enable_grad():
        flow = total(torch.func.functional_call(net, linear, ones))
        found = torch.autograd.grad(flow, weights, allow_unused=True)
    saliency = sum(float((g * w.detach()).sum()) for g, w in zip(found, weights, strict=True) if g is not None)
    if not saliency > 0:
        raise ProxyError("synflow", "the whole net", f"the flow is {saliency}; the net is dead or overflows")
    return float(np.log(saliency))


@contextmanager
def _passed_through(modules: Sequence[nn.Module]) -> Iterator[None]:
    """The modules return what they are given."""
    # Attributes of the instances hide the method of the class and are deleted again.
    own = [vars(module).get("forward") for module in modules]
    try:
        for module in modules:
            module.forward = _same
        yield
    finally:
        for module, before in zip(modules, own, strict=True):
            del module.forward
            if before is not None:
                module.forward = before


def _same(x: Tensor) -> Tensor:
    return x


@proxy("zen")
def zen(seen: Observation) -> float:
    """Log of the last feature maps' change under a small change of random inputs, corrected for batch norm's scaling.

    Lin et al., "Zen-NAS: A Zero-Shot NAS for High-Performance Image Recognition", ICCV 2021: log of the mean over samples
    of ||F(x) - F(x + a e)|| plus the sum over batch norms of log sqrt(mean over channels of the variance of what they
    read); x, e and the convolutions' weights from N(0, 1), biases 0, a = 0.01, F the last feature map, before pooling.
    Higher is better. The draws come from one generator with a fixed seed, so nothing depends on data or on the net's
    initial weights. The paper leaves residual links out; a finished net does not let them be left out, so they stay,
    and between nets with and without them the score means little (so its authors say as well).

    F(x) is what the last convolution, batch norm or activation (or `nn.Identity` in its place) with a 4-D output returns.

    Raises:
        ProxyError: the net has none of these, or F does not change.
    """
    generator = torch.Generator().manual_seed(0)
    device, shape = seen.inputs.device, seen.inputs.shape
    gaussian = {name: p.detach() for name, p in seen.net.named_parameters()}
    for name, module in seen.net.named_modules():
        if isinstance(module, nn.Conv2d):
            gaussian[f"{name}.weight"] = torch.randn(module.weight.shape, generator=generator).to(device)
        if isinstance(module, nn.BatchNorm2d) and module.affine:
            gaussian[f"{name}.weight"] = torch.ones_like(module.weight)
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d) and module.bias is not None:
            gaussian[f"{name}.bias"] = torch.zeros_like(module.bias)
    x, noise = (torch.randn(shape, generator=generator).to(device) for _ in range(2))
    with as_found(seen.net), torch.no_grad():
        training_mode(seen.net)
        last, scaling = _last_maps(seen.net, gaussian, x)
        moved, _ = _last_maps(seen.net, gaussian, x + PERTURBATION * noise)
    change = float(torch.linalg.vector_norm((moved - last).flatten(1), dim=1).mean(dtype=torch.float64))
    if not change > 0:
        raise ProxyError("zen", "the last feature maps", f"they change by {change}; the net is dead or overflows")
    return float(np.log(change)) + scaling


def _last_maps(net: nn.Module, parameters: dict[str, Tensor], x: Tensor) -> tuple[Tensor, float]:
    """F(x) and the sum over batch norms of the log of their scaling."""
    maps: list[Tensor] = []
    scalings: list[float] = []

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if output.ndim == 4:
            maps[:] = [output.clone()]

    def scale(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        variance = inputs[0].var((0, 2, 3), correction=0).mean(dtype=torch.float64)
        scalings.append(0.5 * float(torch.log(variance)))

    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Identity, *ACTIVATIONS)
    handles = [m.register_forward_hook(keep) for m in net.modules() if isinstance(m, kinds)]
    handles += [m.register_forward_pre_hook(scale) for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    try:
        torch.func.functional_call(net, parameters, x)
    finally:
        for handle in handles:
            handle.remove()
    if not maps:
        raise ProxyError("zen", "the whole net", "it has no feature maps")
    return maps[0], sum(scalings)


@proxy("params")
def params(seen: Observation) -> float:
    """Number of weights of convolutions and linear layers; the plainest guess that more is better.

    Ning et al., "Evaluating Efficient Performance Estimators of Neural Architectures", NeurIPS 2021, show that few proxies
    rank better than it. Higher is better.
    """
    return float(sum(weight.numel() for weight in seen.weights.values()))


@proxy("macs")
def macs(seen: Observation) -> float:
    """Multiply-accumulates of convolutions and linear layers for one sample.

    As a guess at accuracy as in Ning et al., "Evaluating Efficient Performance Estimators of Neural Architectures",
    NeurIPS 2021. Higher is better; of no use in a search that keeps MACs low at the same time.
    """
    total = sum(weight.numel() for name, weight in seen.weights.items() if weight.ndim == 2)
    for call, channels in seen.maps.items():
        total += channels.shape[1] * seen.weights[call.partition("#")[0]].numel()
    return float(total)
