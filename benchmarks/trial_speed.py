"""Whether a trial costs the same from the first to the last: `python benchmarks/trial_speed.py [--trials 5000]`.

The evaluation is replaced by one without cost, so that what is left is the sampler and the bookkeeping.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from inputs import problem_and_batches

from pnas_kit.cost import Cost
from pnas_kit.search import Candidate, engine
from pnas_kit.search.journal import Journal, journal_storage


def free(number, arch, problem, batches) -> Candidate:
    """A feasible candidate with drawn values."""
    draw = np.random.RandomState(number)
    cost = Cost(
        macs=draw.randint(10**5, 10**6), params=1, arena_bytes=1, ram_bytes=1, flash_bytes=1, latency_ms=1.0, energy_mj=None
    )
    proxies = dict(zip(problem.proxies, draw.rand(len(problem.proxies)).tolist(), strict=True))
    return Candidate(number=number, arch=arch, cost=cost, excess=problem.limits.excess(cost), proxies=proxies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--every", type=int, default=500)
    arguments = parser.parse_args()
    problem, batches = problem_and_batches("digits")
    engine.evaluate = free
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.log"
        start, own = time.perf_counter(), time.process_time()
        for c in engine.search(problem, batches, trials=arguments.trials, workers=0, storage=journal_storage(path)):
            if (c.number + 1) % arguments.every == 0:
                wall, busy = time.perf_counter() - start, time.process_time() - own
                print(f"to trial {c.number + 1}: {1000 * wall / arguments.every:.1f} ms a trial, "
                      f"{1000 * busy / arguments.every:.1f} ms of it processor time", flush=True)  # fmt: skip
                start, own = time.perf_counter(), time.process_time()
        start = time.perf_counter()
        count = len(Journal(path, problem).candidates())
        print(f"reading {count} candidates back: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
