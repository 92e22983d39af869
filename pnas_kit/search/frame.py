"""The candidates of a search as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .candidate import Candidate
from .evaluate import COSTS
from .pareto import non_dominated

if TYPE_CHECKING:
    import pandas as pd

FIGURES = (*COSTS, "energy_mj")


def frame(candidates: Sequence[Candidate]) -> pd.DataFrame:
    """One row per candidate, by number.

    Columns: family, words, feasible, on_front (no other candidate beats it in MACs and all proxies), the cost with its units
    in the names (macs is multiply-accumulates), each proxy, score (the one that ranks best alone, see `Candidate`),
    seconds that the evaluation took, and reason (why a candidate is not ranked, else empty). NaN where there is none.
    """
    import pandas as pd  # a third of a second, and only this needs it

    names = next((tuple(c.proxies) for c in candidates if c.feasible), ())
    rows = [
        {
            "number": c.number,
            "family": c.arch.family,
            "words": c.arch.words,
            "feasible": c.feasible,
            "on_front": False,
            **{name: np.nan if (value := getattr(c.cost, name, None)) is None else value for name in FIGURES},
            **{name: (c.proxies or {}).get(name, np.nan) for name in names},
            "score": np.nan if c.score is None else c.score,
            "seconds": c.seconds,
            "reason": c.reason or "",
        }
        for c in candidates
    ]
    columns = ["number", "family", "words", "feasible", "on_front", *FIGURES, *names, "score", "seconds", "reason"]
    table = pd.DataFrame(rows, columns=columns).astype({"number": int, "feasible": bool, "on_front": bool})
    if names:
        scored = table["feasible"]
        values = table.loc[scored, ["macs", *names]].to_numpy(float) * [1, *[-1] * len(names)]
        table.loc[scored, "on_front"] = non_dominated(values)
    return table.set_index("number")
