"""Which sampler finds the most: `python benchmarks/samplers.py [--data digits ecg5000] [--trials 1000] [--seeds 5]`.

Runs every sampler with every seed on the real space with the real proxies, on one thread, and prints the hypervolume of all
feasible trials after 100, 250, 500 and 1,000 trials with the sampler's own time. Scores are kept on disk by architecture and
finished searches by sampler and seed, in `--out`, so that it can be stopped and goes on where it was. `--csv FILE`
writes the table. A slow sampler may be given fewer trials than the rest: `--samplers nsga2 tpe=500`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from pnas_kit.cost import Cost, boards
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import PROXIES, Candidate, Limits, Problem, evaluate
from pnas_kit.search.engine import LOOKAHEAD
from pnas_kit.search.ledger import Ledger
from pnas_kit.search.pareto import hypervolume_history
from pnas_kit.search.sampler import SAMPLERS, standardised
from pnas_kit.space import Arch, ShapeError

BOARD = "nano-33-ble"
LIMITS = {
    # A quarter of random nets meet the first, four fifths the second.
    "digits": Limits(ram_bytes=40_000, flash_bytes=100_000, macs=400_000),
    "ecg5000": Limits(ram_bytes=40_000, flash_bytes=300_000, macs=4_000_000),
}
MARKS = (100, 250, 500, 1000)
REFERENCE = 1.1


class Evaluator:
    """Evaluates architectures, each network once: what was scored is read from a file."""

    def __init__(self, path: Path, problem: Problem, batches) -> None:
        self._path, self._problem, self._batches = path, problem, batches
        lines = path.read_text().splitlines() if path.exists() else []
        self._known = {row["key"]: row["record"] for row in map(json.loads, lines)}

    def __call__(self, number: int, arch: Arch) -> Candidate:
        try:
            key = hashlib.sha256(repr(arch.pruned).encode()).hexdigest()[:24]
        except ShapeError:
            return evaluate(number, arch, self._problem, self._batches)
        if key in self._known:
            return Candidate.from_record(number, arch, self._known[key])
        found = evaluate(number, arch, self._problem, self._batches)
        if found.feasible:
            self._known[key] = found.to_record()
            with open(self._path, "a") as file:
                file.write(json.dumps({"key": key, "record": self._known[key]}) + "\n")
        return found


def searched(
    problem: Problem, evaluator: Callable[[int, Arch], Candidate], sampler: str, seed: int, trials: int
) -> Iterator[tuple]:
    """Candidates in the order of a search, each with the processor seconds that sampler and bookkeeping took so far."""
    ledger, waiting, asked, spent = Ledger(problem, seed, sampler=sampler), deque(), 0, 0.0
    for told in range(trials):
        start = time.process_time()
        while asked < min(trials, told + LOOKAHEAD):
            waiting.append(ledger.ask())
            asked += 1
        spent += time.process_time() - start
        candidate = evaluator(*waiting.popleft())
        start = time.process_time()
        ledger.tell(candidate)
        spent += time.process_time() - start
        yield candidate, spent


def costless(number: int, arch: Arch) -> Candidate:
    """A candidate with made-up values, for timing what is not evaluation."""
    draw = np.random.default_rng(number)
    cost = Cost(macs=sum(arch.depth), params=1, arena_bytes=1, ram_bytes=1, flash_bytes=1, latency_ms=1.0, energy_mj=None)
    proxies = {name: float(draw.normal() + 4 * arch.width * arch.sparsity[i % 4]) for i, name in enumerate(PROXIES)}
    return Candidate(number=number, arch=arch, cost=cost, proxies=proxies, excess={"macs": -0.1})


def overheads(samplers: list[str], trials: int) -> None:
    """Prints the processor seconds of sampler and bookkeeping after each fifth of the trials."""
    problem = Problem(input_shape=(8, 8, 1), classes=10, board=boards()[BOARD], limits=LIMITS["digits"])
    for sampler in samplers:
        spent = [seconds for _, seconds in searched(problem, costless, sampler, 0, trials)]
        words = (f"{count} trials {spent[count - 1]:6.1f} s" for count in range(trials // 5, trials + 1, trials // 5))
        print(f"{sampler:10}", "  ".join(words), flush=True)


def record(path: Path, rows: Iterator[tuple]) -> None:
    """Write a search to a file, which appears only when all of it is there."""
    part = path.with_suffix(".part")
    with open(part, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["trial", "sampler_seconds", "evaluation_seconds", "macs", *PROXIES])
        for c, spent in rows:
            values = [c.cost.macs, *(c.proxies[name] for name in PROXIES)] if c.feasible else [""] * (1 + len(PROXIES))
            writer.writerow([c.number, round(spent, 4), c.seconds, *values])
    part.replace(path)


def read(path: Path) -> np.ndarray:
    """A recorded search, float64 `(trials, 8)`; the objectives of infeasible trials are NaN."""
    with open(path, newline="") as file:
        return np.array([[float(value or "nan") for value in row] for row in list(csv.reader(file))[1:]])


def table(runs: dict[tuple[str, int], np.ndarray]) -> list[dict]:
    """For each sampler and mark: mean and standard deviation over seeds of both hypervolumes, and the seconds.

    Objectives are scaled to the smallest and the largest that any search found, SNIP's logarithm, the
    reference is 1.1. `plane` is the hypervolume of MACs against the mean of the proxies, standardised over all searches.
    """
    everything = np.concatenate([_minimised(run) for run in runs.values()])
    feasible = everything[~np.isnan(everything[:, 0])]
    planes = {key: _in_plane(_minimised(run), feasible) for key, run in runs.items()}
    flat = np.concatenate(list(planes.values()))
    flat = flat[~np.isnan(flat[:, 0])]
    volumes = {key: _volumes(_minimised(run), feasible) for key, run in runs.items()}
    areas = {key: _volumes(plane, flat) for key, plane in planes.items()}
    rows = []
    for name in dict.fromkeys(name for name, _ in runs):
        for mark in MARKS:
            keys = [key for key, run in runs.items() if key[0] == name and len(run) >= mark]
            if keys:
                found = [(volumes[k][mark - 1], areas[k][mark - 1], *_spent(runs[k], mark)) for k in keys]
                rows.append(_row(name, mark, found))
    return rows


def _row(name: str, mark: int, found: list[tuple]) -> dict:
    mean, spread = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) if len(found) > 1 else np.full(4, np.nan)
    return {
        "sampler": name, "trials": mark, "seeds": len(found),
        "hypervolume": round(mean[0], 4), "spread": round(spread[0], 4),
        "plane": round(mean[1], 4), "plane_spread": round(spread[1], 4),
        "feasible": round(mean[2]), "sampler_seconds": round(mean[3], 2),
    }  # fmt: skip


def _spent(run: np.ndarray, mark: int) -> tuple[float, float]:
    return (~np.isnan(run[:mark, 3])).sum(), run[mark - 1, 1]


def _minimised(run: np.ndarray) -> np.ndarray:
    values = run[:, 3:].copy()
    # The one score that is neither a logarithm nor bounded: on its own scale a few outliers would be all of the volume.
    snip = 1 + PROXIES.index("snip")
    values[:, snip] = np.log(values[:, snip])
    return values * np.array([1.0, *[-1.0] * len(PROXIES)])


def _in_plane(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return np.stack([points[:, 0], standardised(points[:, 1:], reference[:, 1:]).mean(axis=1)], axis=1)


def _volumes(points: np.ndarray, pooled: np.ndarray) -> np.ndarray:
    """Share of the box up to the reference that the first i trials dominate, for each i."""
    low, high = pooled.min(axis=0), pooled.max(axis=0)
    scaled = np.nan_to_num((points - low) / (high - low), nan=2 * REFERENCE)
    return hypervolume_history(scaled, np.full(points.shape[1], REFERENCE)) / REFERENCE ** points.shape[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=list(LIMITS), choices=list(LIMITS))
    parser.add_argument("--samplers", nargs="+", default=list(SAMPLERS), metavar="NAME[=TRIALS]")
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("runs/samplers"))
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--cost", type=int, metavar="TRIALS", help="only time the samplers, on made-up values")
    a = parser.parse_args()
    a.samplers = {name: int(trials or a.trials) for name, _, trials in (word.partition("=") for word in a.samplers)}
    if not set(a.samplers) <= set(SAMPLERS):
        parser.error(f"samplers are {', '.join(SAMPLERS)}, got {', '.join(a.samplers)}")
    if a.cost:
        overheads(list(a.samplers), a.cost)
        return
    rows = []
    for data in a.data:
        runs = compared(data, a)
        for row in table(runs):
            rows.append({"data": data} | row)
            print(" ".join(f"{value!s:>10}" for value in rows[-1].values()), flush=True)
    if a.csv:
        with open(a.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def compared(data: str, a: argparse.Namespace) -> dict[tuple[str, int], np.ndarray]:
    folder = a.out / data
    folder.mkdir(parents=True, exist_ok=True)
    loaded = load(data)
    problem = Problem.of(loaded.card, boards()[BOARD], LIMITS[data])
    evaluator = Evaluator(folder / "scores.jsonl", problem, proxy_batches(loaded))
    runs = {}
    for seed in range(a.seeds):
        for sampler, trials in a.samplers.items():
            path = folder / f"{sampler}-{seed}-{trials}.csv"
            if not path.exists():
                start = time.perf_counter()
                record(path, searched(problem, evaluator, sampler, seed, trials))
                print(f"# {data} {sampler} seed {seed}: {time.perf_counter() - start:.0f} s", flush=True)
            runs[sampler, seed] = read(path)
    return runs


if __name__ == "__main__":
    main()
