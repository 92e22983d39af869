"""Does an untrained score rank nets as training does? `python benchmarks/rank_study.py train|score|report`.

`train` trains feasible nets of every family and size in the same way to the end and appends each to `data/rank_study.csv`;
it may be stopped, or killed, and goes on where it was. `score` adds what untrained nets are scored by, `report` prints the
tables.
"""

from __future__ import annotations

import argparse
import csv
import fcntl
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from rank_nets import BOARD, compact, decoded, sampled

from pnas_kit.cost import boards, estimate
from pnas_kit.learn.data import Dataset, load, proxy_batches
from pnas_kit.learn.data.split import stratified
from pnas_kit.learn.recipe import Recipe, recipe_for
from pnas_kit.space import Arch, task_of

TABLE = Path(__file__).resolve().parents[1] / "data" / "rank_study.csv"
NETS = 60
SEEDS, REPEATED = 3, 10
"""The first `REPEATED` nets of a data set are trained with this many seeds, to know how well training ranks as training."""
KEY = ("data", "net", "seed")
COLUMNS = (*KEY, "family", "accuracy", "macs", "params", "ram", "seconds", "spec")


@dataclass(frozen=True)
class Setting:
    """What of a data set is used: training samples (stratified), test samples (the first), epochs."""

    train: int
    test: int
    epochs: int


SETTINGS = {
    "digits": Setting(719, 1078, 15),
    "ecg5000": Setting(500, 4500, 15),
    "fashion_mnist": Setting(1000, 4000, 10),
    "uwave": Setting(896, 2000, 10),
}


load_once = cache(load)


@cache
def subset(name: str, setting: Setting) -> Dataset:
    """The data set cut down: training samples in equal shares of the classes, then the first test samples.

    Where fewer test samples exist than are wanted, training samples that were left out fill up (digits).
    """
    data = load_once(name)
    left = kept = np.arange(len(data.train_y))
    if setting.train < len(kept):
        left, kept = stratified(data.train_y, setting.train / len(kept), seed=0)
    more = left[: max(0, setting.test - len(data.test_y))] if len(kept) < len(data.train_y) else kept[:0]
    return replace(
        data,
        train_x=data.train_x[kept],
        train_y=data.train_y[kept],
        groups=None if data.groups is None else data.groups[kept],
        test_x=np.concatenate([data.test_x[: setting.test], data.train_x[more]]),
        test_y=np.concatenate([data.test_y[: setting.test], data.train_y[more]]),
    )


@dataclass(frozen=True)
class Job:
    """One training."""

    data: str
    net: int
    seed: int
    arch: Arch

    @property
    def key(self) -> tuple[str, int, int]:
        return self.data, self.net, self.seed


def jobs(nets: int = NETS, settings: Mapping[str, Setting] = SETTINGS) -> list[Job]:
    """All trainings in their order: data sets and families take turns, so that a table cut off anywhere is balanced."""
    found = []
    for name in settings:
        data = load_once(name)
        for net, arch in enumerate(sampled(data.card.shape, len(data.card.classes), nets)):
            seeds = SEEDS if net < REPEATED else 1
            found += [(net + seed * nets // 2, Job(name, net, seed, arch)) for seed in range(seeds)]
    return [job for _, job in sorted(found, key=lambda pair: pair[0])]


def recipe(data: Dataset, epochs: int) -> Recipe:
    """The default recipe, but pruned to the searched sparsity before the first step: the net that the proxies saw."""
    default = recipe_for(data.card.name, task_of(data.card.shape), len(data.train_y), epochs)
    return replace(default, prune_from=0.0, prune_until=0.0)


def trained(job: Job, setting: Setting) -> dict:
    """The row of one training: test accuracy after the last epoch, what the net costs, seconds of processor time."""
    import torch

    from pnas_kit.learn.train import Training, accuracy, tensors

    torch.set_num_threads(1)
    data = subset(job.data, setting)
    start = time.process_time()
    training = Training(job.arch, data, recipe(data, setting.epochs), seed=job.seed)
    for _ in training:
        pass
    found = accuracy(training.net, *tensors(data.test_x, data.test_y))
    cost = estimate(job.arch.pruned, job.arch.input_shape, boards()[BOARD])
    return {
        "data": job.data, "net": job.net, "seed": job.seed, "family": job.arch.family, "accuracy": round(found, 5),
        "macs": cost.macs, "params": cost.params, "ram": cost.ram_bytes, "seconds": round(time.process_time() - start, 2),
        "spec": compact(job.arch) if job.seed == 0 else "",
    }  # fmt: skip


def read(table: Path = TABLE) -> list[dict]:
    """The rows as text; none where there is no table yet."""
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def alone(table: Path) -> Iterator[None]:
    """Holds the table against the other commands."""
    folder = os.open(table.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def write(rows: list[dict], table: Path = TABLE) -> None:
    """Replaces the table in one step: it is the old or the new one whatever happens."""
    columns = list(COLUMNS) + sorted({name for row in rows for name in row} - set(COLUMNS))
    draft = table.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["data"], int(row["net"]), int(row["seed"]))))
    os.replace(draft, table)


def train(todo: list[Job], settings: Mapping[str, Setting] = SETTINGS, table: Path = TABLE) -> None:
    """Trains what the table does not have yet."""
    done = {(row["data"], int(row["net"]), int(row["seed"])) for row in read(table)}
    for job in (job for job in todo if job.key not in done):
        row = trained(job, settings[job.data])
        with alone(table):
            write([*read(table), row], table)
        print(*(f"{name} {row[name]}" for name in COLUMNS[:-1]), flush=True)


def scores(arch: Arch, data: Dataset, look: int, names: Sequence[str]) -> dict[str, float]:
    """Proxies of the untrained net, on weights and batches drawn with the seed `look`; one that fails is missing."""
    import torch

    from pnas_kit.score import ProxyError, score
    from pnas_kit.space.net import build

    torch.set_num_threads(1)
    net = build(arch.pruned, arch.input_shape, look)
    batches = [(torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y)) for x, y in proxy_batches(data, seed=look)]
    try:
        return score(net, batches, names)
    except ProxyError:
        found = {}
        for name in names:
            with suppress(ProxyError):
                found |= score(net, batches, (name,))
        return found


def add_scores(table: Path = TABLE) -> None:
    """Gives every net of the table its scores, of two looks: `zico` and, of the second, `zico.1`."""
    from pnas_kit.score import PROXIES

    for row in [row for row in read(table) if row["spec"]]:
        data = load_once(row["data"])
        arch = decoded(row, data.card)
        found = {}
        for look, mark in ((0, ""), (1, ".1")):
            names = [name for name in sorted(set(PROXIES) - {"macs", "params"}) if not row.get(name + mark)]
            if names:
                found |= {name + mark: f"{value:.6g}" for name, value in scores(arch, data, look, names).items()}
        if not found:
            continue
        with alone(table):
            write([old | found if same(old, row) else old for old in read(table)], table)
        print(row["data"], row["net"], *(f"{name} {value}" for name, value in found.items()), flush=True)


def same(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    return all(first[name] == second[name] for name in KEY)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("train", "score", "report"))
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--data", nargs="+", default=list(SETTINGS), choices=SETTINGS)
    parser.add_argument("--nets", type=int, default=NETS, help="of each data set")
    parser.add_argument("--epochs", type=int, help="of every training, for a try; default: the study's own")
    arguments = parser.parse_args()
    if arguments.step == "train":
        settings = {data: SETTINGS[data] for data in arguments.data}
        if arguments.epochs:
            settings = {data: replace(setting, epochs=arguments.epochs) for data, setting in settings.items()}
        train(jobs(arguments.nets, settings), settings, arguments.table)
    if arguments.step == "score":
        add_scores(arguments.table)
    if arguments.step == "report":
        from rank_tables import report

        print(*report(read(arguments.table)), sep="\n")


if __name__ == "__main__":
    main()
