"""The ranking study: its table, what the documentation says of it, and a tiny one of its own, killed in the middle."""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from pnas_kit.cost import trace
from pnas_kit.learn.data import CATALOGUE
from pnas_kit.search.evaluate import SCORE
from pnas_kit.space import Arch, families_for, task_of

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "benchmarks" / "rank_study.py"
TABLE = ROOT / "data" / "rank_study.csv"
DATA = ("digits", "ecg5000", "fashion_mnist", "uwave")
TINY = ["--data", "digits", "--nets", "3", "--epochs", "1"]


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def start(table):
    return subprocess.Popen([sys.executable, str(STUDY), "train", "--table", str(table), *TINY], cwd=ROOT)


def untimed(path):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in read(path)]


def test_a_study_that_was_killed_ends_as_if_it_had_not_been(tmp_path):
    whole, killed = tmp_path / "whole.csv", tmp_path / "killed.csv"
    assert start(whole).wait() == 0
    process = start(killed)
    while not killed.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert 1 <= len(read(killed)) < len(read(whole))
    kept = read(killed)[0]
    assert start(killed).wait() == 0
    assert untimed(killed) == untimed(whole)
    assert kept in read(killed), "a training that was there is not repeated"
    assert len(read(whole)) == 9  # three nets with three seeds


def nets(data):
    """The rows of a data set's nets, one each."""
    return [row for row in read(TABLE) if row["data"] == data and row["seed"] == "0"]


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


@pytest.mark.parametrize("data", DATA)
def test_the_table_is_what_it_says(data):
    rows, card = nets(data), CATALOGUE[data]
    assert len(rows) >= 60 and {row["net"] for row in rows} == {str(n) for n in range(len(rows))}
    assert {row["family"] for row in rows} == set(families_for(task_of(card.shape)))
    assert ((column(rows, "accuracy") > 0) & (column(rows, "accuracy") <= 1)).all()
    logs = np.log10(column(rows, "macs"))
    assert logs.max() - logs.min() > 1, "small and large nets"
    several = {row["net"] for row in read(TABLE) if row["data"] == data and row["seed"] == "2"}
    assert len(several) >= 10, "nets with three seeds"


@pytest.mark.parametrize("data", DATA)
def test_the_nets_of_the_table_are_those_of_its_specs(data):
    card = CATALOGUE[data]
    for row in nets(data)[:5]:
        fields = json.loads(row["spec"]) | {"family": row["family"], "input_shape": card.shape}
        arch = Arch.from_json(json.dumps(fields | {"classes": len(card.classes)}))
        assert sum(op.macs for op in trace(arch.pruned, arch.input_shape)) == int(row["macs"])


@pytest.mark.parametrize("data", DATA)
def test_the_score_ranks_better_than_macs_and_parameters_on_every_data_set(data):
    rows = nets(data)
    taus = {n: stats.kendalltau(column(rows, n), column(rows, "accuracy")).statistic for n in (SCORE, "macs", "params")}
    assert taus[SCORE] > max(taus["macs"], taus["params"])
    assert taus[SCORE] > 0.5


def test_the_documentation_says_what_the_table_says():
    text = (ROOT / "docs" / "search.md").read_text(encoding="utf-8").partition("## Does it rank?")[2]
    line = next(line for line in text.splitlines() if line.startswith(f"| `{SCORE}` |"))
    said = [float(cell.split()[0]) for cell in line.split("|")[2:6]]
    found = [stats.kendalltau(column(nets(d), SCORE), column(nets(d), "accuracy")).statistic for d in DATA]
    assert said == pytest.approx(found, abs=0.005)


def test_the_table_stays_small():
    assert TABLE.stat().st_size < 300_000
