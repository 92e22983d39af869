"""The queue of trainings and what became of them, from made-up runs in every state."""

import re
import time

import numpy as np
import psutil
import pytest
from made_runs import add_epochs, add_result, epoch, set_status

from pnas_kit.deploy.stored import arrays_file
from pnas_kit.learn.data import card_of
from pnas_kit.runs import Run
from widgets import words
from widgets.confusion import confusion_html
from widgets.curves import curve_svg
from widgets.step_train import legend


def text(pane):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", pane if isinstance(pane, str) else pane.html))


def at_work(run, **fields):
    me = psutil.Process()
    set_status(run, **{"phase": "train", "state": "running", "pid": me.pid, "started": me.create_time(), **fields})


def card(workbench, number):
    found = re.search(rf'<article[^>]*data-key="{number}".*?</article>', workbench.steps["train"]._curves.html, re.S)
    return found[0] if found else ""


@pytest.fixture
def picked(run):
    """The run with four prototypes picked."""
    run.pick([c.number for c in run.candidates() if c.feasible][:4])
    return run


def test_each_prototype_says_how_it_stands(workbench, picked):
    going, ending, failed, waiting = picked.picks
    add_epochs(picked, going, [epoch(n, 10, sparsity=0.3, seconds=30.0) for n in (1, 2, 3)])
    add_epochs(picked, ending, [epoch(n, 3) for n in (1, 2, 3)])
    for number in (going, ending):
        picked.note(number, "training")
    picked.note(failed, "failed", "the loss became nan in epoch 3")
    at_work(picked, done=6, total=33)
    workbench.show_run(picked)
    states = {number: re.search(r'data-state="(\w+)"', card(workbench, number))[1] for number in picked.picks}
    assert states == {going: "training", ending: "quantising", failed: "failed", waiting: "waiting"}
    shown = text(card(workbench, going))
    assert "3 of 10" in shown and "30 %" in shown and re.search(r"Time left \d+ (s|min) [\d sminto]+ ", shown)
    assert "Number 1 in the queue." in text(card(workbench, waiting))
    alert = re.search(r'role="alert">(.*?)</div>', card(workbench, failed))[1]
    assert "the loss became nan in epoch 3" in alert and "kept" in alert and "try again" in alert
    assert not workbench.state.problem


def test_one_is_stopped_and_taken_up_alone(workbench, picked, monkeypatch):
    started = []
    monkeypatch.setattr(Run, "start", lambda self, phase: started.append(phase))
    first, second, *_ = picked.picks
    at_work(picked)
    workbench.show_run(picked)
    pane = workbench.steps["train"]._curves
    pane.press("skip", str(first))
    assert picked.skipped(first) and not picked.skipped(second)
    end = time.monotonic() + 5
    while 'data-state="stopped"' not in card(workbench, first):
        assert time.monotonic() < end
        time.sleep(0.02)
    pane.press("unskip", str(first))
    assert not picked.skipped(first) and started == []  # the runner that is at work takes it up

    set_status(picked, phase="train", state="stopped")
    workbench.show_run(picked)
    pane.press("unskip", str(second))
    assert started == ["train"] and picked.untrained() == [second]
    workbench.steps["train"].start.click()
    assert started == ["train", "train"] and picked.untrained() == picked.picks


def test_a_prototype_is_not_taken_up_while_the_search_goes_on(workbench, picked, monkeypatch):
    monkeypatch.setattr(Run, "start", lambda self, phase: pytest.fail("started"))
    at_work(picked, phase="search")
    workbench.show_run(picked)
    workbench.steps["train"]._curves.press("unskip", str(picked.picks[0]))
    assert "search of this run is still going on" in workbench.state.problem.what
    assert picked.untrained() == picked.picks


def test_before_it_starts_the_page_says_how_long_it_will_take(workbench, picked):
    workbench.show_run(picked)
    shown = text(workbench.steps["train"]._message)
    assert re.search(
        r"4 prototypes, \d+ epochs each: about \S+ \w+.*, likely .* to .* \(after 320 trainings on another", shown
    )


def test_a_paused_training_rests(workbench, picked):
    picked.note(picked.picks[0], "training")
    at_work(picked, state="paused")
    workbench.show_run(picked)
    train = workbench.steps["train"]
    assert 'data-state="paused"' in card(workbench, picked.picks[0]) and train.pause.description == "Resume"
    train.pause.click()
    assert not (picked.path / "pause").exists()


def test_the_best_epoch_is_marked_and_said():
    epochs = [epoch(n, 12, accuracy=a, best=b) for n, (a, b) in enumerate([(0.5, True), (0.8, True), (0.7, False)], 1)]
    svg = curve_svg(epochs)
    assert "best so far: epoch 2, 80.0 %" in svg and svg.count("pn-curve-best") == 1
    assert "pn-curve-best" not in curve_svg([epoch(1, 12, best=False)])


def test_without_a_validation_part_no_accuracy_is_called_one():
    assert "validation accuracy 90.0 %" in curve_svg([epoch(1, 2)])
    assert "accuracy on the training samples 90.0 %" in curve_svg([epoch(1, 2, held_out=False)])
    tiny = legend(card_of("ucr/GunPoint"))
    assert "none being held out" in tiny and "last epoch" in tiny
    assert "validation accuracy" in legend(card_of("digits"))


def test_what_became_of_a_prototype(workbench, picked):
    first, second, *_ = picked.picks
    confusion = np.eye(10, dtype=int) * 30
    confusion[3, 8], confusion[4, 9] = 7, 2
    add_result(picked, first, confusion=confusion.tolist(), sha256="1" * 64)
    add_result(picked, second, int8_accuracy=0.5)
    samples = {"samples": np.zeros((2, 8, 8, 1), np.uint8), "index": np.array([5, 6])}
    given = {"truth": np.array([3, 1]), "answer": np.array([8, 1]), "confidence": np.array([0.876, 0.5], np.float32)}
    (picked.prototype(first) / "answers.npz").write_bytes(arrays_file(samples | given))
    workbench.show_run(picked)
    outcome = workbench.steps["train"].outcome
    shown = text(outcome._pane)
    for said in (
        "98.33 %",
        "97.49 %",
        "0.84 points below float",
        "3.0 KiB estimated",
        "4.0 KiB measured",
        "21.0 KiB measured",
    ):
        assert said in shown, said
    assert re.search(r"Latency 2\.2 ms [\d.]+ to [\d.]+ ms estimated", shown)
    assert "3 taken for 8 : 7 of 37" in shown and "Wrong answers (9 in all)" in shown and "8 88 % true: 3" in shown
    assert 'alt="test sample 5: true 3, answered 8, 88 %"' in outcome._pane.html
    outcome._pane.press("outcome", str(second))
    assert "50.00 %" in text(outcome._pane) and "No error" in text(outcome._pane)
    workbench.show_run(None)
    assert outcome.view.layout.display == "none" and outcome._pane.html == ""


def test_the_confusion_table_has_counts_recall_and_a_cell_for_the_keyboard():
    classes = ["cat", "dog", "a long name & more"]
    html = confusion_html([[8, 2, 0], [1, 9, 0], [0, 0, 0]], classes)
    cells = [int(n) for n in re.findall(r'role="gridcell"[^>]*>(\d+)<', html)]
    assert cells == [8, 2, 0, 1, 9, 0, 0, 0, 0]
    assert re.findall(r'class="pn-recall"[^>]*>([^<]+)<', html) == ["80 %", "90 %", "–"]
    assert html.count('tabindex="0"') == 1 and html.count("data-right") == 3
    assert "a long name &amp; more" in html and "pn-dense" not in html
    many = confusion_html((np.eye(40, dtype=int) * 3).tolist(), [f"sign {n}" for n in range(40)])
    assert "pn-dense" in many and many.count('role="gridcell"') == 1600 and len(many) < 150_000


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (30, 50, "30 to 50 s"),
        (120, 300, "2 to 5 min"),
        (50, 300, "50 s to 5 min"),
        (100, 100, "2 min"),
        (3000, 9000, "50 min to 2 h 30 min"),
    ],
)
def test_bands_of_time(low, high, said):
    assert words.durations(low, high) == said
