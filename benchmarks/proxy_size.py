"""Whether smaller inputs or batches rank nets alike: `python benchmarks/proxy_size.py [photos128] [--nets 60]`.

Each proxy on the full input against the same proxy of the same nets on every second pixel, and on half the batch: Kendall's
tau and the time.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from inputs import NAMES, problem_and_batches
from proxy_speed import feasible
from scipy.stats import kendalltau

from pnas_kit.score import DEFAULT, ProxyError, score
from pnas_kit.space.net import build


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="photos128", choices=NAMES)
    parser.add_argument("--nets", type=int, default=60)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    problem, arrays = problem_and_batches(arguments.data)
    whole = [(torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y)) for x, y in arrays]
    ways = {
        "full": whole,
        "half the batch": [(x[: len(x) // 2], y[: len(y) // 2]) for x, y in whole],
        "every second pixel": [(x[:, :, ::2, ::2] if x.shape[2] > 1 else x[..., ::2], y) for x, y in whole],
    }
    nets = [build(arch.pruned, arch.input_shape, 0) for arch in feasible(problem, arguments.nets)]
    tables = {way: [] for way in ways}
    seconds = dict.fromkeys(ways, 0.0)
    for net in nets:
        for way, batches in ways.items():
            start = time.process_time()
            tables[way].append(values(net, batches))
            seconds[way] += time.process_time() - start
    for way in ways:
        taus = ", ".join(f"{name} {tau(tables['full'], tables[way], name):.3f}" for name in DEFAULT)
        print(f"{way}: {1000 * seconds[way] / len(nets):.0f} ms a net; tau with full: {taus}")


def values(net, batches) -> dict[str, float]:
    """All proxies, or none where one has no value."""
    try:
        return score(net, batches)
    except ProxyError:
        return dict.fromkeys(DEFAULT, np.nan)


def tau(first: list[dict], second: list[dict], name: str) -> float:
    pairs = [(a[name], b[name]) for a, b in zip(first, second, strict=True)]
    return kendalltau(*zip(*[p for p in pairs if np.isfinite(p).all()], strict=True)).statistic


if __name__ == "__main__":
    main()
