"""What a trial costs besides its evaluation, by executor and by storage, and how many workers that can feed.

`python benchmarks/cluster_overhead.py [--trials 200] [--workers 2]`. Starts a Dask cluster and, where Debian's package
`postgresql` is installed, a database of its own, both on loopback.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from pathlib import Path

from optuna.storages import BaseStorage

from pnas_kit.cost import boards
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import Candidate, Cluster, Limits, Problem, evaluate
from pnas_kit.search.executors import local_pool, result
from pnas_kit.search.journal import journal_storage
from pnas_kit.search.ledger import LOOKAHEAD, Ledger
from pnas_kit.search.storages import storage_for

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from servers import dask_cluster, postgres, postgres_programs

WORKERS = (2, 16, 100, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    data, board = load("digits"), boards()["nano-33-ble"]
    problem = Problem.of(data.card, board, Limits.of(board))
    candidates = some_candidates(problem, proxy_batches(data), 30)
    with ExitStack() as stack:
        serial = bookkeeping(problem, candidates, arguments.trials, stack)
        handing = handing_out(candidates[0], arguments.trials, arguments.workers, stack)
    seconds = [c.seconds for c in candidates]
    print(f"\nan evaluation on digits takes {1e3 * sum(seconds) / len(seconds):.0f} ms on average")
    in_order(seconds)
    extrapolate(serial, handing, sum(seconds) / len(seconds))


def some_candidates(problem: Problem, batches, count: int) -> list[Candidate]:
    """Candidates of the real space, really evaluated, drawn at random."""
    ledger = Ledger(problem, seed=0)
    return [evaluate(*ledger.ask(), problem, batches) for _ in range(count)]


def bookkeeping(problem: Problem, candidates: list[Candidate], trials: int, stack: ExitStack) -> dict[str, float]:
    """Seconds that asking for a trial and telling its result take, by storage."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    storages: dict[str, BaseStorage | None] = {"memory": None, "journal": journal_storage(folder / "journal.log")}
    if postgres_programs():
        storages["PostgreSQL"] = storage_for(stack.enter_context(postgres()).address, folder)
    print(f"ask and tell, ms per trial over {trials} trials")
    found = {}
    for name, storage in storages.items():
        ledger = Ledger(problem, 0, storage)
        asking, telling = asked_and_told(ledger, candidates, trials)
        found[name] = asking + telling
        print(f"  {name:12} ask {1e3 * asking:6.2f}   tell {1e3 * telling:6.2f}   both {1e3 * found[name]:6.2f}")
    return found


def asked_and_told(ledger: Ledger, candidates: list[Candidate], trials: int) -> tuple[float, float]:
    asking = telling = 0.0
    for n in range(trials):
        start = time.perf_counter()
        number, arch = ledger.ask()
        between = time.perf_counter()
        like = candidates[n % len(candidates)]
        fields = {name: getattr(like, name) for name in ("cost", "proxies", "excess", "reason", "failed", "seconds")}
        ledger.tell(Candidate(number=number, arch=arch, **fields))
        asking, telling = asking + between - start, telling + time.perf_counter() - between
    return asking / trials, telling / trials


def _nothing(candidate: Candidate) -> Candidate:
    return candidate


def handing_out(candidate: Candidate, tasks: int, workers: int, stack: ExitStack) -> dict[str, float]:
    """Seconds that a task which does nothing takes with LOOKAHEAD tasks under way, by executor."""
    servers = stack.enter_context(dask_cluster(workers))
    pool, cluster = stack.enter_context(local_pool(workers)), stack.enter_context(Cluster(servers.address))
    executors = {"process pool": pool, "Dask": cluster}
    print(f"\nhand out a trial and collect its candidate, {workers} workers, ms per trial")
    found = {"in process": timed(lambda: _nothing(candidate), tasks)}
    print(f"  {'in process':12} {1e3 * found['in process']:6.2f}")
    for name, executor in executors.items():
        rally(executor, candidate, 4 * LOOKAHEAD, LOOKAHEAD)  # the workers have imported everything
        found[name] = rally(executor, candidate, tasks, LOOKAHEAD)
        alone = rally(executor, candidate, tasks, 1)
        print(f"  {name:12} {1e3 * found[name]:6.2f}   one at a time {1e3 * alone:6.2f}")
    return found


def timed(call: Callable, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def rally(executor: Executor, candidate: Candidate, tasks: int, lookahead: int) -> float:
    """Seconds per task with `lookahead` under way, collected in order."""
    waiting: deque[Future] = deque()
    start = time.perf_counter()
    for _ in range(tasks):
        waiting.append(executor.submit(_nothing, candidate))
        if len(waiting) == lookahead:
            result(executor, waiting.popleft())
    while waiting:
        result(executor, waiting.popleft())
    return (time.perf_counter() - start) / tasks


def in_order(seconds: list[float]) -> None:
    """How busy workers are when trials of these lengths are told in order: simulated, without any overhead."""
    print("\nshare of the time that workers are busy, results told in order (simulated)")
    print("  workers   " + "".join(f"lookahead {k} x " for k in (1, 2, 4, 8)))
    for workers in WORKERS:
        shares = [busy(seconds, workers, k * workers, 20 * workers + 500) for k in (1, 2, 4, 8)]
        print(f"  {workers:7}   " + "".join(f"{100 * share:10.0f} % " for share in shares))


def busy(seconds: list[float], workers: int, lookahead: int, trials: int) -> float:
    """Busy share of `workers` when trial n may start once all up to n - lookahead have finished."""
    rng = random.Random(0)
    free, told, finished, work = [0.0] * workers, 0.0, deque(), 0.0
    for _ in range(trials):
        if len(finished) == lookahead:
            told = max(told, finished.popleft())
        length = rng.choice(seconds)
        end = max(heapq.heappop(free), told) + length
        heapq.heappush(free, end)
        finished.append(end)
        work += length
    return work / (workers * max(free))


def extrapolate(serial: dict[str, float], handing: dict[str, float], seconds: float) -> None:
    """How many workers one search can keep busy: an evaluation's time over what the searching process does for it."""
    print("\nworkers that one search can keep busy on Dask, if its lookahead is long enough")
    for name, ledger in serial.items():
        each = ledger + handing["Dask"]
        figures = ", ".join(f"{t:g} s: {t / each:,.0f}" for t in (round(seconds, 2), 1.0, 10.0))
        print(f"  {name:12} {1e3 * each:6.2f} ms per trial in one process; evaluations of {figures}")


if __name__ == "__main__":
    main()
