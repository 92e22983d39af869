"""The queue of trainings: one stopped or lost without the others, how each stands, and how long it takes."""

import dataclasses
import json
import os
import shutil
import types
from dataclasses import asdict

import numpy as np
import psutil
import pytest
from nets import sampled
from waiting import wait_for

from pnas_kit.deploy import Interpreter, evaluate, quantise, write_tflite
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.learn.epoch import Epoch
from pnas_kit.learn.recipe import recipe_for
from pnas_kit.runs import Config, Run, RunError, prototypes
from pnas_kit.runs import pace as pace_module
from pnas_kit.runs.examples import ANSWERS, WRONG, answers_file, read_answers
from pnas_kit.runs.folder import append_line, read_lines
from pnas_kit.runs.pace import epoch_seconds, time_left, training_left
from pnas_kit.runs.records import Result, Status
from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage
from pnas_kit.space.net import build

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A real search, done in this process."""
    run = Run.create(Config(**FIELDS, trials=16, picks=2, epochs=80), tmp_path_factory.mktemp("searched"))
    storage = journal_storage(run.path / "journal.log")
    for _ in search(run.problem, proxy_batches(load("digits")), trials=16, workers=0, storage=storage):
        pass
    return run.path


@pytest.fixture
def run(searched, tmp_path):
    made = Run(shutil.copytree(searched, tmp_path / "runs" / searched.name))
    smallest = sorted((c for c in made.candidates() if c.feasible), key=lambda c: c.cost.macs)[:2]
    made.pick([candidate.number for candidate in smallest])
    return made


def at_work(run, **changes):
    """As a runner's status says while it trains: its process is this one."""
    me = psutil.Process()
    status = Status(phase="train", state="running", pid=me.pid, started=me.create_time())
    (run.path / "status.json").write_text(json.dumps(asdict(status) | changes))


def add_epochs(run, number, seconds, total=80):
    folder = run.prototype(number)
    folder.mkdir(parents=True, exist_ok=True)
    rest = {"loss": 1.0, "train_accuracy": 0.5, "accuracy": 0.5, "sparsity": 0.25, "best": False}
    epochs = [Epoch(number=i, total=total, seconds=s, **rest) for i, s in enumerate(seconds, 1)]
    (folder / "epochs.jsonl").write_text("".join(json.dumps(asdict(epoch)) + "\n" for epoch in epochs))


def test_one_is_stopped_another_dies_and_the_first_goes_on(run):
    """The real runner and real trainings."""
    first, second = run.picks
    run.start("train")
    wait_for(lambda: run.epochs(first) and run.epochs(second))
    runner = run.status.pid
    run.skip(first)
    wait_for(lambda: run.progress(first).state == "stopped" and len(workers(runner)) == 1, 10)
    kept, others = len(run.epochs(first)), len(run.epochs(second))
    wait_for(lambda: len(run.epochs(second)) >= others + 2)
    assert run.status.alive and len(run.epochs(first)) == kept < 80

    (worker,) = workers(runner)
    run.unskip(first)
    worker.kill()
    wait_for(lambda: run.progress(second).state == "failed")
    assert "memory" in run.progress(second).error
    wait_for(lambda: len(run.epochs(first)) > kept)
    assert run.progress(first).state == "training" and run.epochs(first)[kept].number == kept + 1
    run.skip(first)
    with pytest.raises(RunError, match=f"prototype {second}: its process ended"):
        run.wait(30)
    assert run.progress(first).state == "stopped" and run.progress(first).epoch >= kept + 1


def workers(runner):
    """The processes that train: those of the runner that were spawned to work, not what watches over them."""
    alive = [child for child in psutil.Process(runner).children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in alive if any("spawn_main" in part for part in child.cmdline())]


def test_states_of_a_prototype(run):
    first, second = run.picks
    assert run.progress(first).state == "new"
    at_work(run)
    assert run.progress(first).state == "waiting"
    run.note(first, "training")
    assert run.progress(first).state == "training"
    add_epochs(run, first, [1.0] * 3)
    found = run.progress(first)
    assert (found.state, found.epoch, found.total, found.removed) == ("training", 3, 80, 0.25)
    add_epochs(run, first, [1.0] * 3, total=3)
    assert run.progress(first).state == "quantising"
    run.note(first, "failed", "the loss became nan")
    assert (run.progress(first).state, run.progress(first).error) == ("failed", "the loss became nan")
    run.note(first, "")
    at_work(run, state="stopped")
    assert run.progress(first).state == "stopped" and run.progress(second).state == "new"
    run.skip(second)
    assert run.progress(second).state == "stopped" and run.untrained() == [first]


def test_a_log_is_read_again_only_after_it_has_changed(run, monkeypatch):
    number, read = run.picks[0], []
    monkeypatch.setattr(prototypes, "read_lines", lambda path: read.append(path) or read_lines(path))
    log = run.prototype(number) / "epochs.jsonl"
    assert run.epochs(number) == []
    add_epochs(run, number, [1.0] * 3)
    os.utime(log, (1e9, 1e9))
    first = run.epochs(number)
    first.clear()  # the caller's own
    at_work(run)
    assert run.progress(number).epoch == len(run.epochs(number)) == 3 and len(read) == 1
    append_line(log, asdict(run.epochs(number)[-1]) | {"number": 4})
    assert [epoch.number for epoch in run.epochs(number)] == [1, 2, 3, 4]
    add_epochs(run, number, [1.0] * 4)
    add_epochs(run, number, [2.0] * 4)  # as long, and perhaps at the same tick of the clock
    assert run.epochs(number)[0].seconds == 2.0
    log.unlink()
    assert run.epochs(number) == []


def test_what_cannot_be_stopped_or_started_is_told(run):
    first, _ = run.picks
    with pytest.raises(RunError, match="is not picked"):
        run.skip(10**6)
    for number in run.picks:
        run.skip(number)
    with pytest.raises(RunError, match="take one up again"):
        run.start("train")
    values = dict.fromkeys(Result.__dataclass_fields__, 0) | {"number": first, "confusion": [], "files": {}}
    (run.prototype(first) / "result.json").write_text(json.dumps(values))
    with pytest.raises(RunError, match="verified already"):
        run.skip(first)
    assert run.progress(first).state == "verified"


def test_waiting_tells_how_it_ended(run):
    at_work(run, state="done")
    assert run.wait().state == "done"
    at_work(run)
    assert run.wait(0.2).alive
    at_work(run, state="failed", error="the disk is full")
    with pytest.raises(RunError, match=r"train of run .* failed: the disk is full"):
        run.wait()


def test_time_left_follows_the_epochs(run, monkeypatch):
    monkeypatch.setattr(pace_module, "crowded", lambda: 1.0)
    first, second = run.picks
    before = time_left(run)
    assert before.low < before.mid < before.high and "another computer" in before.source
    recipe = recipe_for("digits", "image", run.card.train, 80)
    plan = epoch_seconds(run.candidates()[first].arch, recipe, run.card.train)
    assert len(plan) == 80 and plan[0] > plan[-1]  # pruned on the way
    add_epochs(run, first, [10 * seconds for seconds in plan[:20]])  # a computer ten times as slow
    left = training_left(run, first)
    assert left.source == "its own epochs"
    assert left.low < 10 * sum(plan[20:]) < left.mid < left.high
    pace_module.note_pace(run, first)
    other = training_left(run, second)
    assert "other prototypes" in other.source
    assert other.mid == pytest.approx(
        10 * sum(epoch_seconds(run.candidates()[second].arch, recipe, run.card.train)), rel=0.2
    )
    assert time_left(run).mid == pytest.approx(max(left.mid, other.mid))  # two workers
    away = types.SimpleNamespace(
        untrained=run.untrained, epochs=run.epochs, candidates=run.candidates, card=run.card, path=run.path, name=run.name,
        config=dataclasses.replace(run.config, executor="tcp://cluster:8786"),
    )  # fmt: skip
    assert time_left(away).mid == pytest.approx(left.mid + other.mid)  # one worker of a cluster has told of epochs
    shutil.rmtree(run.prototype(first))
    assert time_left(away) is None  # none has
    add_epochs(run, first, [10 * seconds for seconds in plan[:20]])
    add_epochs(run, first, [10 * seconds for seconds in plan], total=80)
    assert training_left(run, first).mid < 30  # only what follows the last epoch
    run.skip(second)
    assert time_left(run).mid == training_left(run, first).mid


def test_an_earlier_run_says_how_fast_this_computer_is(run, searched, monkeypatch):
    monkeypatch.setattr(pace_module, "crowded", lambda: 1.0)
    pace_module._history.cache_clear()
    old = Run(shutil.copytree(searched, run.path.parent / "20200101-old"))
    number = run.picks[0]
    old.pick([number])
    old.prototype(number).mkdir(parents=True)
    pace_module.note_pace(old, number)
    plan = json.loads((old.prototype(number) / "pace.json").read_text())
    add_epochs(old, number, [4 * seconds for seconds in plan])
    left = training_left(run, number)
    assert left.source == "an earlier training on this computer"
    assert left.low < 4 * sum(plan) < left.high
    pace_module._history.cache_clear()


@pytest.mark.parametrize("name", ["digits", "a series"])
def test_answers_are_kept_with_the_wrong_ones_first(name, tmp_path):
    """Against the file itself, of an untrained net, which errs often enough."""
    data = load("digits")
    if name == "a series":
        card = dataclasses.replace(data.card, task="series", shape=(1, 64, 1))
        flat = {part: getattr(data, part).reshape(-1, 1, 64, 1) for part in ("train_x", "test_x")}
        data = dataclasses.replace(data, card=card, **flat)
    (arch,) = sampled(data.card.shape, 1, classes=10)
    model = write_tflite(quantise(build(arch.pruned, arch.input_shape, 0), data.train_x[:64]))
    interpreter = Interpreter(model)
    score = evaluate(model, data.test_x, data.test_y)
    assert np.array_equal(
        score.answers.argmax(axis=1)[:9], interpreter.run(interpreter.quantise_input(data.test_x[:9])).argmax(1)
    )
    (tmp_path / "answers.npz").write_bytes(answers_file(data, model, score.answers))
    found = read_answers(tmp_path)
    wrong = [answer for answer in found if answer.answer != answer.truth]
    assert len(found) == ANSWERS and found[: len(wrong)] == wrong and len(wrong) == WRONG
    assert [a.confidence for a in wrong] == sorted((a.confidence for a in wrong), reverse=True)
    for answer in found:
        x = data.test_x[answer.index : answer.index + 1]
        logits = interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))[0]
        assert answer.truth == data.test_y[answer.index] and answer.answer == logits.argmax()
        assert answer.confidence == pytest.approx(float(np.exp(logits[answer.answer]) / np.exp(logits).sum()), rel=1e-4)
        assert np.corrcoef(answer.sample.ravel(), data.raw(x).ravel())[0, 1] > 0.999
    assert found[0].sample.dtype == (np.float32 if name == "a series" else np.uint8)
    assert read_answers(tmp_path / "nowhere") == []
