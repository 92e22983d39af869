"""Lesson 5's app: a tiny network learns, is pruned and rounded; its gradients are those of differences."""

import time

import numpy as np
import pytest

from widgets.lessons import TrainPruneQuantise
from widgets.lessons.plane import PROBLEMS, problem
from widgets.lessons.tiny_net import TinyNet, accuracy, rounded, rounded_weights


@pytest.fixture
def app():
    made = TrainPruneQuantise()
    yield made
    made.close()


@pytest.fixture
def trained(app):
    app.advance(120)
    return app


@pytest.mark.parametrize("pruned", [0.0, 0.5])
def test_gradients_are_those_of_small_differences(pruned):
    (x, y), _ = problem("Two moons")
    net, tiny = TinyNet(3), 1e-6
    net.prune(pruned)
    _, gradients = net.gradients(x, y)
    for values, gradient in zip([*net.weights, *net.biases], gradients, strict=True):
        for place in list(np.ndindex(values.shape))[::7]:
            kept = values[place]
            values[place] = kept + tiny
            above, _ = net.gradients(x, y)
            values[place] = kept - tiny
            below, _ = net.gradients(x, y)
            values[place] = kept
            assert gradient[place] == pytest.approx((above - below) / 2 / tiny, abs=1e-5)


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_is_learnt(name):
    (x, y), (test_x, test_y) = problem(name)
    net, rng = TinyNet(), np.random.default_rng(0)
    for _ in range(150):
        net.train(x, y, rng)
    assert accuracy(net.run(test_x), test_y) > 0.9


def test_eight_bits_are_enough_two_are_not_and_training_with_rounding_helps(trained):
    exact, few = trained.scores
    assert exact > 0.95 and few == pytest.approx(exact, abs=0.02)
    trained.bits.value = 2
    assert trained.scores[1] < 0.7
    trained.bits.value = 3
    before = trained.scores[1]
    trained.aware.value = True
    trained.advance(150)
    assert trained.scores[1] > before + 0.1


def test_pruning_hurts_until_it_is_trained_again(trained):
    size, exact = trained.net.left, trained.scores[0]
    trained.pruned.value = 50
    assert trained.net.left < size / 2 and trained.scores[0] < exact - 0.1
    hurt = trained.scores[0]
    trained.advance(80)
    assert trained.scores[0] > hurt + 0.1
    assert trained._below.html.count('class="pn-gone"') == 16
    trained.restart()
    assert trained.pruned.value == 0 and trained.epoch == 0 and trained.history == []


def test_the_thread_trains_pauses_and_ends_with_the_app(app):
    app.toggle()
    assert app.go.description == "Pause"
    end = time.monotonic() + 20
    while app.epoch < 4 and time.monotonic() < end:
        time.sleep(0.02)
    app.toggle()
    reached = app.epoch
    assert reached >= 4 and app.go.description == "Train"
    app.train()
    thread = app._thread
    app.close()
    assert not thread.is_alive() and app._trouble.problem is None


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_rounding_keeps_zero_and_takes_the_nearest_of_few_values(bits):
    values = np.random.default_rng(bits).uniform(-1, 3, 500)
    found = rounded(np.append(values, 0.0), bits, -1.0, 3.0)
    assert found[-1] == 0 and len(np.unique(found)) <= 2**bits
    scale = 4 / (2**bits - 1)
    inside = np.abs(found[:-1] - values)[(values > -1 + scale) & (values < 3 - scale)]
    assert inside.max(initial=0) <= scale / 2 + 1e-12
    weights = rounded_weights(values, bits)
    assert len(np.unique(weights)) <= 2**bits - 1 and weights.max() == pytest.approx(np.abs(values).max())
