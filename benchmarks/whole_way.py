"""The whole way without a browser: search, take the proposed prototypes, train and verify them, print the figures.

`python benchmarks/whole_way.py ecg5000 [--trials 500] [--picks 5] [--pick N ...] [--epochs N] [--runs DIR]`; the run is left
in DIR and can be opened in the workbench. Run again with `--resume NAME` to go on with one that was interrupted.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from pnas_kit.cost import boards
from pnas_kit.runs import Config, Result, Run, RunError


def finish(run: Run, phase: str) -> float:
    """Run a phase to its end; returns its seconds."""
    start = time.perf_counter()
    run.start(phase)
    if (state := run.wait().state) != "done":
        raise RunError(f"{phase} ended as {state}")
    return time.perf_counter() - start


def _strict(r: Result) -> str:
    """mAP50-95 of a detector."""
    return "" if r.int8_strict is None else f"  mAP50-95 {100 * r.float_strict:.2f} and {100 * r.int8_strict:.2f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--board", default="nano-33-ble")
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--picks", type=int, default=5)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--pick", type=int, nargs="*", help="trials to train; default: those that are proposed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--resume", metavar="NAME")
    a = parser.parse_args()
    board = boards()[a.board]
    config = Config(
        data=a.data, board=a.board, ram_bytes=board.ram_bytes, flash_bytes=board.flash_bytes, macs=board.default_macs,
        trials=a.trials, picks=a.picks, epochs=a.epochs, seed=a.seed,
    )  # fmt: skip
    run = Run(a.runs / a.resume) if a.resume else Run.create(config, a.runs)
    print(f"{run.name}: search {finish(run, 'search'):.0f} s", flush=True)
    run.pick(a.pick or run.picks or run.proposed())
    print(f"training and verification {finish(run, 'train'):.0f} s")
    found = run.candidates()
    for r in sorted(map(run.result, run.picks), key=lambda r: r.macs):
        print(
            f"trial {r.number:3d}  {r.metric} float {100 * r.float_accuracy:6.2f} %  int8 {100 * r.int8_accuracy:6.2f} %"
            f"{_strict(r)}"
            f"  of {r.test_count}  {r.macs / 1e6:6.2f} M MACs  arena {r.arena_predicted} (measured {r.arena_measured})"
            f"  ram {r.ram_bytes}  flash {r.tflite_bytes}  {r.epochs} epochs {r.train_seconds:.0f} s"
            f"  {found[r.number].arch.words}"
        )


if __name__ == "__main__":
    main()
