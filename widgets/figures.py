"""The figures of a candidate that the workbench shows, in one table: chart, frame and texts read it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pnas_kit.score.ranks import consensus as ranks
from pnas_kit.search.candidate import Candidate
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
    Figure("score", "Consensus score", "", "high", lambda _: None),  # a rank among all: see `consensus`
    Figure("meco", "MeCo", "", "high", _proxy("meco"), detail=True),
    Figure("zico", "ZiCo", "", "high", _proxy("zico"), detail=True),
    Figure("naswot", "NASWOT", "", "high", _proxy("naswot"), detail=True),
    Figure("snip", "SNIP", "", "high", _proxy("snip"), detail=True),
)


def axes(limits: object | None = None) -> list[dict]:
    """The figures as axes of the chart; ``limits`` has the budgets by name (a run's configuration)."""
    return [
        {
            "key": figure.key,
            "label": figure.label,
            "unit": figure.unit,
            "better": figure.better,
            "detail": figure.detail,
            "limit": getattr(limits, figure.limit) / figure.scale if limits and figure.limit else None,
        }
        for figure in FIGURES
    ]


def rows(candidates: Sequence[Candidate]) -> np.ndarray:
    """float ``(n, 2 + figures)``: number, feasible, then every figure in its unit; nan where there is none."""
    return np.array(
        [[c.number, c.feasible, *(_number(figure.read(c)) for figure in FIGURES)] for c in candidates], float
    ).reshape(len(candidates), 2 + len(FIGURES))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def consensus(candidates: Sequence[Candidate]) -> np.ndarray:
    """The proxies' consensus on every candidate, float ``(n,)`` in [0, 1]; nan for those that were not scored."""
    scored = [i for i, candidate in enumerate(candidates) if candidate.proxies]
    values = np.full(len(candidates), math.nan)
    if scored:
        names = candidates[scored[0]].proxies
        values[scored] = ranks({name: [candidates[i].proxies[name] for i in scored] for name in names})
    return values


def frame(candidates: Sequence[Candidate]) -> pd.DataFrame:
    """One row per candidate, by number: feasibility, every figure, the architecture in words."""
    columns = ["number", "feasible", *(figure.key for figure in FIGURES)]
    table = pd.DataFrame(rows(candidates), columns=columns)
    table["score"] = consensus(candidates)
    table["words"] = [candidate.arch.words for candidate in candidates]
    return table.astype({"number": int, "feasible": bool}).set_index("number")
