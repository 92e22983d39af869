"""The large networks that prototypes are compared with."""

import csv
import runpy
from dataclasses import replace

import numpy as np
import pytest
import torch

from pnas_kit.learn.data import CATALOGUE
from pnas_kit.learn.large import InceptionTime, large_network
from pnas_kit.learn.large_training import LargeTraining
from pnas_kit.learn.train import tensors
from pnas_kit.paths import DATA


@pytest.mark.parametrize("name", ["digits", "cifar10", "ecg5000", "ucr/BasicMotions"])
def test_it_fits_the_data_set_and_only_its_seed_decides_the_weights(name):
    card = CATALOGUE[name]
    nets = [large_network(card, seed)[1].eval() for seed in (3, 3, 4)]
    x = torch.randn(2, card.shape[2], *card.shape[:2])
    with torch.no_grad():
        logits = [net(x) for net in nets]
    assert logits[0].shape == (2, len(card.classes))
    assert torch.equal(logits[0], logits[1]) and not torch.equal(logits[0], logits[2])


def test_small_pictures_are_not_shrunk_before_the_first_block():
    sizes = {}
    for side in (32, 96):
        net = large_network(replace(CATALOGUE["cifar10"], shape=(side, side, 3)), 0)[1]
        net.layer1.register_forward_hook(lambda m, i, o, side=side: sizes.update({side: o.shape[-1]}))
        net.eval()(torch.zeros(1, 3, side, side))
    assert sizes == {32: 32, 96: 24}


def test_inception_time_has_the_size_of_its_paper_and_sees_the_whole_series():
    net = InceptionTime(1, 5).eval()
    kernels = [m.kernel_size[0] for m in net.modules() if isinstance(m, torch.nn.Conv1d)]
    assert [kernels.count(size) for size in (39, 19, 9)] == [6, 6, 6]
    x = torch.zeros(1, 1, 1, 200, requires_grad=True)
    features = []
    net.shortcuts[0].register_forward_hook(lambda m, i, o: features.append(o))
    net.modules_[5].register_forward_hook(lambda m, i, o: features.append(o))
    net(x + torch.randn(1, 1, 1, 200))
    features[-1][0, :, 100].sum().backward()
    reached = x.grad[0, 0, 0].nonzero()
    assert reached.min() == 0 and reached.max() == 199  # six kernels of 39 points: 229 points
    assert features[0].shape == (1, 128, 200)


def test_other_tasks_are_refused():
    with pytest.raises(ValueError, match="'detection'"):
        large_network(replace(CATALOGUE["digits"], task="detection"), 0)


@pytest.fixture(scope="module")
def command():
    return runpy.run_path(str(DATA.parent / "benchmarks" / "large_reference.py"))


def two_waves(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    y = np.arange(count) % 2
    x = np.sin(np.arange(60) * (0.2 + 0.3 * y[:, None]) + random.uniform(0, 6, (count, 1)))
    return x[:, None, :, None].astype(np.float32), y


def test_a_training_that_was_stopped_ends_with_the_same_weights(tmp_path):
    card = replace(CATALOGUE["ucr/GunPoint"], shape=(1, 60, 1), train=64, test=20)
    train, (test_x, test_y) = tensors(*two_waves(64, 0)), tensors(*two_waves(20, 1))
    whole = LargeTraining(card, *train, 4, 0, tmp_path / "whole.pt")
    assert [done for done, _ in whole] == [1, 2, 3, 4]
    stopped = LargeTraining(card, *train, 4, 0, tmp_path / "part.pt", save_seconds=0)
    next(iter(stopped))
    resumed = LargeTraining(card, *train, 4, 0, tmp_path / "part.pt")
    assert [done for done, _ in resumed] == [2, 3, 4]
    for first, second in zip(whole.net.state_dict().values(), resumed.net.state_dict().values(), strict=True):
        assert torch.equal(first, second)
    assert (whole.answers(test_x).argmax(1) == test_y.numpy()).mean() > 0.8


@pytest.mark.parametrize("samples, epochs", [(20, 1), (64, 5), (96, 3)])
def test_a_training_may_be_as_short_as_it_likes(tmp_path, samples, epochs):
    card = replace(CATALOGUE["ucr/GunPoint"], shape=(1, 60, 1), train=samples, test=20)
    training = LargeTraining(card, *tensors(*two_waves(samples, 0)), epochs, 0, tmp_path / "short.pt")
    assert len(list(training)) == epochs


def test_a_second_row_of_the_same_training_replaces_the_first(command, tmp_path, monkeypatch):
    table = tmp_path / "table.csv"
    monkeypatch.setitem(command["note"].__globals__, "TABLE", table)
    row = dict.fromkeys(command["COLUMNS"], "x") | {"epochs": 3, "seed": 0}
    for change in ({}, {"accuracy": "new"}, {"seed": 1}):
        command["note"](row | change)
    with table.open(newline="") as file:
        assert [(r["seed"], r["accuracy"]) for r in csv.DictReader(file)] == [("0", "new"), ("1", "x")]
