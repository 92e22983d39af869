"""The proxies once more, straight from their formulas, with loops and without hooks; and the nets to try them on."""

import copy
import math
import statistics

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    def __init__(self, *inside: nn.Module):
        super().__init__()
        self.inside = nn.Sequential(*inside)

    def forward(self, x):
        return x + self.inside(x)


def conv(before, after, kernel=3, stride=1, groups=1, act=nn.ReLU):
    layer = nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(after), act()]


def mobile(seed=0, width=8):
    """A small net with the parts that matter: stem, pointwise, depthwise, residual, ReLU6, linear end."""
    torch.manual_seed(seed)
    body = [
        *conv(width, 3 * width, 1, act=nn.ReLU6),
        *conv(3 * width, 3 * width, 3, groups=3 * width, act=nn.ReLU6),
        *conv(3 * width, width, 1, act=nn.Identity),
    ]
    tail = [*conv(width, 2 * width, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 4)]
    return nn.Sequential(*conv(2, width, 3, 2), Residual(*body), *tail)


def batches(count=2, size=8, shape=(2, 12, 12), classes=4, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(size, *shape, generator=draw), torch.randint(0, classes, (size,), generator=draw)) for _ in range(count)
    ]


def walk(net, x):
    """Yields (module, its input, its output) for every leaf, running the net by hand."""
    if isinstance(net, Residual):
        inner = yield from walk(net.inside, x)
        return x + inner
    if isinstance(net, nn.Sequential):
        for part in net:
            x = yield from walk(part, x)
        return x
    y = net(x.clone())
    yield net, x, y
    return y


def meco(net, x):
    total = 0.0
    for module, _, out in walk(net.train(), x):
        if isinstance(module, nn.Conv2d):
            maps = out[0].detach().numpy().astype(float).reshape(out.shape[1], -1)
            if 2 <= maps.shape[0] < maps.shape[1]:
                total += min(np.linalg.eigvals(np.corrcoef(maps)).real)
    return total


def naswot(net, x):
    codes = [[] for _ in x]
    for module, value, _ in walk(net.train(), x):
        if isinstance(module, nn.ReLU | nn.ReLU6):
            for code, sample in zip(codes, value, strict=True):
                code.extend(int(unit > 0) for unit in sample.flatten().tolist())
    kernel = [[sum(a == b for a, b in zip(first, second, strict=True)) for second in codes] for first in codes]
    return math.log(abs(np.linalg.det(np.array(kernel, dtype=float) / len(codes[0])))) + len(x) * math.log(len(codes[0]))


def gradients(net, batches):
    """For each layer with weights, a list of flat gradients, one for each batch."""
    found = {}
    for x, y in batches:
        net.train().zero_grad()
        F.cross_entropy(net(x), y).backward()
        for name, module in net.named_modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                found.setdefault(name, []).append(module.weight.grad.flatten().tolist())
    return found


def zico(net, batches):
    total = 0.0
    for per_batch in gradients(net, batches).values():
        inside = 0.0
        for weight in zip(*per_batch, strict=True):
            if (deviation := statistics.pstdev(weight)) > 0:
                inside += statistics.fmean(map(abs, weight)) / deviation
        total += math.log(inside)
    return total


def snip(net, batch):
    """The definition: the loss's sensitivity to a mask c on the weights, |dL(c w)/dc| at c = 1."""
    weights = {f"{k}.weight": m.weight.detach() for k, m in net.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    masks = {name: torch.ones_like(weight, requires_grad=True) for name, weight in weights.items()}
    masked = {name: masks[name] * weight for name, weight in weights.items()}
    F.cross_entropy(torch.func.functional_call(net.train(), masked, batch[0]), batch[1]).backward()
    return sum(mask.grad.abs().sum().item() for mask in masks.values())


def gradnorm(net, batch):
    return sum(math.sqrt(sum(g * g for g in per_batch[0])) for per_batch in gradients(net, [batch]).values())


def jacob_cov(net, x):
    inputs = x.clone().requires_grad_()
    net.train()(inputs).sum().backward()
    correlations = np.corrcoef(inputs.grad.flatten(1).numpy().astype(float))
    return -sum(math.log(v + 1e-5) + 1 / (v + 1e-5) for v in np.linalg.eigvals(correlations).real)


def synflow(net, shape):
    """By finite differences on a linear copy: a weight's flow is R(w) - R(w = 0), since R is linear in each weight."""

    def flow(part, x):
        if isinstance(part, Residual):
            return x + flow(part.inside, x)
        if isinstance(part, nn.Sequential):
            for inner in part:
                x = flow(inner, x)
            return x
        return x if isinstance(part, nn.BatchNorm2d | nn.ReLU | nn.ReLU6 | nn.Identity) else part(x)

    net = copy.deepcopy(net).double()
    ones, total = torch.ones(1, *shape, dtype=torch.float64), 0.0
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.abs_()
        whole = flow(net, ones).sum().item()
        for module in net.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                flat = module.weight.view(-1)
                for i in range(len(flat)):
                    weight, flat[i] = flat[i].item(), 0.0
                    total += whole - flow(net, ones).sum().item()
                    flat[i] = weight
    return math.log(total)


def zen(net, shape):
    """The change's logarithm and all scalings."""
    change, scalings = zen_parts(net, shape)
    return math.log(change) + sum(scalings)


def zen_parts(net, shape):
    """With batch norm written out; weights, inputs and noise in the order of the draw."""
    net = copy.deepcopy(net).double()
    draw = torch.Generator().manual_seed(0)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = torch.randn(module.weight.shape, generator=draw).double()
    x, noise = torch.randn(shape, generator=draw).double(), torch.randn(shape, generator=draw).double()
    scalings = []

    def run(part, x):
        if isinstance(part, Residual):
            return x + run(part.inside, x)
        if isinstance(part, nn.Sequential):
            for inner in part:
                if isinstance(inner, nn.AdaptiveAvgPool2d):
                    return x
                x = run(inner, x)
            return x
        if isinstance(part, nn.BatchNorm2d):
            centred = x - x.mean((0, 2, 3), keepdim=True)
            variance = (centred**2).mean((0, 2, 3), keepdim=True)
            scalings.append(math.log(math.sqrt(variance.mean().item())))
            return centred / torch.sqrt(variance + 1e-5)
        return part(x)

    with torch.no_grad():
        still = run(net, x)
        first = list(scalings)
        moved = run(net, x + 0.01 * noise)
    changes = [math.sqrt(sum(v * v for v in row)) for row in (moved - still).flatten(1).tolist()]
    return statistics.fmean(changes), first
