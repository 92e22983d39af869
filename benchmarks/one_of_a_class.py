"""What one person of a class asks of the server: a search, two prototypes trained and verified, as the pages start them.

    python benchmarks/one_of_a_class.py                # the workbench's own epochs
    python benchmarks/one_of_a_class.py --epochs 40

Processor time, which on a busy machine says more than wall time, and what that makes for a class: everybody's share, one
after the other on all cores. Pages and their kernels come on top.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import psutil

from pnas_kit.cost import boards
from pnas_kit.runs import Config, Run

BOARD, CLASSES, CORES = boards()["nano-33-ble"], (8, 20), (2, 4, 8)
LOOK_SECONDS = 0.2


def spent(run: Run, phase: str) -> float:
    """Processor seconds of a phase: of its runner, of the workers that have ended and of those at work when last seen."""
    run.start(phase)
    seconds = 0.0
    while (status := run.wait(LOOK_SECONDS)).alive:
        try:
            runner = psutil.Process(status.pid)
            workers = [worker.cpu_times() for worker in runner.children(recursive=True)]
            seconds = max(seconds, sum(runner.cpu_times()[:4]) + sum(sum(times[:2]) for times in workers))
        except psutil.NoSuchProcess:
            continue
    if status.state != "done":
        raise SystemExit(f"the {phase} {status.state}: {status.error}")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="digits")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--picks", type=int, default=2)
    parser.add_argument("--epochs", type=int, help="of each training (what the workbench takes by itself)")
    asked = parser.parse_args()
    config = Config(
        data=asked.data, board=BOARD.id, trials=asked.trials, epochs=asked.epochs,
        ram_bytes=BOARD.ram_bytes, flash_bytes=BOARD.flash_bytes, macs=BOARD.default_macs,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as root:
        run = Run.create(config, Path(root))
        search = spent(run, "search")
        run.pick(run.proposed()[: asked.picks])
        train = spent(run, "train")
        right = ", ".join(f"{100 * run.result(number).int8_accuracy:.1f} %" for number in run.picks)
    print(f"search {search:.0f} s, training {train:.0f} s of processor time, load {os.getloadavg()[0]:.1f}; right: {right}")
    for people in CLASSES:
        took = ", ".join(f"{people * (search + train) / cores / 60:.0f} min on {cores}" for cores in CORES)
        print(f"{people} people: {took} cores")


if __name__ == "__main__":
    main()
