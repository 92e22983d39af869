"""The ranking study: its table, what the documentation says of it, and a tiny one of its own, killed in the middle."""

import csv
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from pnas_kit.learn.data import CATALOGUE
from pnas_kit.space import families_for, task_of

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "benchmarks" / "rank_study.py"
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
