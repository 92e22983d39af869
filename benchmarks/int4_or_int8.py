"""At the same flash: a larger net with int4 groups, or a smaller one with int8? Both trained to the end.

`python benchmarks/int4_or_int8.py ecg5000 --flash-kib 48 [--trials 200] [--picks 3] [--epochs N]` searches twice with the
same limits, once with int4 allowed, trains those that the proxies together rank highest among the int8 nets of the one
search and among the nets with int4 groups of the other, and prints the accuracy of the files in tflite-runtime's reference
kernels on the whole test set. Not what subset selection proposes: that spreads over the front on purpose, and the spread
would hide the difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from whole_way import finish

from pnas_kit.cost import boards
from pnas_kit.runs import Config, Run
from pnas_kit.score import consensus
from pnas_kit.search import Candidate


def highest(candidates: list[Candidate], count: int) -> list[int]:
    """Numbers of the feasible candidates that the proxies together rank highest; equal deployed nets count once."""
    feasible = list({c.arch.pruned: c for c in candidates if c.feasible}.values())
    scores = consensus({name: [c.proxies[name] for c in feasible] for name in feasible[0].proxies})
    return [feasible[i].number for i in scores.argsort()[::-1][:count]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--flash-kib", type=int, default=24)
    parser.add_argument("--board", default="nano-33-ble")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--picks", type=int, default=3)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    a = parser.parse_args()
    board = boards()[a.board]
    for seed in range(a.seeds):
        for int4 in (False, True):
            config = Config(
                data=a.data, board=a.board, ram_bytes=board.ram_bytes, flash_bytes=a.flash_kib * 1024,
                macs=board.default_macs, trials=a.trials, picks=a.picks, epochs=a.epochs, seed=seed, int4=int4,
            )  # fmt: skip
            run = Run.create(config, a.runs)
            finish(run, "search")
            candidates = run.candidates()
            comparable = [c for c in candidates if (4 in c.arch.bits) == int4]
            run.pick(highest(comparable, a.picks))
            finish(run, "train")
            for result in sorted(map(run.result, run.picks), key=lambda r: -r.int8_accuracy):
                arch = candidates[result.number].arch
                print(
                    f"{a.data} {a.flash_kib} KiB seed {seed} {'int4' if int4 else 'int8'}"
                    f"  file {100 * result.int8_accuracy:6.2f} %  float {100 * result.float_accuracy:6.2f} %"
                    f"  flash {result.tflite_bytes}  params {result.params}  {result.macs / 1e6:.2f} M MACs"
                    f"  {result.quantisation}  bits {arch.bits}  {arch.words}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
