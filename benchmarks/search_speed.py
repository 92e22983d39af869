"""How long a search takes, and where: `python benchmarks/search_speed.py [photos32|photos128|a data set] [--trials 500]`."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import torch
from inputs import problem_and_batches

from pnas_kit.cost import estimate
from pnas_kit.score import score
from pnas_kit.search import Candidate, Problem, front, search
from pnas_kit.search.journal import journal_storage
from pnas_kit.space.net import build


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--board", default="nano-33-ble")
    arguments = parser.parse_args()
    problem, batches = problem_and_batches(arguments.data, arguments.board)
    start, own, found, first = time.perf_counter(), time.process_time(), [], None
    with tempfile.TemporaryDirectory() as folder:
        storage = journal_storage(Path(folder) / "journal.log")
        for candidate in search(problem, batches, trials=arguments.trials, workers=arguments.workers, storage=storage):
            found.append(candidate)
            first = first or time.perf_counter() - start
    wall, own = time.perf_counter() - start, time.process_time() - own
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = used.ru_utime + used.ru_stime
    feasible = [c for c in found if c.feasible]
    print(f"{arguments.data} {problem.input_shape}: {len(found)} trials in {wall:.1f} s with {arguments.workers} workers")
    print(f"{(own + busy) / arguments.workers:.1f} s would be the least on {arguments.workers} cores that nobody else uses")
    print(f"first candidate after {first:.1f} s; {len(feasible)} feasible, {len(front(found, problem))} on the front")
    share = 100 * own / (own + busy)
    print(f"sampler and bookkeeping {own:.1f} s of processor time, {share:.1f} % of the search; workers {busy:.1f} s")
    for part, seconds in parts(found, problem, batches).items():
        print(f"{part} {seconds:.1f} s of processor time")


def parts(found: list[Candidate], problem: Problem, batches: list, sample: int = 40) -> dict[str, float]:
    """Seconds of cost, build and proxies over all candidates, from as many of them done once more in this process."""
    torch.set_num_threads(1)
    tensors = [(torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y)) for x, y in batches]
    costed, scored = [c for c in found if c.cost], [c for c in found if c.feasible]
    timed = {"cost": 0.0, "build": 0.0, "proxies": 0.0}
    for c in costed[:: max(1, len(costed) // sample)][:sample]:
        fresh = type(c.arch).from_json(c.arch.to_json())  # an architecture remembers its layers
        timed["cost"] += _seconds(lambda arch=fresh: estimate(arch.pruned, arch.input_shape, problem.board)) * len(costed)
    for c in scored[:: max(1, len(scored) // sample)][:sample]:
        nets = []
        timed["build"] += _seconds(lambda: nets.append(build(c.arch.pruned, c.arch.input_shape, 0))) * len(scored)  # noqa: B023
        timed["proxies"] += _seconds(lambda: score(nets[0], tensors, problem.proxies)) * len(scored)  # noqa: B023
    return {
        "cost": timed["cost"] / min(sample, len(costed)),
        "build": timed["build"] / min(sample, len(scored)),
        "proxies": timed["proxies"] / min(sample, len(scored)),
    }


def _seconds(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
