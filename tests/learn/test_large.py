"""The large networks that prototypes are compared with."""

import csv
import runpy
from dataclasses import replace

import numpy as np
import pytest
import torch

from pnas_kit.learn import large_training
from pnas_kit.learn.data import CATALOGUE
from pnas_kit.learn.detection.large import LargeDetector
from pnas_kit.learn.goal import goal_for
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


@pytest.mark.parametrize("classes", [1, 3])
def test_a_large_detector_answers_as_a_prototype_does(classes):
    net = LargeDetector(1, classes).eval()
    with torch.no_grad():
        found = net(torch.zeros(2, 1, 64, 64))
    parts = {"box": 4, "objectness": 1} | ({"classes": classes} if classes > 1 else {})
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        f"s{s}.{part}": (2, n, 64 // s, 64 // s) for s in (8, 16) for part, n in parts.items()
    }


def test_a_large_detector_learns(tmp_path):
    card = replace(CATALOGUE["mnist_det"], shape=(64, 64, 1), classes=("small", "medium", "large"))
    x, y = squares(48, 3)
    training = LargeTraining(card, x, y, 30, 0, tmp_path / "large.pt")
    losses = [loss for _, loss in training]
    assert losses[-1] < losses[0] / 3
    assert goal_for(card).measure(training.net, x, y) > 0.1


def squares(count: int, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images with one bright square each, whose class is its size, and their padded boxes."""
    random = np.random.default_rng(0)
    x, y = np.zeros((count, 1, 64, 64), np.float32), np.zeros((count, 1, 5), np.float32)
    for image, row in zip(x, y, strict=True):
        kind = random.integers(classes)
        side = 12 + 8 * kind
        left, top = random.integers(64 - side, size=2)
        image[0, top : top + side, left : left + side] = 1
        row[0] = kind, left, top, left + side, top + side
    return torch.from_numpy(x), torch.from_numpy(y)


@pytest.mark.parametrize("fast", [True, False])
def test_layers_are_computed_in_bfloat16_where_the_cpu_has_it_and_weights_stay_float32(tmp_path, monkeypatch, fast):
    monkeypatch.setattr(large_training, "bfloat16_is_fast", lambda: fast)
    card = replace(CATALOGUE["ucr/GunPoint"], shape=(1, 60, 1), train=32, test=20)
    training, seen = LargeTraining(card, *tensors(*two_waves(32, 0)), 1, 0, tmp_path / "x.pt"), []
    training.net.shortcuts[0][0].register_forward_hook(lambda m, i, o: seen.append(o.dtype))
    list(training)
    assert set(seen) == {torch.bfloat16 if fast else torch.float32}
    assert {part.dtype for part in training.net.parameters()} == {torch.float32}
    answers = training.answers(tensors(*two_waves(4, 1))[0])
    assert answers.dtype == np.float32 and seen[-1] == torch.float32


def test_maps_of_pictures_are_channels_last_on_the_way_and_back(tmp_path):
    card = replace(CATALOGUE["cifar10"], shape=(16, 16, 3), classes=("a", "b"))
    x, y = torch.randn(8, 3, 16, 16), torch.arange(8) % 2
    training, seen = LargeTraining(card, x, y, 1, 0, tmp_path / "x.pt"), []
    block = training.net.layer1[0]
    block.register_forward_hook(lambda m, i, o: seen.append(o))
    block.register_full_backward_hook(lambda m, i, o: seen.append(o[0]))
    list(training)
    assert len(seen) == 2
    assert all(m.is_contiguous(memory_format=torch.channels_last) and not m.is_contiguous() for m in seen)


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
    with pytest.warns(UserWarning, match="another version, seed, net"):
        assert LargeTraining(card, *train, 4, 1, tmp_path / "part.pt").done == 0
    assert (whole.answers(test_x).argmax(1) == test_y.numpy()).mean() > 0.8


@pytest.mark.parametrize("samples, epochs", [(20, 1), (64, 5), (96, 3)])
def test_a_training_may_be_as_short_as_it_likes(tmp_path, samples, epochs):
    card = replace(CATALOGUE["ucr/GunPoint"], shape=(1, 60, 1), train=samples, test=20)
    training = LargeTraining(card, *tensors(*two_waves(samples, 0)), epochs, 0, tmp_path / "short.pt")
    assert len(list(training)) == epochs


def test_a_second_row_of_the_same_training_replaces_the_first(command, tmp_path, monkeypatch):
    table = tmp_path / "table.csv"
    monkeypatch.setitem(command["note"].__globals__, "KNOWN", table)
    row = dict.fromkeys(command["COLUMNS"], "x") | {"epochs": 3, "seed": 0}
    for change in ({}, {"accuracy": "new"}, {"seed": 1}):
        command["note"](row | change)
    with table.open(newline="") as file:
        assert [(r["seed"], r["accuracy"]) for r in csv.DictReader(file)] == [("0", "new"), ("1", "x")]
