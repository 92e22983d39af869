"""The tables of the ranking study, computed from `data/rank_study.csv`: `python benchmarks/rank_study.py report`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from pnas_kit.score import consensus
from pnas_kit.score.agreement import interval, partial, resamples, spearman, tau

COSTS = ("macs", "params", "ram")
PROXIES = ("meco", "zico", "naswot", "snip", "synflow", "gradnorm", "jacob_cov", "zen", "zen_mean")
PAPER = ("meco", "zico", "naswot", "snip")
LOOKED_AT = 35
"""Nets of each data set, the first by number, that had been scored when `zen_mean` was chosen as the score."""
Columns = dict[str, np.ndarray]


def nets(rows: Sequence[Mapping[str, str]], data: str) -> Columns:
    """The scored nets of a data set as columns `(nets,)`; NaN where a proxy has no value."""
    chosen = [row for row in rows if row["data"] == data and row["seed"] == "0" and row.get("zen_mean.1")]
    names = [*COSTS, *PROXIES, *(f"{name}.1" for name in PROXIES), "accuracy"]
    found = {name: np.array([float(row.get(name) or "nan") for row in chosen]) for name in names}
    return found | {"family": np.array([row["family"] for row in chosen])}


def data_sets(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return sorted({row["data"] for row in rows})


def with_scores(columns: Columns) -> Columns:
    """The columns and the aggregates of them that the workbench has, or had."""
    return columns | {"log ranks of the paper's four": consensus({name: _complete(columns[name]) for name in PAPER})}


def _complete(column: np.ndarray) -> np.ndarray:
    """A proxy without a value is the worst."""
    return np.where(np.isfinite(column), column, np.nanmin(column))


Statistic = Callable[[np.ndarray, Columns, np.ndarray], np.ndarray]


def over_all(column: np.ndarray, columns: Columns, counts: np.ndarray) -> np.ndarray:
    """Kendall's tau over all pairs of nets."""
    return tau(column, columns["accuracy"], counts)


def rho(column: np.ndarray, columns: Columns, counts: np.ndarray) -> np.ndarray:
    """Spearman's correlation over all nets."""
    return spearman(_complete(column), columns["accuracy"], counts)


def within_family(column: np.ndarray, columns: Columns, counts: np.ndarray) -> np.ndarray:
    """Kendall's tau over the pairs of nets of one family."""
    return tau(column, columns["accuracy"], counts, columns["family"])


def given_macs(column: np.ndarray, columns: Columns, counts: np.ndarray) -> np.ndarray:
    """Kendall's partial tau given the MACs: what the column knows that they do not."""
    z = columns["macs"]
    return partial(tau(column, columns["accuracy"], counts), tau(column, z, counts), tau(columns["accuracy"], z, counts))


STATISTICS: dict[str, Statistic] = {
    "Kendall's tau, all pairs": over_all,
    "Kendall's tau, pairs of one family": within_family,
    "Kendall's partial tau given the MACs": given_macs,
    "Spearman's correlation": rho,
}


def table(rows: Sequence[Mapping[str, str]], statistic: Statistic) -> dict[str, dict[str, tuple[float, float, float]]]:
    """For each score and data set the statistic with its interval: (value, low, high)."""
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for data in data_sets(rows):
        columns = with_scores(nets(rows, data))
        counts = resamples(len(columns["accuracy"]))
        for name, column in columns.items():
            if name not in ("accuracy", "family") and not name.endswith(".1"):
                if statistic is given_macs and name == "macs":
                    continue
                values = statistic(column, columns, counts)
                found.setdefault(name, {})[data] = (float(values[0]), *interval(values))
    return found


def ceiling(rows: Sequence[Mapping[str, str]], data: str) -> tuple[float, int]:
    """Mean tau between the accuracies of two seeds, over the nets trained with several, and how many these are."""
    runs: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["data"] == data:
            runs.setdefault(row["net"], {})[row["seed"]] = float(row["accuracy"])
    several = [run for run in runs.values() if len(run) > 1]
    seeds = sorted({seed for run in several for seed in run})
    taus = []
    for a, b in combinations(seeds, 2):
        both = [(run[a], run[b]) for run in several if a in run and b in run]
        taus += [tau(*zip(*both, strict=True), np.ones((1, len(both))))[0]] if len(both) > 1 else []
    return (float(np.mean(taus)) if taus else float("nan")), len(several)


def unseen(columns: Columns) -> Columns:
    """The nets that nobody had looked at when `zen_mean` was chosen."""
    return {name: column[LOOKED_AT:] for name, column in columns.items()}


def left_out(rows: Sequence[Mapping[str, str]]) -> dict[str, tuple[str, float]]:
    """For each data set the score that is best on the mean of all others, and its tau on this one."""
    found = {s: {d: value for d, (value, _, _) in v.items()} for s, v in table(rows, over_all).items()}
    names = data_sets(rows)
    chosen = {d: max(found, key=lambda s: np.mean([found[s][other] for other in names if other != d])) for d in names}
    return {data: (score, found[score][data]) for data, score in chosen.items()}


def combined(rows: Sequence[Mapping[str, str]], most: int = 3) -> dict[str, tuple[str, float]]:
    """As `left_out`, among the log-rank consensus of every two to `most` figures, each also upside down."""
    names = data_sets(rows)
    columns = {data: nets(rows, data) for data in names}
    taus: dict[str, dict[str, float]] = {}
    signed = [(sign, name) for name in (*COSTS, *PROXIES) for sign in (1, -1)]
    for members in (m for count in range(2, most + 1) for m in combinations(signed, count)):
        label = " & ".join(("-" if sign < 0 else "") + name for sign, name in members)
        for data in names:
            score = consensus({f"{sign}{name}": sign * _complete(columns[data][name]) for sign, name in members})
            taus.setdefault(label, {})[data] = over_all(score, columns[data], np.ones((1, len(score))))[0]
    chosen = {d: max(taus, key=lambda label: np.mean([taus[label][o] for o in names if o != d])) for d in names}
    return {data: (label, taus[label][data]) for data, label in chosen.items()}


def report(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The lines of all tables, as Markdown."""
    names = data_sets(rows)
    sizes = {data: nets(rows, data)["accuracy"] for data in names}
    yield _line("", *names)
    yield _line("---", *("---" for _ in names))
    yield _line("nets", *(len(sizes[data]) for data in names))
    yield _line("accuracy, from to", *(f"{100 * sizes[d].min():.1f} to {100 * sizes[d].max():.1f} %" for d in names))
    yield _line("tau between two seeds (nets)", *("{:.2f} ({})".format(*ceiling(rows, data)) for data in names))
    chosen = left_out(rows) if len(names) > 1 else {}
    yield _line("best on the others, tau here", *("{}, {:.2f}".format(*pair) for pair in chosen.values()))
    chosen = combined(rows) if len(names) > 1 else {}
    yield _line("best combination on the others, tau here", *("{}, {:.2f}".format(*pair) for pair in chosen.values()))
    for score in ("zen_mean", *COSTS):
        fresh = [unseen(nets(rows, data)) for data in names]
        taus = [over_all(c[score], c, np.ones((1, len(c["accuracy"]))))[0] for c in fresh]
        yield _line(f"{score}, tau of nets {LOOKED_AT} and up", *(f"{value:.2f}" for value in taus))
    for title, statistic in STATISTICS.items():
        yield f"\n**{title}**\n"
        yield _line("score", *names, "mean")
        yield _line("---", *("---" for _ in names), "---")
        found = table(rows, statistic)
        for score, values in sorted(found.items(), key=lambda item: -_mean(item[1])):
            yield _line(score, *("{:.2f} ({:.2f}, {:.2f})".format(*values[data]) for data in names), f"{_mean(values):.2f}")


def _mean(values: Mapping[str, tuple[float, float, float]]) -> float:
    return float(np.mean([value for value, _, _ in values.values()]))


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
