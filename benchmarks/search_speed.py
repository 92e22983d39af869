"""How long a search takes: `python benchmarks/search_speed.py [data set] [--trials 500] [--workers 2]`."""

from __future__ import annotations

import argparse
import time

from pnas_kit.cost import boards
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import Limits, Problem, front, search


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--board", default="nano-33-ble")
    arguments = parser.parse_args()
    data, board = load(arguments.data), boards()[arguments.board]
    problem = Problem.of(data.card, board, Limits.of(board))
    batches = proxy_batches(data)
    start = time.perf_counter()
    found, first = [], None
    for candidate in search(problem, batches, trials=arguments.trials, workers=arguments.workers):
        found.append(candidate)
        first = first or time.perf_counter() - start
    wall = time.perf_counter() - start
    busy = sum(c.seconds for c in found)
    feasible = [c for c in found if c.feasible]
    print(f"{arguments.data} on {board.name}: {len(found)} trials in {wall:.1f} s with {arguments.workers} workers")
    print(f"first candidate after {first:.1f} s; evaluations took {busy:.1f} s of worker time")
    print(f"{len(feasible)} feasible, {len(front(found, problem))} on the front")


if __name__ == "__main__":
    main()
