"""Is the search worth it? `python benchmarks/method_worth.py search|train|report [data sets]`.

Several ways propose five nets each at the same budget; all are trained in the same way to the end, as in `rank_study.py`,
and compared by the hypervolume of accuracy against log MACs. `search` goes on from its journals in `runs/worth`, `train`
from `data/method_worth.csv`.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
from rank_nets import BOARD, MOST_MACS, compact, decoded
from rank_study import SETTINGS, Job, alone, load_once, trained
from rank_study import TABLE as STUDY
from rank_study import read as read_study

from pnas_kit.cost import boards
from pnas_kit.learn.data import proxy_batches
from pnas_kit.search import PROXIES, Candidate, Limits, Problem, propose, search
from pnas_kit.search.evaluate import SCORE
from pnas_kit.search.journal import journal_storage
from pnas_kit.search.pareto import hypervolume, non_dominated
from pnas_kit.space import Arch

TABLE = STUDY.with_name("method_worth.csv")
JOURNALS = Path("runs/worth")
DATA = ("digits", "ecg5000")
TRIALS, SEEDS, K = 200, 3, 5
KEY = ("data", "way", "seed", "place")
COLUMNS = (*KEY, "family", "macs", "accuracy", "seconds", "spec")
LEAST_MACS = 1e4
"""Hypervolume runs over log MACs from here to `MOST_MACS`; a smaller net counts as this size."""


def problem(data: str, proxies: tuple[str, ...]) -> Problem:
    """The search for a data set within the study's limits."""
    board = boards()[BOARD]
    return Problem.of(load_once(data).card, board, replace(Limits.of(board), macs=MOST_MACS), proxies=proxies)


def searched(data: str, proxies: tuple[str, ...], seed: int, trials: int = TRIALS) -> list[Candidate]:
    """The candidates of a search, whose journal keeps what was found before."""
    JOURNALS.mkdir(parents=True, exist_ok=True)
    storage = journal_storage(JOURNALS / f"{data}-{'-'.join(proxies)}-{seed}.log")
    wanted = problem(data, proxies)
    for _ in search(wanted, proxy_batches(load_once(data)), trials=trials, seed=seed, workers=0, storage=storage):
        pass
    return found(storage, wanted)


def found(storage: object, wanted: Problem) -> list[Candidate]:
    """What a journal holds."""
    from pnas_kit.search.ledger import STUDY as NAME
    from pnas_kit.search.ledger import read_candidate

    trials = storage.get_all_trials(storage.get_study_id_from_name(NAME))
    return [read_candidate(trial, wanted.input_shape, wanted.classes) for trial in trials if trial.state.is_finished()]


def objectives(data: str, seed: int) -> list[Arch]:
    """The paper's way: MACs and four proxies as five objectives, the five nets that keep the most hypervolume."""
    wanted = problem(data, PROXIES)
    return _archs(propose(searched(data, PROXIES, seed), wanted, K, objectives=wanted.objectives))


def plane(data: str, seed: int) -> list[Arch]:
    """The same trials, but the five nets are chosen in the plane of log MACs and the score, exactly."""
    return _archs(propose(searched(data, PROXIES, seed), problem(data, PROXIES), K))


def guided(data: str, seed: int) -> list[Arch]:
    """MACs and the score are the only two objectives, of the search and of the choice."""
    return _archs(propose(searched(data, (SCORE,), seed), problem(data, (SCORE,)), K))


def parameters(data: str, seed: int) -> list[Arch]:
    """No proxies: few MACs against many parameters as the two objectives, five nets of their front."""
    wanted = problem(data, ("params",))
    return _archs(propose(searched(data, ("params",), seed), wanted, K, objectives=wanted.objectives))


WAYS = {
    "five objectives": objectives,
    "five objectives, chosen by MACs and score": plane,
    "MACs and score": guided,
    "MACs and parameters": parameters,
}


def _archs(candidates: Sequence[Candidate]) -> list[Arch]:
    return [candidate.arch for candidate in candidates]


def proposed(data: str, way: str, seed: int) -> list[dict]:
    """The rows, not yet trained, of one way."""
    return [
        {"data": data, "way": way, "seed": seed, "place": place, "family": arch.family, "spec": compact(arch)}
        for place, arch in enumerate(WAYS[way](data, seed))
    ]


def read(table: Path = TABLE) -> list[dict]:
    """The rows as text; none where there is no table yet."""
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(rows: Sequence[Mapping], table: Path = TABLE) -> None:
    """Replaces the table in one step."""
    draft = table.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(draft, table)


def add_proposals(data_sets: Sequence[str], table: Path = TABLE) -> None:
    """Adds what the table does not have yet, seed by seed; what is there, trained or not, stays."""
    for seed, data, way in product(range(SEEDS), data_sets, WAYS):
        if not any((row["data"], row["way"], row["seed"]) == (data, way, str(seed)) for row in read(table)):
            rows = proposed(data, way, seed)
            with alone(table):
                write(read(table) + rows, table)


def train(table: Path = TABLE) -> None:
    """Trains every row without an accuracy, those that `search` adds meanwhile too; a net of two ways is trained once."""
    while todo := [row for row in read(table) if not row["accuracy"]]:
        row = min(todo, key=lambda row: (row["seed"], row["place"]))
        data, seed = row["data"], int(row["seed"])
        twin = next((r for r in read(table) if r["accuracy"] and _net(r) == _net(row)), None)
        arch = decoded(row, load_once(data).card)
        result = twin or trained(Job(data, int(row["place"]), seed, arch), SETTINGS[data])
        row |= {name: result[name] for name in ("macs", "accuracy", "seconds")}
        with alone(table):
            write([row if all(r[name] == row[name] for name in KEY) else r for r in read(table)], table)
        print(*(f"{name} {row[name]}" for name in COLUMNS[:-1]), flush=True)


def _net(row: Mapping[str, str]) -> tuple[str, ...]:
    return row["data"], row["seed"], row["family"], row["spec"]


def worth(nets: Sequence[tuple[float, float]]) -> float:
    """Mean accuracy of the best net within a budget, over budgets from `LEAST_MACS` to `MOST_MACS` evenly in log MACs.

    That is the hypervolume of (log MACs, error) up to (`MOST_MACS`, 1), scaled to a width of 1. A budget below the smallest
    net counts 0.

    Args:
        nets: MACs and accuracy of each.
    """
    width = np.log(MOST_MACS / LEAST_MACS)
    points = [(np.log(max(macs, LEAST_MACS) / LEAST_MACS) / width, 1 - accuracy) for macs, accuracy in nets]
    return hypervolume(points, (1.0, 1.0))


def study_nets(data: str) -> list[tuple[float, float]]:
    """MACs and accuracy of the study's nets, trained with the same recipe."""
    rows = [row for row in read_study() if row["data"] == data and row["seed"] == "0"]
    return [(float(row["macs"]), float(row["accuracy"])) for row in rows]


def best_of(nets: Sequence[tuple[float, float]], k: int = K) -> list[tuple[float, float]]:
    """The k nets that are worth the most together, chosen by their accuracy: what a perfect ranking could reach."""
    front = [nets[i] for i in np.flatnonzero(non_dominated([(macs, -accuracy) for macs, accuracy in nets]))]
    return list(max(combinations(front, min(k, len(front))), key=worth))


def _at_random(nets: Sequence[tuple[float, float]], draws: int = 1000) -> str:
    rng = random.Random(0)
    sets = [rng.sample(nets, K) for _ in range(draws)]
    columns = [worth(chosen) for chosen in sets], [max(accuracy for _, accuracy in chosen) for chosen in sets]
    return " | ".join("{:.1f} ({:.1f} to {:.1f})".format(*_spread(column)) for column in columns)


def _spread(column: Sequence[float]) -> tuple[float, float, float]:
    """Mean and the middle nine tenths, in percent."""
    low, high = np.quantile(column, [0.05, 0.95])
    return 100 * float(np.mean(column)), 100 * float(low), 100 * float(high)


def report(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The lines of the table, as Markdown: means over seeds, in brackets the smallest and the largest."""
    names = sorted({row["data"] for row in rows})
    yield "| way | " + " | ".join(f"{data}: worth | best net" for data in names) + " |"
    yield "|---" * (1 + 2 * len(names)) + "|"
    for way in dict.fromkeys(row["way"] for row in rows):
        cells = [_cells([row for row in rows if row["way"] == way and row["data"] == data]) for data in names]
        yield f"| {way} | {' | '.join(cells)} |"
    yield f"| five random nets of the study | {' | '.join(_at_random(study_nets(data)) for data in names)} |"
    known = [best_of(study_nets(data)) for data in names]
    cells = [f"{100 * worth(nets):.1f} | {100 * max(accuracy for _, accuracy in nets):.1f}" for nets in known]
    yield f"| best five of the study | {' | '.join(cells)} |"


def _cells(rows: Sequence[Mapping[str, str]]) -> str:
    sets: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if row["accuracy"]:
            sets.setdefault(row["seed"], []).append((float(row["macs"]), float(row["accuracy"])))
    columns = [worth(nets) for nets in sets.values()], [max(accuracy for _, accuracy in nets) for nets in sets.values()]
    return " | ".join(_told(column) for column in columns)


def _told(column: Sequence[float]) -> str:
    """The mean in percent, and from where to where over several seeds."""
    if not column:
        return ""
    between = f" ({100 * min(column):.1f} to {100 * max(column):.1f})" if len(column) > 1 else ""
    return f"{100 * np.mean(column):.1f}{between}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("search", "train", "report"))
    parser.add_argument("data", nargs="*", default=DATA)
    arguments = parser.parse_args()
    if arguments.step == "search":
        add_proposals(arguments.data)
    if arguments.step == "train":
        train()
    if arguments.step == "report":
        print(*report(read()), sep="\n")


if __name__ == "__main__":
    main()
