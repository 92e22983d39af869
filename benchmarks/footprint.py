"""Memory and disk that a search and a training take: `python benchmarks/footprint.py digits fashion_mnist`.

Each phase is a real run by the detached runner, with one worker and with two. Memory is what the runner and all that it
started have for themselves (USS), the highest sum of a look every 0.1 s. A large data set need not be trained on to the end:
`--seconds 120` stops a phase after that time, by when all of its data are there.
"""

import argparse
import tempfile
import time
from pathlib import Path

import psutil

from pnas_kit.cost import boards
from pnas_kit.runs import Config, Run
from pnas_kit.runs.process import is_alive

MIB = 2**20


def memory(pid: int) -> tuple[int, int]:
    """Bytes of the runner and of the processes that it started, at this moment."""
    try:
        runner = psutil.Process(pid)
        return runner.memory_full_info().uss, sum(child.memory_full_info().uss for child in runner.children(recursive=True))
    except psutil.Error:
        return 0, 0


def watched(run: Run, phase: str, seconds: float) -> tuple[int, int]:
    """Do a phase, or so many seconds of it; the most bytes of the runner and of its workers."""
    run.start(phase)
    runner = workers = 0
    end = time.monotonic() + seconds
    while (status := run.status).alive:
        if time.monotonic() > end:
            run.stop()
        if status.pid:
            mine, theirs = memory(status.pid)
            runner, workers = max(runner, mine), max(workers, theirs)
        time.sleep(0.1)
    assert status.state in ("done", "stopped"), status
    while is_alive(status.pid, status.started):
        time.sleep(0.1)
    return runner, workers


def files(run: Run) -> dict[str, int]:
    """Bytes of the journal, and of each prototype's folder."""
    return {
        "journal": (run.path / "journal.log").stat().st_size,
        "prototypes": sum(path.stat().st_size for path in run.path.glob("prototypes/*/*")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="+", help="data sets")
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    board = boards()["nano-33-ble"]
    limits = {"ram_bytes": board.ram_bytes, "flash_bytes": board.flash_bytes, "macs": board.default_macs}
    for data in options.data:
        for workers in options.workers:
            settings = {"data": data, "board": board.id, **limits, "trials": options.trials, "epochs": 1, "picks": workers}
            with tempfile.TemporaryDirectory() as root:
                run = Run.create(Config(**settings, workers=workers), Path(root))
                runner, tree = watched(run, "search", options.seconds)
                print(f"{data} search, {workers} workers: runner {runner / MIB:.0f} MiB, workers {tree / MIB:.0f} MiB")
                run.pick(run.proposed()[:workers])
                runner, tree = watched(run, "train", options.seconds)
                print(f"{data} training, {workers} workers: runner {runner / MIB:.0f} MiB, workers {tree / MIB:.0f} MiB")
                sizes, tried, trained = files(run), len(run.candidates()), len(run.verified)
                print(f"{data}: {sizes['journal'] / tried / 1024:.1f} KiB of journal a trial", flush=True)
                if trained:
                    flash = sum(run.result(number).tflite_bytes for number in run.verified)
                    share = sizes["prototypes"] / flash
                    print(f"{data}: a prototype's folder takes {share:.0f} times its .tflite", flush=True)


if __name__ == "__main__":
    main()
