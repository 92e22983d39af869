"""One training step, side by side: maps channels-first and channels-last, AdamW parameter by parameter and fused, bfloat16.

Random small nets first, then the large networks that they are compared with.
`python benchmarks/training_speed.py [--keep]`; with `--keep` freed memory is reused, as the runner's processes do.
"""

from __future__ import annotations

import argparse
import ctypes
import random
import time

import torch
import torch.nn.functional as F
from torch import nn

from pnas_kit.cost import trace
from pnas_kit.learn.data import CATALOGUE
from pnas_kit.learn.large import large_network
from pnas_kit.learn.large_training import BATCH as LARGE_BATCH
from pnas_kit.search.process import M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
from pnas_kit.space import Arch, ShapeError, space
from pnas_kit.space.net import Net, build

BATCH, STEPS, MOST_MACS = 64, 4, 20e6


def seconds(net: nn.Module, x: torch.Tensor, y: torch.Tensor, *, fused: bool = True, halved: bool = False) -> float:
    """CPU seconds of one step with AdamW, the first left out; `halved` computes maps in bfloat16."""
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3, fused=fused)
    for step in range(STEPS + 1):
        if step == 1:
            start = time.process_time()
        with torch.autocast("cpu", torch.bfloat16, enabled=halved):
            answers = net(x)
        optimiser.zero_grad()
        F.cross_entropy(answers.float(), y).backward()
        optimiser.step()
    return (time.process_time() - start) / STEPS


class ChannelsFirst(Net):
    """The same net in torch's default layout."""

    def __init__(self, net: Net) -> None:
        super().__init__(net.layers, net.input_shape)
        self.load_state_dict(net.state_dict())
        self.to(memory_format=torch.contiguous_format)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = {"input": x}
        for layer, block in zip(self.layers, self.blocks.values(), strict=True):
            maps[layer.name] = block(*(maps[name] for name in layer.inputs))
        return maps[self.layers[-1].name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true")
    if parser.parse_args().keep:
        for name in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(name, 2**30)
    torch.set_num_threads(1)
    rng = random.Random(0)
    for shape in ((28, 28, 1), (32, 32, 3), (1, 128, 6)):
        for family in space(shape)[0].options:
            arch, ops = drawn(rng, shape, family)
            net = build(arch.pruned, shape, 0)
            x, y = torch.randn(BATCH, shape[2], *shape[:2]), torch.randint(0, 5, (BATCH,))
            first, last = seconds(ChannelsFirst(net), x, y), seconds(net, x, y)
            plain, halved = seconds(net, x, y, fused=False), seconds(net, x, y, halved=True)
            macs = sum(op.macs for op in ops)
            print(
                f"{shape!s:12} {family:14} {macs / 1e6:5.1f} M MACs  {1e3 * last:6.1f} ms  as fast as channels-first "
                f"{first / last:.2f}, as AdamW not fused {plain / last:.2f}, as bfloat16 {halved / last:.2f} times"
                f"  {6 * macs * BATCH / last / 1e9:.0f} GFLOP/s"
            )
    for name in ("uwave", "cifar10"):
        card = CATALOGUE[name]
        title, net = large_network(card, seed=0)
        x = torch.randn(LARGE_BATCH, card.shape[2], *card.shape[:2])
        y = torch.randint(0, len(card.classes), (LARGE_BATCH,))
        first = seconds(net, x, y, halved=True)
        net, x = (part.to(memory_format=torch.channels_last) for part in (net, x))
        plain, halved = seconds(net, x, y), seconds(net, x, y, halved=True)
        print(
            f"{card.shape!s:12} {title:26} {1e3 * halved:6.1f} ms in bfloat16  as fast as float32 {plain / halved:.2f}, "
            f"as channels-first {first / halved:.2f} times"
        )


def drawn(rng: random.Random, shape: tuple, family: str, least: float = 1e6):
    """A random architecture of the family that is neither too small nor too large to time."""
    while True:
        params = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(shape)}
        arch = Arch.from_params(params | {"family": family}, shape, 5)
        try:
            ops = trace(arch.pruned, shape)
        except ShapeError:
            continue
        if least < sum(op.macs for op in ops) < MOST_MACS:
            return arch, ops


if __name__ == "__main__":
    main()
