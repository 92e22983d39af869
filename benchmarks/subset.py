"""How fast and how good subset selection is: `python benchmarks/subset.py [--runs runs/samplers]`.

Twelve fronts of up to 500 points in five objectives (spheres, simplices, fronts of clouds), and those of the searches that
`benchmarks/samplers.py` has left in `--runs`. For each method: processor milliseconds for k = 5 and the hypervolume relative
to the best known, which is the largest of all methods, of a hundred random starts, and of branch and bound to its end or
20,000 parts.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from pnas_kit.search.evolution import evolved
from pnas_kit.search.history import History
from pnas_kit.search.pareto import curve, non_dominated, normalise, select
from pnas_kit.search.subset import exact, greedy, greedy_with_swaps, volume

K, REFERENCE, DIMS, COUNT = 5, 1.1, 5, 500


def made(count: int = COUNT, dims: int = DIMS) -> Iterator[tuple[str, np.ndarray]]:
    """Fronts of three shapes, four draws of each."""
    for seed in range(4):
        draw = np.random.default_rng(seed)
        sphere = np.abs(draw.normal(size=(count, dims)))
        yield f"sphere {seed}", 1 - sphere / np.linalg.norm(sphere, axis=1, keepdims=True)
        yield f"simplex {seed}", draw.dirichlet(np.ones(dims), count)
        cloud = draw.normal(size=(20 * count, dims)) @ (np.eye(dims) + 0.3)
        yield f"cloud {seed}", cloud[non_dominated(cloud)][:count]


def searched(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The fronts of recorded searches of 500 trials."""
    for path in sorted(folder.glob("*/*.csv")):
        with open(path, newline="") as file:
            rows = [[float(v) for v in row[3:]] for row in list(csv.reader(file))[1:501] if row[3]]
        points = np.array(rows) * [1, *[-1] * (len(rows[0]) - 1)]
        yield f"{path.parent.name} {path.stem}", points[non_dominated(points)]


def timed(call: Callable, repeats: int = 3) -> tuple[float, list[int]]:
    """Least processor milliseconds of some calls, one thread, and what they return."""
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        found = call()
        best = min(best, time.process_time() - start)
    return 1000 * best, found


def compared(front: np.ndarray) -> dict[str, tuple[float, float]]:
    """For each method its milliseconds and its hypervolume relative to the best known."""
    front = np.unique(normalise(front), axis=0)
    calls = {
        "auto": lambda: select(front, K, keep_extremes=False),
        "greedy": lambda: greedy(front, K, REFERENCE, []),
        "evolution": lambda: evolved(front, K, REFERENCE, [], 0),
    }
    found = {name: timed(call, 1 if name == "evolution" else 3) for name, call in calls.items()}
    found["exact"] = timed(lambda: exact(front, K, REFERENCE, [], 0, most=20_000), 1)
    known = greedy_with_swaps(front, K, REFERENCE, [], 1, starts=100)
    volumes = {name: volume(front, chosen, REFERENCE) for name, (_, chosen) in found.items()}
    best = max(*volumes.values(), volume(front, known, REFERENCE))
    return {name: (found[name][0], volumes[name] / best) for name in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/samplers"))
    fronts = [*made(), *searched(parser.parse_args().runs)]
    everything = []
    for name, front in fronts:
        found = compared(front)
        everything.append(found)
        words = (f"{method} {ms:8.1f} ms {ratio:.4f}" for method, (ms, ratio) in found.items())
        print(f"{name:28} {len(front):4} points  " + "  ".join(words), flush=True)
    for method in everything[0]:
        times, ratios = np.array([found[method] for found in everything]).T
        print(f"{method:10} {np.median(times):8.1f} ms in the middle, {times.max():8.1f} at most;", end=" ")
        print(f"ratio {ratios.min():.4f} at least, {ratios.mean():.4f} on average")
    for name, front in fronts[12:]:
        for extremes in (True, False):
            shares = " ".join(f"{share:.3f}" for share in curve(front, 10, keep_extremes=extremes))
            print(f"kept by 1, 2, .. prototypes, {name}, extremes {'kept' if extremes else 'free'}: {shares}")
    plane()
    growing()


def plane() -> None:
    """Two objectives: the exact choice for more and more points."""
    for count in (500, 1000, 2000, 5000):
        steps = np.random.default_rng(count).exponential(size=(2, count))
        front = np.stack([np.cumsum(steps[0]), -np.cumsum(steps[1])], axis=1)
        few, many = (timed(partial(select, front, k))[0] for k in (5, 20))
        print(f"2-D, exact, {count} points: k = 5 {few:.1f} ms, k = 20 {many:.1f} ms")


def growing() -> None:
    """The history of 5,000 points that are all on the front, the worst case."""
    sphere = np.abs(np.random.default_rng(0).normal(size=(5000, DIMS)))
    history, times = History(), []
    for point in 1 - sphere / np.linalg.norm(sphere, axis=1, keepdims=True):
        start = time.process_time()
        history.add(point)
        times.append(1000 * (time.process_time() - start))
    print(f"history of 5,000 points of a 5-D front: {np.mean(times[-500:]):.1f} ms for a point at the end,", end=" ")
    print(f"{max(times):.1f} ms at most, {sum(times) / 1000:.1f} s in all")


if __name__ == "__main__":
    main()
