import dataclasses

import numpy as np
import pytest
import torch
from nets import sampled

from pnas_kit.learn import Recipe, recipe_for
from pnas_kit.learn.augment import AUGMENTATIONS
from pnas_kit.learn.data import load
from pnas_kit.learn.train import Training, TrainingError, accuracy, tensors


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.fixture(scope="module")
def arch():
    fixed = {f"kernel_stride_{g}": f"k3s{2 if g in (1, 3) else 1}" for g in range(4)}
    depths = {f"depth_{g}": 0 for g in range(4)}
    sparsity = {f"sparsity_{g}": 0.4 for g in range(4)}
    return sampled((8, 8, 1), 1, classes=10, family="mbednet", width=0.5, **fixed, **depths, **sparsity)[0]


RECIPE = Recipe(epochs=8, augment=("shift",), batch=16)


def test_digits_are_learned_pruned_and_the_best_state_is_kept(digits, arch):
    training = Training(arch, digits, RECIPE)
    epochs = list(training)
    assert [e.number for e in epochs] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert training.best.layers == arch.pruned
    sparsities = [e.sparsity for e in epochs]
    assert sparsities == sorted(sparsities) and sparsities[0] < sparsities[-1]
    assert not epochs[0].best and any(e.best for e in epochs)
    assert epochs[-1].loss < epochs[0].loss
    found = accuracy(training.best, *tensors(digits.test_x, digits.test_y))
    assert found > 0.9


def test_the_same_seed_trains_the_same_net_also_after_an_interruption(tmp_path, digits, arch):
    whole = Training(arch, digits, RECIPE, seed=3)
    expected = [dataclasses.replace(e, seconds=0) for e in whole]
    found = []
    for _ in range(4):  # two epochs, then the process is gone
        part = Training(arch, digits, RECIPE, seed=3, checkpoint=tmp_path / "checkpoint.pt")
        for _, epoch in zip(range(2), part, strict=False):
            found.append(dataclasses.replace(epoch, seconds=0))
    assert found == expected
    for a, b in zip(whole.best.state_dict().values(), part.best.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_the_test_split_is_never_looked_at(digits, arch):
    blind = dataclasses.replace(digits, test_x=None, test_y=None)
    assert len(list(Training(arch, blind, dataclasses.replace(RECIPE, epochs=1)))) == 1


def test_a_loss_that_explodes_is_reported_with_what_to_do(digits, arch):
    broken = dataclasses.replace(digits, train_x=np.full_like(digits.train_x, np.nan))
    with pytest.raises(TrainingError, match="lower learning rate"):
        list(Training(arch, broken, RECIPE))


def test_pruning_follows_the_cubic_schedule():
    recipe = Recipe(epochs=20, prune_from=0.1, prune_until=0.6)
    shares = [recipe.pruned_share(e) for e in range(20)]
    assert shares[:3] == [0, 0, 0] and shares[12:] == [1.0] * 8
    assert shares[7] == pytest.approx(1 - (1 - 5 / 10) ** 3)
    assert Recipe(epochs=1).pruned_share(0) == 1.0


def test_recipes_suit_the_size_of_the_set():
    assert recipe_for("mnist", "image", 60_000).epochs == 8
    assert recipe_for("ecg5000", "series", 500).epochs == 120
    assert recipe_for("digits", "image", 1437, epochs=2).epochs == 2
    assert "mirror" in recipe_for("fashion_mnist", "image", 60_000).augment
    with pytest.raises(ValueError, match="at least 1 epoch"):
        Recipe(epochs=0)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_augmentations_keep_the_shape_and_depend_on_their_generator_only(name):
    x = torch.randn(4, 3, 1, 60) if name in ("jitter", "scale", "slide") else torch.randn(4, 3, 28, 28)
    a, b, c = (AUGMENTATIONS[name](x.clone(), torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert a.shape == x.shape and torch.equal(a, b) and not torch.equal(a, c)
