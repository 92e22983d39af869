"""Shared passes against one proxy after another: `python benchmarks/proxy_speed.py [digits|hapt|photos32|photos128]`.

The plain implementations are those of the tests (`tests/score/plain.py`). Each method goes through all nets on its own, so
that none finds the convolutions that another has compiled. They run twice: on our nets, whose maps lie channels last, and on
the same nets as torch builds them by default, channels first. Both are single-threaded.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch
from inputs import NAMES, problem_and_batches

from pnas_kit.cost import estimate
from pnas_kit.score import DEFAULT, score
from pnas_kit.search.ledger import Ledger
from pnas_kit.space import Arch, ShapeError
from pnas_kit.space.layers import INPUT
from pnas_kit.space.net import Net, build, key

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "score"))
from plain import PLAIN


class ChannelsFirst(Net):
    """The same net in torch's default layout."""

    def forward(self, x):
        maps = {INPUT: x}
        for layer in self.layers:
            maps[layer.name] = self.blocks[key(layer)](*(maps[name] for name in layer.inputs))
        return maps[self.layers[-1].name]


def channels_first(arch: Arch) -> Net:
    source = build(arch.pruned, arch.input_shape, 0)
    net = ChannelsFirst(source.layers, source.input_shape).to(memory_format=torch.contiguous_format)
    net.load_state_dict(source.state_dict())
    return net


def feasible(problem, count: int) -> list[Arch]:
    """The first architectures that the sampler draws and the limits admit."""
    ledger, found = Ledger(problem, seed=0), []
    while len(found) < count:
        _, arch = ledger.ask()
        try:
            cost = estimate(arch.pruned, arch.input_shape, problem.board)
        except ShapeError:
            continue
        if max(problem.limits.excess(cost).values()) <= 0:
            found.append(arch)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="digits", choices=NAMES)
    parser.add_argument("--nets", type=int, default=30)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    problem, arrays = problem_and_batches(arguments.data)
    batches = [(torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(y)) for x, y in arrays]
    archs = feasible(problem, arguments.nets)
    ours = [build(a.pruned, a.input_shape, 0) for a in archs]
    seconds, values = {}, {}
    for name, work in {"shared": lambda net: score(net, batches, DEFAULT), **_plain(PLAIN, batches)}.items():
        seconds[name], values[name] = _timed(work, ours)
    for name in PLAIN:
        worst = max(abs(a[name] - b) / max(abs(b), 1e-6) for a, b in zip(values["shared"], values[name], strict=True))
        print(f"{name}: largest relative difference {worst:.0e}")
    first = [channels_first(a) for a in archs]
    default = {name: _timed(work, first)[0] for name, work in _plain(PLAIN, batches).items()}
    for label, times in (("plain, channels last", seconds), ("plain, channels first", default)):
        each = ", ".join(f"{name} {1000 * times[name] / len(archs):.0f}" for name in PLAIN)
        total = sum(times[name] for name in PLAIN)
        print(
            f"{label}: {each}; together {1000 * total / len(archs):.0f} ms a net, {total / seconds['shared']:.1f} x shared"
        )
    print(f"shared: {1000 * seconds['shared'] / len(archs):.0f} ms a net, {len(archs)} nets, {problem.input_shape}")


def _plain(implementations, batches) -> dict:
    return {name: lambda net, f=f: f(net, batches) for name, f in implementations.items()}


def _timed(work, nets) -> tuple[float, list]:
    work(nets[0])  # what torch loads at its first call
    start = time.process_time()
    values = [work(net) for net in nets]
    return time.process_time() - start, values


if __name__ == "__main__":
    main()
