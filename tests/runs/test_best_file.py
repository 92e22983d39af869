"""Which of the quantised files is taken."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import pnas_kit.deploy
from pnas_kit.deploy.runtime import Score
from pnas_kit.learn import Recipe
from pnas_kit.learn.data import load
from pnas_kit.learn.goal import ClassGoal
from pnas_kit.runs.prototype import _quantised

CONFUSIONS = {"plain": [[90, 0], [10, 0]], "frequent": [[93, 0], [7, 0]], "fair": [[70, 20], [2, 8]]}
"""Of 100 samples: shares right 0.90, 0.93 and 0.78, balanced 0.5, 0.5 and 0.79."""


@pytest.mark.parametrize(("balance", "taken"), [(0.0, "frequent"), (1.0, "fair")])
def test_the_best_file_is_the_fairest_where_the_recipe_balances(monkeypatch, balance, taken):
    def evaluate(file: bytes, x, y) -> Score:
        confusion = np.array(CONFUSIONS[file.decode()])
        return Score(np.trace(confusion) / 100, 100, confusion, 0.0)

    monkeypatch.setattr(pnas_kit.deploy, "quantise", lambda net, samples: "plain")
    monkeypatch.setattr(pnas_kit.deploy, "write_tflite", str.encode)
    monkeypatch.setattr(pnas_kit.deploy, "evaluate", evaluate)
    monkeypatch.setattr("pnas_kit.deploy.qat.fine_tune", lambda *a, **k: iter(CONFUSIONS))
    monkeypatch.setattr(ClassGoal, "measure", lambda *a: 0.99)
    run = SimpleNamespace(config=SimpleNamespace(seed=0))
    data = load("digits")
    model, file, how = _quantised(run, data, replace(Recipe(epochs=1), balance=balance), net=None)
    assert (model, file, how) == (taken, taken.encode(), "quantisation-aware")
