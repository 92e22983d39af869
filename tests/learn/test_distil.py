"""Learning from a large network's answers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from nets import sampled

from pnas_kit.learn import recipe_for
from pnas_kit.learn.data import CATALOGUE, load
from pnas_kit.learn.distil import TEMPERATURE, DistilledGoal
from pnas_kit.learn.goal import ClassGoal, goal_for
from pnas_kit.learn.train import Training, accuracy, tensors

(ARCH,) = sampled((8, 8, 1), 1, seed=3, classes=10)


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(0)
    y = torch.tensor([0, 2, 1])
    return torch.zeros(3, 1, 8, 8), y, *(torch.randn(3, 3, generator=generator) for _ in range(2))


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_loss_is_hintons(batch, share):
    x, y, found, large = batch
    goal = DistilledGoal(3, None, share)
    _, targets = goal.changed(x, goal.targets(y, large), (), torch.Generator())
    soft, own = (logits.double() / TEMPERATURE for logits in (large, found))
    apart = (soft.softmax(1) * (soft.log_softmax(1) - own.log_softmax(1))).sum(1).mean()
    plain = F.cross_entropy(found.double(), y, label_smoothing=0.1)
    expected = (1 - share) * plain + share * TEMPERATURE**2 * apart
    assert goal.loss(found, targets, x, 0.1).item() == pytest.approx(expected.item(), rel=1e-5)
    assert goal.right(found, targets, x) == ClassGoal(3).right(found, F.one_hot(y, 3), x)
    assert goal.plain_loss(found, y).item() == pytest.approx(F.cross_entropy(found, y).item())


def test_a_mixture_mixes_the_answers_too(batch):
    x, y, _, large = batch
    goal = DistilledGoal(3, None, 0.5)
    _, mixed = goal.changed(x, goal.targets(y, large), ("mixup",), torch.Generator().manual_seed(1))
    assert mixed.shape == (3, 6) and not torch.equal(mixed, goal.targets(y, large))
    assert torch.allclose(mixed.view(3, 2, 3).sum(2), torch.ones(3, 2))


def test_a_net_learns_what_the_large_one_says_even_against_the_labels():
    """All labels are wrong by one, the answers right: with the answers alone the net is right."""
    digits = load("digits")
    wrong = replace(digits, train_y=(digits.train_y + 1) % 10)
    answers = 10.0 * np.eye(10, dtype=np.float32)[digits.train_y]
    recipe = replace(recipe_for("digits", "image", 1437, epochs=4), distil=1.0)
    training = Training(ARCH, wrong, recipe, answers=answers)
    for _ in training:
        pass
    assert accuracy(training.average, *tensors(digits.test_x, digits.test_y)) > 0.5


def test_answers_that_are_missing_or_of_other_data_are_told():
    digits = load("digits")
    recipe = replace(recipe_for("digits", "image", 1437, epochs=1), distil=0.5)
    with pytest.raises(ValueError, match="got none: train one on the same data set"):
        Training(ARCH, digits, recipe)
    with pytest.raises(ValueError, match=r"10\).*got \(\d+, 3\)"):
        Training(ARCH, digits, recipe, answers=np.zeros((len(digits.train_y), 3), np.float32))
    for more in (50, -50):  # of another split
        with pytest.raises(ValueError, match="answers"):
            Training(ARCH, digits, recipe, answers=np.zeros((len(digits.train_y) + more, 10), np.float32))
    with pytest.raises(ValueError, match="only classifiers learn from a large network"):
        goal_for(CATALOGUE["mnist_det"], distil=0.5)
    with pytest.raises(ValueError, match="distil lies between 0 and 1"):
        replace(recipe, distil=2.0)
