"""What is trained once more, and which of the quantised files is taken."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from nets import sampled

import pnas_kit.deploy
from pnas_kit.cost import boards
from pnas_kit.deploy.runtime import Score
from pnas_kit.learn import Recipe
from pnas_kit.learn.data import load
from pnas_kit.learn.goal import ClassGoal
from pnas_kit.runs import Config, Run, away, prototype
from pnas_kit.runs.prototype import _quantised
from pnas_kit.space.net import build

CONFUSIONS = {"plain": [[90, 0], [10, 0]], "frequent": [[93, 0], [7, 0]], "fair": [[70, 20], [2, 8]]}
"""Of 100 samples: shares right 0.90, 0.93 and 0.78, balanced 0.5, 0.5 and 0.79."""


@pytest.mark.parametrize(("balance", "taken", "how"), [(0.0, "plain", "post-training"), (1.0, "fair", "quantisation-aware")])
def test_the_last_fine_tuned_file_is_taken_where_it_is_better(monkeypatch, balance, taken, how):
    def evaluate(file: bytes, x, y) -> Score:
        confusion = np.array(CONFUSIONS[file.decode()])
        return Score(np.trace(confusion) / 100, 100, confusion, 0.0)

    def fine_tune(net, calibration, x, y, *, augment, **settings):
        changed = augment(x[:32], y[:32], torch.Generator().manual_seed(0))[0]
        assert (changed.flip(-1) == x[:32]).flatten(1).all(1).any()  # as in training
        return iter(CONFUSIONS)

    monkeypatch.setattr(pnas_kit.deploy, "quantise", lambda net, samples: "plain")
    monkeypatch.setattr(pnas_kit.deploy, "write_tflite", str.encode)
    monkeypatch.setattr(pnas_kit.deploy, "evaluate", evaluate)
    monkeypatch.setattr("pnas_kit.deploy.qat.fine_tune", fine_tune)
    monkeypatch.setattr(ClassGoal, "measure", lambda *a: 0.99)
    run = SimpleNamespace(config=SimpleNamespace(seed=0))
    recipe = Recipe(epochs=1, balance=balance, augment=("mirror",))
    assert _quantised(run, load("digits"), recipe, net=None) == (taken, taken.encode(), how)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A run with one candidate to train, and the learning rates of what was delivered."""
    board = boards()["nano-33-ble"]
    limits = {"ram_bytes": board.ram_bytes, "flash_bytes": board.flash_bytes, "macs": board.default_macs}
    run = Run.create(Config(data="digits", board=board.id, trials=1, picks=1, epochs=1, **limits), tmp_path)
    (arch,) = sampled((8, 8, 1), 1, classes=10, family="mbednet")
    delivered = []
    monkeypatch.setattr(prototype, "_deliver", lambda run, candidate, data, recipe, net: delivered.append(recipe))
    return SimpleNamespace(run=run, candidate=SimpleNamespace(number=3, arch=arch), delivered=delivered)


def test_a_net_that_its_training_left_dead_is_trained_once_more_at_a_lower_rate(made, monkeypatch):
    rate = made.run.config.recipe_of(made.run.card).learning_rate
    monkeypatch.setattr(prototype, "is_dead", lambda net, x: len(made.delivered) == 0)
    prototype.make_prototype(str(made.run.path), made.candidate)
    assert [recipe.learning_rate for recipe in made.delivered] == pytest.approx([rate / 3])
    assert len(made.run.epochs(3)) == 1  # of the second training
    prototype.make_prototype(str(made.run.path), made.candidate)  # asked for again: goes on with the lower rate
    assert made.delivered[1].learning_rate == pytest.approx(rate / 3)


def test_a_net_that_died_on_a_cluster_goes_on_at_the_lower_rate_there(made, monkeypatch):
    rate, files = made.run.config.recipe_of(made.run.card).learning_rate, {}
    monkeypatch.setattr(prototype, "is_dead", lambda net, x: True)
    settings = away._read(made.run.path, away.SETTINGS)
    settings["config.json"] = settings["config.json"].replace(b'"epochs": 1', b'"epochs": 2')
    for _ in range(3):  # the first net's epochs, the second's first after it, the second's second
        assert not made.delivered
        files |= away._step("run", settings, made.candidate, {n: files[n] for n in away.GOES_OUT if n in files}, 0.0)
    assert [recipe.learning_rate for recipe in made.delivered] == pytest.approx([rate / 3])


def test_what_comes_home_from_a_cluster_is_logged_before_it_is_saved(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(away, "write_bytes", lambda path, content: order.append(path.name))
    away._write(tmp_path, dict.fromkeys(["checkpoint.pt", "result.json", "model.tflite", "epochs.jsonl"], b""))
    assert order == ["epochs.jsonl", "model.tflite", "checkpoint.pt", "result.json"]


def test_a_log_that_is_ahead_of_its_checkpoint_is_cut_whole_or_not_at_all(made, monkeypatch):
    log = made.run.prototype(3) / "epochs.jsonl"
    prototype.make_prototype(str(made.run.path), made.candidate)
    line = log.read_text()
    log.write_text(2 * line)  # one more than was saved
    monkeypatch.setattr(prototype, "append_line", None)  # nothing is to be written line by line
    prototype.make_prototype(str(made.run.path), made.candidate)
    assert log.read_text() == line


def test_a_net_that_lives_is_trained_once(made):
    prototype.make_prototype(str(made.run.path), made.candidate)
    rate = made.run.config.recipe_of(made.run.card).learning_rate
    assert [recipe.learning_rate for recipe in made.delivered] == [rate]


def test_a_dead_net_is_known_by_its_answers(made):
    net, x = build(made.candidate.arch.layers, (8, 8, 1), 0).eval(), load("digits").train_x[:100]
    seen = []
    net.register_forward_pre_hook(lambda module, inputs: seen.append(len(inputs[0])))
    assert not prototype.is_dead(net, x) and seen == [32]
    with torch.no_grad():
        for weights in list(net.blocks.values())[-1].parameters():
            weights.zero_()
    assert prototype.is_dead(net, x) and seen[1:] == [32, 32, 32, 4]
