"""A teacher is chosen with the search and told with the training."""

import json
import re
from dataclasses import asdict

import psutil
from made_runs import set_status

from pnas_kit.runs import Run
from pnas_kit.runs.large import MESSAGE, RECORD, Large
from widgets.as_code import search_code
from widgets.state import State

LARGE = Large(
    network="ResNet-18, small stem", params=11_000_000, metric="accuracy", accuracy=0.9861, epochs=30, seconds=90.0
)


def test_the_choice_is_part_of_the_run_its_code_and_its_address():
    state = State()
    assert state.config().distil is False and "distil" not in search_code(state)
    state.distil = True
    assert state.config().distil is True and "distil=True" in search_code(state)
    other = State()
    other.adopt(state.config())
    assert other.distil is True
    state.data = "mnist_det"
    assert state.config().distil is False  # detectors learn from labels alone


def test_its_training_and_its_accuracy_are_told(workbench, run):
    (run.path / "config.json").write_text(json.dumps(asdict(run.config) | {"distil": True}))
    run = Run(run.path)
    run.pick([next(c.number for c in run.candidates() if c.feasible)])
    me, train = psutil.Process(), workbench.steps["train"]
    at_work = {"phase": "train", "state": "running", "pid": me.pid, "started": me.create_time()}
    set_status(run, message=MESSAGE, done=3, total=30, seconds_left=270.0, **at_work)
    workbench.show_run(run)
    told = re.sub(r"<[^>]+>", "", train._message.html)
    assert MESSAGE in told and "3 of 30 epochs · about 4 min left, then the prototypes" in told
    assert "ResNet" not in train._curves.html
    (run.path / RECORD).write_text(json.dumps(asdict(LARGE)))
    train.draw()
    assert "ResNet-18, small stem, 11,000,000 parameters, accuracy 98.6 % on the test split" in train._curves.html
