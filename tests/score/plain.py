"""The paper's four proxies as one would write each down alone: numpy, its own passes over the net, nothing shared.

`oracles` has them in loops for nets of a few layers; these are vectorised and take any net, so that they can be timed
(`benchmarks/proxy_speed.py`).
"""

import numpy as np
import torch.nn.functional as F
from torch import nn

LAYERS = (nn.Conv2d, nn.Linear)


def hooked(net, kinds, keep, x):
    """What `keep(input, output)` makes of every call of a module of these kinds, as a list."""
    found = []
    handles = [
        m.register_forward_hook(lambda module, inputs, output: found.append(keep(inputs[0], output)))
        for m in net.modules()
        if isinstance(m, kinds)
    ]
    net.train()
    net(x)
    for handle in handles:
        handle.remove()
    return found


def meco(net, batches):
    """Jiang 2023, over the layers with fewer channels than positions, without channels that are constant."""
    total = 0.0
    maps = hooked(net, nn.Conv2d, lambda _, y: y[0].detach().flatten(1).numpy().astype(float), batches[0][0])
    for channels in maps:
        channels = channels[channels.std(1) > 1e-6 * np.abs(channels).max(1)]
        if 1 < channels.shape[0] < channels.shape[1]:
            total += np.linalg.eigvals(np.corrcoef(channels)).real.min()
    return total


def gradients(net, batch):
    net.train()
    net.zero_grad()
    F.cross_entropy(net(batch[0]), batch[1]).backward()
    return {name: m.weight.grad.numpy().flatten() for name, m in net.named_modules() if isinstance(m, LAYERS)}


def zico(net, batches):
    """Li 2023."""
    per_batch = [gradients(net, batch) for batch in batches]
    total = 0.0
    for name in per_batch[0]:
        stack = np.array([found[name] for found in per_batch], dtype=float)
        deviation = stack.std(0)
        live = deviation > 0
        total += np.log((np.abs(stack).mean(0)[live] / deviation[live]).sum())
    return total


def naswot(net, batches):
    """Mellor 2021."""
    codes = hooked(net, (nn.ReLU, nn.ReLU6), lambda x, _: (x.detach() > 0).flatten(1).float().numpy(), batches[0][0])
    kernel = sum((code @ code.T + (1 - code) @ (1 - code.T)).astype(float) for code in codes)
    return np.linalg.slogdet(kernel)[1]


def snip(net, batches):
    """Lee 2019."""
    weights = {name: m.weight.detach().numpy().flatten() for name, m in net.named_modules() if isinstance(m, LAYERS)}
    found = gradients(net, batches[0])
    return sum(np.abs(found[name] * weight).sum(dtype=float) for name, weight in weights.items())


PLAIN = {"meco": meco, "zico": zico, "naswot": naswot, "snip": snip}
