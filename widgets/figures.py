"""The figures of a candidate that the workbench shows, in one table: chart, frame and texts read it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pnas_kit.cost import Board, speed
from pnas_kit.cost.speed import combined
from pnas_kit.score.names import TITLES
from pnas_kit.score.ranks import kendall_table
from pnas_kit.search import PROXIES, Candidate
from pnas_kit.space import FAMILIES, families_for
from widgets.words import KIB


@dataclass(frozen=True)
class Figure:
    """One figure: how it is called, in what unit it is shown and how it is read off a candidate."""

    key: str
    label: str
    unit: str
    better: str  # "low" | "high"
    read: Callable[[Candidate], float | None]
    limit: str | None = None  # the budget that bounds it, by its name in the run's configuration
    scale: float = 1.0  # what the budget's unit is divided by to give `unit`
    detail: bool = False  # told only where it is an axis
    short: str = ""  # where the label is too long
    missing: str = ""  # why nobody has one, where nobody has


def _cost(name: str, scale: float = 1.0) -> Callable[[Candidate], float | None]:
    def read(candidate: Candidate) -> float | None:
        value = getattr(candidate.cost, name, None)
        return None if value is None else value / scale

    return read


def _proxy(name: str) -> Callable[[Candidate], float | None]:
    return lambda candidate: (candidate.proxies or {}).get(name)


FIGURES = (
    Figure("macs", "Compute", "M MACs", "low", _cost("macs", 1e6), "macs", 1e6),
    Figure("ram", "RAM", "KiB", "low", _cost("ram_bytes", KIB), "ram_bytes", KIB),
    Figure("flash", "Flash", "KiB", "low", _cost("flash_bytes", KIB), "flash_bytes", KIB),
    Figure("latency", "Latency", "ms", "low", _cost("latency_ms")),
    Figure("energy", "Energy", "mJ", "low", _cost("energy_mj"), missing="no power published for this board"),
    Figure("score", "Score", "", "high", lambda candidate: candidate.score),
    Figure("accuracy", "Accuracy", "%", "high", lambda _: None, missing="after training"),
    *(Figure(name, TITLES[name], "", "high", _proxy(name), detail=True) for name in PROXIES),
)


def axes(
    limits: object | None = None,
    board: Board | None = None,
    engine: str | None = None,
    task: str = "image",
    budget: str = "budget",
) -> list[dict]:
    """The figures as axes of the chart.

    Args:
        limits: has the budgets by name (a run's configuration).
        board, engine: give the bands of what is estimated; without a board none is shown.
        task: of the data set; an accuracy of "detection" is mAP50.
        budget: what the budgets are called.
    """
    known = bands(board, engine) if board else {}
    names = {"accuracy": "mAP50"} if task == "detection" else {}
    return [
        {
            "key": figure.key,
            "label": names.get(figure.key, figure.label),
            "short": names.get(figure.key, figure.short or figure.label),
            "unit": figure.unit,
            "better": figure.better,
            "detail": figure.detail,
            "budget": budget,
            "limit": getattr(limits, figure.limit) / figure.scale if limits and figure.limit else None,
            "band": known.get(figure.key),
            "missing": figure.missing,
        }
        for figure in FIGURES
    ]


def bands(board: Board, engine: str | None = None) -> dict[str, float]:
    """How far off the estimated figures may be, by key; relative, as in `pnas_kit.cost.Estimated`."""
    time = speed(board.core, engine).band
    return {"latency": time, "energy": combined(time, board.power_spread or 0.0)}


def families(task: str | None = None) -> list[dict]:
    """The families of a kind of task (None: all) as groups of the chart."""
    names = families_for(task) if task else tuple(FAMILIES)
    return [{"key": name, "label": FAMILIES[name].title} for name in names]


def rows(candidates: Sequence[Candidate], groups: Sequence[str]) -> np.ndarray:
    """float ``(n, 3 + figures)``: number, feasible, place of the family in ``groups``, then every figure in its unit; nan
    where there is none."""
    return np.array(
        [
            [c.number, c.feasible, groups.index(c.arch.family), *(_number(figure.read(c)) for figure in FIGURES)]
            for c in candidates
        ],
        float,
    ).reshape(len(candidates), 3 + len(FIGURES))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def agreement(candidates: Sequence[Candidate]) -> dict:
    """How far the proxies, the compute and the parameters agree on the candidates that were scored.

    ``labels``, ``taus`` (Kendall's tau-b of every two, None where there is no order) and the ``count`` of candidates; empty
    for fewer than three.
    """
    scored = [c for c in candidates if c.proxies]
    if len(scored) < 3:
        return {}
    table = {"Compute": [c.cost.macs for c in scored], "Parameters": [c.cost.params for c in scored]}
    labels = {figure.key: figure.label for figure in FIGURES}
    table |= {labels.get(name, name): [c.proxies[name] for c in scored] for name in scored[0].proxies}
    taus = [[None if math.isnan(tau) else round(float(tau), 4) for tau in row] for row in kendall_table(table)]
    return {"labels": list(table), "taus": taus, "count": len(scored)}
