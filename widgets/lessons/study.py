"""The 240 trained networks of `docs/search.md` as a table for the lessons."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pnas_kit.learn.data import CATALOGUE
from pnas_kit.paths import DATA
from pnas_kit.score import names
from pnas_kit.score.agreement import interval, resamples, tau
from pnas_kit.search.evaluate import SCORE
from pnas_kit.space import Arch

TITLES = {"digits": "Digits", "ecg5000": "Heartbeats", "fashion_mnist": "Clothes", "uwave": "Gestures"}
COUNTS = {"params": "Weights", "macs": "MACs", "ram": "RAM"}
SCORES = {SCORE: names.TITLES[SCORE]} | COUNTS | names.TITLES
"""What a network may be judged by, with its name. The counts are there to be beaten."""


def study() -> pd.DataFrame:
    """One row for each network: data set, family, its accuracy when trained, what it costs, every untrained score.

    `spec` is what `arch_of` makes the network of, `blocks` the number of its blocks, `width` its width, `seconds` what one
    training took. Of a network that was trained with several seeds this is the first; `retrained` has the others.
    """
    table = pd.read_csv(DATA / "rank_study.csv")
    table = table[table.spec.notna()].reset_index(drop=True)
    specs = table.spec.map(json.loads)
    table["blocks"], table["width"] = specs.map(lambda spec: sum(spec["depth"])), specs.map(lambda spec: spec["width"])
    return table[
        ["data", "spec", "net", "family", "accuracy", "seconds", "macs", "params", "ram", "blocks", "width", *_proxies()]
    ]


def arch_of(row: pd.Series) -> Arch:
    """The network of a row of `study`."""
    card = CATALOGUE[row.data]
    fields = json.loads(row.spec) | {"family": row.family, "input_shape": card.shape, "classes": len(card.classes)}
    return Arch.from_json(json.dumps(fields))


def retrained() -> pd.DataFrame:
    """Networks that were trained several times: data set, number, and a column of accuracies for each seed."""
    table = pd.read_csv(DATA / "rank_study.csv")
    wide = table.pivot(index=["data", "net"], columns="seed", values="accuracy").dropna().reset_index()
    return wide.rename(columns={seed: f"seed {seed}" for seed in table.seed.unique()})


def kendall(first: ArrayLike, second: ArrayLike) -> float:
    """Kendall's tau-b of two columns; NaN where one of them is constant."""
    return float(tau(first, second, np.ones((1, len(first))))[0])


def agreement(score: pd.Series, accuracy: pd.Series, draws: int = 400) -> tuple[float, float, float]:
    """Kendall's tau of a score with the accuracy, and the ends of its 95 % bootstrap interval."""
    found = tau(score, accuracy, resamples(len(score), number=draws))
    return float(found[0]), *(interval(found) if np.isfinite(found[1:]).any() else (np.nan, np.nan))


def _proxies() -> list[str]:
    return [name for name in SCORES if name not in COUNTS]
