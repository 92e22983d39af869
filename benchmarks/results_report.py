"""The tables of `docs/results.md`, from `data/results.csv` and `data/large_reference.csv`."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pnas_kit.learn.data import CATALOGUE
from pnas_kit.paths import DATA
from pnas_kit.space.families import FAMILIES

if TYPE_CHECKING:
    from results import Entry

Row = Mapping[str, str]
SUMMARY = (
    "data",
    "limits: RAM, flash, MACs",
    "bar",
    "reached",
    "best picked",
    "best on validation",
    "best score",
    "large network",
)
PROTOTYPES = (
    "data, seed", "trial, family", "picked", "MACs", "RAM", "flash", "latency", "float", "int8", "balanced", "epochs",
    "search, training",
)  # fmt: skip
BEGIN, END = "<!-- results -->", "<!-- end -->"
DISTILLED = ", distilled"
LOST = 0.005
"""Accuracy that int8 may lose."""
CLOSE = 0.01


def report(plan: Sequence[Entry], rows: Sequence[Row]) -> str:
    """Both tables in Markdown: what was reached, then every prototype."""
    with (DATA / "large_reference.csv").open(newline="", encoding="utf-8") as file:
        large = list(csv.DictReader(file))
    done = [(entry, found) for entry in plan if (found := of(entry, rows))]
    first = headed(SUMMARY, [summary(entry, found, large) for entry, found in done])
    second = headed(PROTOTYPES, [line(row) for _, found in done for row in sorted(found, key=order)])
    names = dict.fromkeys(entry.data for entry, _ in done)
    published = [f"- `{name}`: {text}" for name in names if (text := CATALOGUE[name].known)]
    all_rows = [row for _, found in done for row in found]
    said = [line for text in (lost(all_rows), proposals(done), *taught(done)) for line in ("", text)]
    return "\n".join([*first, *said, "", "Published, from the data sets' cards:", "", *published, "", *second])


def written(page: str, made: str) -> str:
    """The page with its tables as they are now."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{made}\n{END}{rest.split(END, 1)[1]}"


def headed(names: Sequence[str], lines: Sequence[str]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(names)} |", "|" + "---|" * len(names), *lines]


def of(entry: Entry, rows: Sequence[Row]) -> list[Row]:
    """The rows of an entry, over all seeds."""
    config = entry.config(0, 1)
    wanted = {
        "data": entry.data, "board": config.board, "ram_limit": str(config.ram_bytes),
        "flash_limit": str(config.flash_bytes), "macs_limit": str(config.macs),
        "large_epochs": str(entry.large_epochs or ""),
    }  # fmt: skip
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def order(row: Row) -> tuple[int, int]:
    """By seed, then by size."""
    return int(row["seed"]), int(row["macs"])


def summary(entry: Entry, rows: Sequence[Row], large: Sequence[Row]) -> str:
    """One data set: whether its bar is met, the best of each seed's prototypes, and what to compare with."""
    best = [max(accuracies(seed)) for seed in seeds(rows)]
    held_out = [row for row in rows if row["validation_accuracy"]]
    judged = [by_validation(seed) for seed in seeds(held_out)]
    scored = [float(row["int8_accuracy"]) for row in rows if row["picked"].startswith("best score")]
    bar = "none" if entry.bar is None else " ".join(filter(None, (percent(entry.bar[0]), entry.bar[1])))
    met = "" if entry.bar is None else verdict(entry.bar[0], best)
    figures = (spread(best), spread(judged), spread(scored), compared(entry.data, large))
    cells = (f"`{entry.data}`", limits(rows[0]), bar, met, *figures)
    return f"| {' | '.join(cells)} |"


def verdict(bar: float, best: Sequence[float]) -> str:
    """How many of the seeds reach the bar."""
    reached = sum(round(value, 4) >= bar for value in best)
    if len(best) == 1:
        return "yes" if reached else "no"
    return f"{reached} of {len(best)} seeds"


def seeds(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows of each seed."""
    for seed in sorted({row["seed"] for row in rows}):
        yield [row for row in rows if row["seed"] == seed]


def accuracies(rows: Sequence[Row]) -> list[float]:
    """Of the int8 files."""
    return [float(row["int8_accuracy"]) for row in rows]


def by_validation(rows: Sequence[Row]) -> float:
    """Of the int8 file that is best on the validation part; where several are, what to expect of one of them."""
    best = max(float(row["validation_accuracy"]) for row in rows)
    return statistics.mean(accuracies([row for row in rows if float(row["validation_accuracy"]) == best]))


def limits(row: Row) -> str:
    """RAM, flash and MACs that a prototype may need."""
    ram, flash, macs = (int(row[name]) for name in ("ram_limit", "flash_limit", "macs_limit"))
    return f"{ram:,} B, {flash:,} B, {macs / 1e6:g} M{DISTILLED if row['large_epochs'] else ''}"


def compared(data: str, large: Sequence[Row]) -> str:
    """The large network's accuracy on the same data, or that there is none."""
    found = [row for row in large if row["data"] == data]
    texts = (f"{percent(float(row['accuracy']))} ({row['network']}, {row['epochs']} epochs)" for row in found)
    return ", ".join(texts) or "not run"


def line(row: Row) -> str:
    """One prototype."""
    searched, trained = int(row["search_seconds"]), int(row["train_seconds"])
    macs, ram, flash = (f"{int(row[name]):,}" for name in ("macs", "ram_bytes", "flash_bytes"))
    names = ("float_accuracy", "int8_accuracy", "balanced_accuracy")  # a detector has no balanced accuracy
    shares = (percent(float(row[name])) if row[name] else "" for name in names)
    cells = (
        f"`{row['data']}`, {row['seed']}", f"{row['trial']}, {FAMILIES[row['family']].title}",
        row["picked"] + (DISTILLED if row["large_epochs"] else ""), macs, f"{ram} B", f"{flash} B",
        f"{float(row['latency_ms']):.1f} ms", *shares, row["epochs"],
        f"{searched} s, {trained} s",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def lost(rows: Sequence[Row]) -> str:
    """What int8 costs over all prototypes, and which lose more than they may."""
    gaps = [gap(row) for row in rows]
    many = [f"{run_of(row)} {row['trial']} {100 * gap(row):.2f}" for row in rows if gap(row) > LOST]
    if not gaps:
        return "No prototype yet."
    return (
        f"int8 within 0.5 points of float: {len(gaps) - len(many)} of {len(gaps)} prototypes; it loses "
        f"{round(100 * statistics.mean(gaps), 2) + 0.0:.2f} points on average. Those that lose more (data, seed, trial, "
        f"points): {', '.join(many) or 'none'}."
    )


def run_of(row: Row) -> str:
    """Data set and seed."""
    return f"`{row['data']}`{DISTILLED if row['large_epochs'] else ''} {row['seed']}"


def gap(row: Row) -> float:
    """What int8 loses, as a share."""
    return round(float(row["float_accuracy"]) - float(row["int8_accuracy"]), 5)


def proposals(done: Sequence[tuple[Entry, Sequence[Row]]]) -> str:
    """How far the prototype with the best score is behind the best of its run."""
    behind = {}
    for entry, rows in done:
        for run in seeds(rows) if entry.picks > 1 else ():
            scored = [float(row["int8_accuracy"]) for row in run if row["picked"].startswith("best score")]
            proposed = [row for row in run if row["picked"] != "by hand"]
            if scored:  # else it is not trained yet
                behind[run_of(run[0])] = max(accuracies(proposed)) - scored[0]
    first, near = sum(value <= 0 for value in behind.values()), sum(0 < value < CLOSE for value in behind.values())
    far = [f"{name} {100 * value:.1f}" for name, value in behind.items() if value >= CLOSE]
    return (
        f"The best score is the best of its run in {first} of {len(behind)} runs of "
        f"several prototypes, and less than a point behind in {near}; else (data, seed, points): {', '.join(far) or 'none'}."
    )


def taught(done: Sequence[tuple[Entry, Sequence[Row]]]) -> list[str]:
    """What learning from a large network gives, by the prototypes that were trained both ways."""
    alone = {
        (row["data"], row["seed"], row["trial"]): float(row["int8_accuracy"])
        for entry, rows in done if entry.large_epochs is None for row in rows
    }  # fmt: skip
    said = []
    for entry, rows in done:
        if entry.large_epochs is None:
            continue
        keys = {(row["data"], row["seed"], row["trial"]): float(row["int8_accuracy"]) for row in rows}
        gains = [100 * (value - alone[key]) for key, value in keys.items() if key in alone]
        if len(gains) > 1:
            said.append(
                f"The same {len(gains)} prototypes of `{entry.data}` with a large network to learn from: "
                f"{statistics.mean(gains):+.2f} points on average, standard deviation {statistics.stdev(gains):.2f}, "
                f"{sum(gain < 0 for gain in gains)} of them worse."
            )
    return said


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation in percent, or the one value."""
    if not values:
        return ""
    middle = percent(statistics.mean(values))
    return middle if len(values) == 1 else f"{middle} ± {100 * statistics.stdev(values):.2f} ({len(values)} seeds)"


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"
