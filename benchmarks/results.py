"""The table of results: every data set the product's way, from the search to the verified int8 file.

    python benchmarks/results.py [DATA ...]     # search, train and verify what `data/results.csv` lacks
    python benchmarks/results.py report         # prints the tables from what is there, into docs/results.md too

For each entry of `PLAN` and each seed: a run with the stated limits, a search of 500 trials, the prototypes that the app
proposes (or the one with the best score), trained with the default recipe, quantised, and the `.tflite` scored on the whole
test split in tflite-runtime's reference kernels. A prototype is a row as soon as it exists and is not made again. Runs are
kept in RUNS/results, can be opened in the workbench, and an interrupted one goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pnas_kit.cost import boards
from pnas_kit.paths import DATA
from pnas_kit.runs import Config, Run, RunError
from pnas_kit.search import Candidate

TABLE = DATA / "results.csv"
PAGE = DATA.parent / "docs" / "results.md"
KEY = ("data", "board", "ram_limit", "flash_limit", "macs_limit", "large_epochs", "seed")
COLUMNS = (
    *KEY, "of", "trial", "picked", "family", "macs", "ram_bytes", "arena_bytes", "flash_bytes", "latency_ms", "metric",
    "float_accuracy", "int8_accuracy", "balanced_accuracy", "validation_accuracy", "quantisation", "epochs",
    "search_seconds", "train_seconds",
)  # fmt: skip
BOARD = "nano-33-ble"
TRIALS = 500
POLL_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A data set of the plan.

    Attributes:
        data: its name.
        ram, flash, macs: limits; None takes the board's.
        picks: prototypes that are proposed; 1 takes the best score alone, where a training takes long.
        seeds: of search and training.
        epochs: None takes the recipe's.
        trial: the one to train where it was picked by hand; None trains what is proposed, or the best score.
        also: picked by hand besides.
        bar: accuracy of the int8 file to reach, and whose it is.
        trials: of the search.
        large_epochs: of a large network that the prototypes learn from; None trains none.
    """

    data: str
    ram: int | None = None
    flash: int | None = None
    macs: int | None = None
    picks: int = 5
    seeds: int = 1
    epochs: int | None = None
    trial: int | None = None
    also: tuple[int, ...] = ()
    bar: tuple[float, str] | None = None
    trials: int = TRIALS
    large_epochs: int | None = None

    def config(self, seed: int, workers: int) -> Config:
        """Of the run with this seed."""
        board = boards()[BOARD]
        return Config(
            data=self.data, board=BOARD, ram_bytes=self.ram or board.ram_bytes, flash_bytes=self.flash or board.flash_bytes,
            macs=self.macs or board.default_macs, trials=self.trials, picks=self.picks, epochs=self.epochs, seed=seed,
            workers=workers, distil=self.large_epochs is not None, large_epochs=self.large_epochs,
        )  # fmt: skip


PLAN = (
    Entry(data="ucr/GunPoint", macs=2_000_000, seeds=3, bar=(1.0, "InceptionTime")),
    Entry(data="ucr/ItalyPowerDemand", macs=2_000_000, seeds=3, bar=(0.965, "InceptionTime 96.6 %")),
    Entry(data="ucr/ItalyPowerDemand", macs=2_000_000, seeds=3, large_epochs=150, bar=(0.965, "InceptionTime 96.6 %")),
    Entry(data="ucr/ArrowHead", macs=2_000_000, seeds=3, bar=(0.86, "InceptionTime 86.3 %")),
    Entry(data="digits", macs=2_000_000, seeds=3),
    Entry(data="ecg5000", macs=2_000_000, seeds=3, bar=(0.945, "MiniROCKET")),
    Entry(data="ecg5000", macs=2_000_000, seeds=3, large_epochs=30, bar=(0.945, "MiniROCKET")),
    Entry(data="spoken_digits", macs=2_000_000, bar=(0.98, "")),
    Entry(data="uwave", macs=4_000_000, seeds=3, bar=(0.96, "")),
    Entry(data="hapt", ram=10_800, flash=19_300, macs=1_000_000, seeds=3, bar=(0.934, "TinyTNAS, UCI-HAR")),
    Entry(data="hapt", ram=10_800, flash=19_300, macs=1_000_000, seeds=3, large_epochs=30, bar=(0.934, "TinyTNAS, UCI-HAR")),
    Entry(data="mnist", flash=20_000, macs=2_000_000, epochs=16, bar=(0.994, "")),
    Entry(data="fashion_mnist", macs=4_000_000, also=(316,), epochs=45, bar=(0.93, "")),
    Entry(data="cifar10", epochs=20),
    Entry(data="cifar10", ram=64_000, flash=98_496, picks=1, epochs=80, bar=(0.856, "ResNet-8, ST and MLPerf Tiny")),
    Entry(  # in no more work than ResNet-8's
        data="cifar10",
        ram=64_000,
        flash=98_496,
        macs=12_500_000,
        trials=4000,
        picks=1,
        epochs=60,
        bar=(0.856, "ResNet-8, ST and MLPerf Tiny"),
    ),
    Entry(  # by short trainings, not by the score
        data="cifar10",
        flash=360_000,
        macs=25_000_000,
        picks=1,
        trial=8,
        also=(74,),
        epochs=55,
        bar=(0.937, "the paper, pre-trained"),
    ),
    Entry(  # a prototype of the search above that fits ResNet-8's limits
        data="cifar10",
        flash=360_000,
        macs=25_000_000,
        picks=1,
        trial=74,
        epochs=55,
        large_epochs=7,
        bar=(0.856, "ResNet-8, ST and MLPerf Tiny"),
    ),
    Entry(data="traffic_lights", macs=2_000_000, seeds=3),
    Entry(data="mnist_det", epochs=60),
    Entry(data="fashion_det", epochs=60),
    Entry(data="tree_crowns"),
    Entry(data="corals", seeds=3),
)


def key(config: Config) -> tuple[str, ...]:
    """What tells the rows of one run from those of others, as text."""
    limits = (config.ram_bytes, config.flash_bytes, config.macs)
    return tuple(map(str, (config.data, config.board, *limits, config.large_epochs or "", config.seed)))


def read(table: Path = TABLE) -> list[dict[str, str]]:
    """The rows so far; none where there is no table."""
    if not table.is_file():
        return []
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def add(row: dict[str, object], table: Path = TABLE) -> None:
    """Put a row into the table, in the place of an older one of the same prototype; in one step."""
    same = (*KEY, "trial")
    write([old for old in read(table) if any(old[name] != str(row[name]) for name in same)] + [row], table)


def write(rows: Sequence[dict[str, object]], table: Path = TABLE) -> None:
    """The whole table, in one step."""
    draft = table.with_suffix(".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(draft, table)


def chosen(run: Run, entry: Entry) -> dict[int, str]:
    """The trials to train and why each was picked; the best score comes first."""
    by_hand = dict.fromkeys(entry.also, "by hand")
    if entry.trial is not None:
        return {entry.trial: "by hand"} | by_hand
    best = max((c for c in run.candidates() if c.feasible), key=lambda c: c.score).number
    proposed = run.proposed() if run.config.picks > 1 else []
    return (
        {best: "best score, proposed" if best in proposed else "best score"}
        | {number: "proposed" for number in proposed if number != best}
        | by_hand
    )


def finish(run: Run, phase: str, look: Callable[[], None]) -> None:
    """Run a phase to its end, looking at it now and then; it is stopped where this is interrupted."""
    if not run.status.alive:  # else an earlier attempt's is still going on
        run.start(phase)
    try:
        while (status := run.wait(POLL_SECONDS)).alive:
            look()
        look()
    except RunError:
        look()  # the others are finished all the same
        raise
    finally:
        if run.status.alive:
            run.stop()
    if status.state != "done":
        raise RunError(f"{phase} of {run.name} ended as {status.state}")


def searched(folder: Path, config: Config) -> tuple[Run, float]:
    """The run in a folder, its search done, and the seconds that took over all attempts."""
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob("*/config.json"))
    run = Run(found[0].parent) if found else Run.create(config, folder)
    clock = folder / "search_seconds"
    before = float(clock.read_text(encoding="utf-8")) if clock.is_file() else 0.0
    if len(run.candidates()) < config.trials:
        start = time.perf_counter()
        finish(run, "search", lambda: clock.write_text(f"{before + time.perf_counter() - start:.1f}", encoding="utf-8"))
    return run, float(clock.read_text(encoding="utf-8"))


def note_new(run: Run, picked: dict[int, str], seconds: float, table: Path) -> None:
    """Rows for the prototypes that were finished since the last look."""
    here = key(run.config)
    known = {row["trial"] for row in read(table) if tuple(row[name] for name in KEY) == here}
    candidates: Sequence[Candidate] = run.candidates()
    for number, why in picked.items():
        result = run.result(number)
        if result is None or str(number) in known:
            continue
        judged = result.validation_accuracy
        row = dict(zip(KEY, here, strict=True)) | {
            "of": len(picked), "trial": number, "picked": why, "family": candidates[number].arch.family,
            "macs": result.macs, "ram_bytes": result.ram_bytes, "arena_bytes": result.arena_predicted,
            "flash_bytes": result.tflite_bytes, "latency_ms": f"{result.latency_ms:.2f}", "metric": result.metric,
            "float_accuracy": f"{result.float_accuracy:.5f}", "int8_accuracy": f"{result.int8_accuracy:.5f}",
            "balanced_accuracy": "" if result.balanced_accuracy is None else f"{result.balanced_accuracy:.5f}",
            "validation_accuracy": "" if judged is None else f"{judged:.5f}", "quantisation": result.quantisation,
            "epochs": result.epochs, "search_seconds": f"{seconds:.0f}", "train_seconds": f"{result.train_seconds:.0f}",
        }  # fmt: skip
        add(row, table)
        print(*(f"{name} {row[name]}" for name in COLUMNS if name not in KEY[1:6]), sep="  ", flush=True)


def complete(entry: Entry, seed: int, runs: Path, workers: int, table: Path = TABLE) -> None:
    """Make the prototypes of one entry and seed that the table lacks; all anew where the plan asks for more than it did."""
    config = entry.config(seed, workers)
    here = key(config)
    rows = [row for row in read(table) if tuple(row[name] for name in KEY) == here]
    there, most = {int(row["trial"]) for row in rows}, max((int(row["of"]) for row in rows), default=0)
    if most >= entry.picks and len(rows) == most and there.issuperset(entry.also):
        return
    run, seconds = searched(runs / "results" / "-".join(part.replace("/", "-") for part in here if part), config)
    picked = chosen(run, entry)
    if most < len(picked) and entry.picks > 1:
        write([row for row in read(table) if row not in rows], table)
        there = set()
    if not (missing := [number for number in picked if number not in there]):
        return  # fewer are proposed than the plan asks for
    run.pick(missing)
    finish(run, "train", lambda: note_new(run, picked, seconds, table))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="*", help="names of the plan's data sets, or report; default: all of the plan")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--seeds", type=int, default=3, help="at most so many")
    parser.add_argument("--workers", type=int, default=2, help="trainings at the same time")
    asked = parser.parse_args()
    if asked.data == ["report"]:
        from results_report import report, written

        print(made := report(PLAN, read()))
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
        return
    known = {entry.data for entry in PLAN}
    if unknown := set(asked.data) - known:
        parser.error(f"the plan has {sorted(known)}, not {sorted(unknown)}")
    for entry in PLAN:
        for seed in range(min(entry.seeds, asked.seeds)):
            if not asked.data or entry.data in asked.data:
                complete(entry, seed, asked.runs, asked.workers)


if __name__ == "__main__":
    main()
