import hashlib

import pytest

from pnas_kit.cost import estimate
from pnas_kit.runs import RunError, recorded, runs
from pnas_kit.runs.recorded import PLACE


@pytest.fixture(scope="module")
def run():
    return recorded("digits")


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_recorded_search_is_whole(run):
    found = run.candidates()
    assert [c.number for c in found] == list(range(run.config.trials)) and len(found) >= 300
    assert run.picks == run.proposed() and len(run.picks) == 5
    assert run.status.state == "done" and not run.status.alive
    assert recorded(run.name).path == run.path


def test_its_costs_are_those_of_todays_cost_model(run):
    """Else the recording is old: `python benchmarks/record_run.py digits` makes it anew."""
    for candidate in run.candidates()[::10]:
        assert candidate.cost == estimate(candidate.arch.pruned, run.card.shape, run.problem.board)


def test_its_models_are_those_that_were_verified(run):
    from pnas_kit.deploy import evaluate
    from pnas_kit.learn.data import load

    for number in run.picks:
        result, model = run.result(number), run.delivered(number, "model.tflite")
        assert hashlib.sha256(model).hexdigest() == result.sha256 == result.files["model.tflite"]
        assert [epoch.number for epoch in run.epochs(number)] == list(range(1, result.epochs + 1))
    data = load("digits")
    assert evaluate(model, data.test_x, data.test_y).accuracy == result.int8_accuracy


def test_nothing_in_it_can_be_changed(run):
    before, one = content(PLACE), run.picks[0]
    commands = [
        lambda: run.start("search"), lambda: run.start("train"), run.stop, run.pause, run.resume,
        lambda: run.pick([one]), lambda: run.emulate(one), lambda: run.stop_emulation(one),
        lambda: run.skip(one), lambda: run.unskip(one), lambda: run.rename("mine"), run.delete,
    ]  # fmt: skip
    for command in commands:
        with pytest.raises(RunError, match="not changed: begin a search of your own"):
            command()
    with pytest.raises(RunError, match=r"has no firmware.zip"):
        run.delivered(one, "firmware.zip")
    assert content(PLACE) == before


def test_an_unknown_recording_is_told(tmp_path):
    with pytest.raises(RunError, match=r"digits.*got 'nothing'"):
        recorded("nothing")
    assert runs(tmp_path) == []
