import dataclasses

import numpy as np
import pytest
import torch
from nets import sampled

from pnas_kit.learn import Recipe, recipe_for
from pnas_kit.learn.augment import AUGMENTATIONS, MIXTURES
from pnas_kit.learn.data import load, validation_split
from pnas_kit.learn.goal import ClassGoal, balanced_accuracy, class_weights
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


RECIPE = Recipe(epochs=8, augment=("shift", "mixup"), batch=16)


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
    for start in range(8):  # two epochs, then the process is gone before the second is saved
        part = Training(arch, digits, RECIPE, seed=3, checkpoint=tmp_path / "checkpoint.pt")
        assert part.finished_epochs == start
        del found[start:]
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
    for epochs in range(1, 20):
        assert Recipe(epochs=epochs, prune_until=1.0).pruned_share(epochs - 1) == 1.0, "the last net is the one delivered"


def test_recipes_suit_the_size_of_the_set():
    assert recipe_for("mnist", "image", 60_000).epochs == 8
    assert recipe_for("ecg5000", "series", 500).epochs == 120
    assert recipe_for("digits", "image", 1437, epochs=2).epochs == 2
    assert "mirror" in recipe_for("fashion_mnist", "image", 60_000).augment
    with pytest.raises(ValueError, match="at least 1 epoch"):
        Recipe(epochs=0)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_augmentations_keep_the_shape_and_depend_on_their_generator_only(name):
    x = torch.randn(4, 3, 1, 60) if name in ("jitter", "scale", "slide", "mask") else torch.randn(4, 3, 28, 28)
    a, b, c = (AUGMENTATIONS[name](x.clone(), torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert a.shape == x.shape and torch.equal(a, b) and not torch.equal(a, c)


@pytest.mark.parametrize("shape", [(8, 3, 28, 28), (8, 3, 1, 60)])
@pytest.mark.parametrize("name", MIXTURES)
def test_a_mixture_shares_the_target_as_it_shares_the_sample(name, shape):
    """Sample i is i everywhere, so the mean of a mixture of i and j with share s is i (1 - s) + j s."""
    x = torch.arange(8.0)[:, None, None, None].expand(shape).contiguous()
    mixed, y = MIXTURES[name](x, torch.eye(8), torch.Generator().manual_seed(0))
    torch.testing.assert_close(mixed.mean((1, 2, 3)), y @ torch.arange(8.0))
    torch.testing.assert_close(y.sum(1), torch.ones(8))
    assert (y.diagonal() >= 0.5 - 1 / 28).all() and (y.diagonal() < 1).sum() >= 4
    values = {len(sample.unique()) for sample in mixed}
    assert values == {1} if name == "mixup" else values == {1, 2}


def test_erased_and_masked_are_one_piece_of_the_size_promised():
    x = torch.ones(200, 2, 28, 28)
    gone = AUGMENTATIONS["erase"](x, torch.Generator().manual_seed(0)) == 0
    assert torch.equal(gone[:, 0], gone[:, 1])
    rows, columns = gone[:, 0].any(2), gone[:, 0].any(1)
    assert torch.equal(gone[:, 0], rows[:, :, None] & columns[:, None, :])
    assert rows.sum(1).max() == 14 and rows.any(0).all()
    gone = AUGMENTATIONS["mask"](torch.ones(200, 2, 1, 50), torch.Generator().manual_seed(0))[:, 0, 0] == 0
    assert gone.sum(1).max() == 10 and gone.any(0).all() and (gone.int().diff(dim=1) == 1).sum(1).max() == 1


def coordinates(count: int, side: int = 33) -> torch.Tensor:
    """Images whose two channels say where a pixel is, -1 to 1: column, row."""
    line = (2 * torch.arange(side) + 1) / side - 1
    return torch.stack(torch.meshgrid(line, line, indexing="xy")).expand(count, -1, -1, -1)


@pytest.mark.parametrize(
    ("name", "turned", "stretched", "moved"), [("warp", 13, (0.85, 1.17), 1e-5), ("randaugment", 26, (0.45, 1.6), 0.75)]
)
def test_pictures_change_as_strongly_as_promised(name, turned, stretched, moved):
    """The middle of an image of coordinates stays an affine function of them, which tells what was done.

    A turn shows as a turn, slant, scale and contrast as a stretch, shift and brightness as a constant.
    """
    before = coordinates(400)
    after = AUGMENTATIONS[name](before, torch.Generator().manual_seed(0))[..., 12:21, 12:21].flatten(2)
    known = torch.cat([before[0, :, 12:21, 12:21].flatten(1), torch.ones(1, 81)]).T
    maps = torch.linalg.lstsq(known.expand(400, -1, -1), after.mT).solution.mT  # (400, 2, 3)
    torch.testing.assert_close(maps @ known.T, after, atol=1e-4, rtol=0)
    turns = torch.rad2deg(torch.atan2(maps[:, 1, 0] - maps[:, 0, 1], maps[:, 0, 0] + maps[:, 1, 1]))
    stretches = torch.linalg.svdvals(maps[..., :2])
    assert 0.7 * turned < turns.abs().max() < turned and -2 < turns.mean() < 2
    assert stretched[0] < stretches.min() < stretched[0] + 0.1 and stretched[1] - 0.1 < stretches.max() < stretched[1]
    assert maps[..., 2].abs().max() < moved
    assert not torch.isclose(maps, torch.eye(2, 3), atol=1e-4).all(2).all(1).any()


@pytest.mark.parametrize("shape", [(24, 96), (96, 24)])
def test_low_and_high_pictures_are_turned_and_slanted_as_square_ones(shape):
    """What becomes of the way down a column, in pixels: 10 degrees and a slant of a tenth tilt it by 15.4 at most."""
    down, across = torch.meshgrid(*(torch.arange(side) - (side - 1) / 2 for side in shape), indexing="ij")
    before = torch.stack([across, down]).expand(300, -1, -1, -1)
    after = AUGMENTATIONS["warp"](before, torch.Generator().manual_seed(0))
    middle = [slice(side // 2 - 4, side // 2 + 4) for side in shape]
    steps = torch.diff(after[:, :, middle[0], middle[1]], dim=2).mean((2, 3))
    tilts = torch.rad2deg(torch.atan2(steps[:, 0], steps[:, 1])).abs()
    assert 13 < tilts.max() < 15.5


def test_a_low_picture_is_moved_by_a_share_of_each_side():
    rows = torch.arange(8.0)[:, None].expand(50, 1, 8, 160)
    assert torch.equal(AUGMENTATIONS["shift"](rows, torch.Generator().manual_seed(0)), rows)
    columns = torch.arange(160.0).expand(50, 1, 8, 160)
    moved = AUGMENTATIONS["shift"](columns, torch.Generator().manual_seed(0)) - columns
    assert moved[:, :, :, 20:140].abs().max() == 160 // 14 and (moved[:, :, 0] == moved[:, :, 7]).all()


def test_the_net_that_is_kept_averages_the_weights_of_the_last_steps(digits, arch):
    """Against the recursion a <- d a + (1 - d) w, with the decay of timm's warm-up: min(1 - 1 / span, 1 - step^(-2/3))."""
    unpruned = dataclasses.replace(arch, sparsity=(0.0,) * len(arch.sparsity))
    training = Training(unpruned, digits, Recipe(epochs=2, batch=64, average=0.25))
    weights, update = [], training._average.update
    training._average.update = lambda net, step: (weights.append(next(net.parameters()).detach().clone()), update(net, step))
    list(training)
    expected, span = weights[0], 0.25 * len(weights)
    for step, weight in enumerate(weights[1:], 1):
        decay = min(1 - 1 / span, 1 - step ** (-2 / 3)) if step > 1 else 0.0
        expected = decay * expected + (1 - decay) * weight
    torch.testing.assert_close(next(training.average.parameters()), expected)
    assert not torch.equal(expected, weights[-1])


def test_the_average_loses_the_same_channels_as_the_net(digits, arch):
    training = Training(arch, digits, dataclasses.replace(RECIPE, epochs=4, average=0.0))
    for epoch in training:
        for a, b in zip(training.net.state_dict().values(), training.average.state_dict().values(), strict=True):
            assert torch.equal(a, b), f"epoch {epoch.number}"
    assert epoch.sparsity > 0.1


def test_training_stops_when_patience_is_out_and_an_interruption_changes_nothing(tmp_path, digits, arch):
    recipe = dataclasses.replace(RECIPE, epochs=10, patience=0.2, learning_rate=0.0, weight_decay=0.0, average=0.0)
    training = Training(arch, digits, recipe, checkpoint=tmp_path / "checkpoint.pt")
    training.goal.measure = lambda net, x, y: -0.01 * training.finished_epochs + 0.5  # never better after the first
    epochs = list(training)
    assert [e.number for e in epochs if e.best] == [6]  # the first that is fully pruned
    assert [e.number for e in epochs] == list(range(1, 9)) and training.finished
    assert [e.total for e in epochs] == [10] * 7 + [8]
    again = Training(arch, digits, recipe, checkpoint=tmp_path / "checkpoint.pt")
    assert again.finished and list(again) == [] and again.best is not None


def test_balanced_accuracy_counts_every_class_the_same(digits, arch):
    net = Training(arch, digits, RECIPE).net
    x, y = tensors(digits.test_x, digits.test_y)
    with torch.no_grad():
        answers = net.eval()(x).argmax(1)
    from sklearn.metrics import balanced_accuracy_score

    rare = torch.cat([torch.nonzero(y != 3)[:, 0], torch.nonzero(y == 3)[:2, 0]])
    assert balanced_accuracy(net, x[rare], y[rare]) == pytest.approx(balanced_accuracy_score(y[rare], answers[rare]))


def test_class_weights_make_rare_classes_count_more():
    labels = np.repeat([0, 1, 3], [80, 15, 5])
    weights = class_weights(labels, 4, 1.0)
    torch.testing.assert_close(weights * torch.tensor([80.0, 15, 0, 5]), torch.tensor([100, 100, 0, 100]) / 3)
    assert class_weights(labels, 4, 0.5)[3] == pytest.approx(4 * float(class_weights(labels, 4, 0.5)[0]))
    found, y = torch.randn(6, 4), torch.eye(4)[[0, 0, 0, 1, 3, 3]]
    expected = (-(y * found.log_softmax(1)).sum(1) * weights[y.argmax(1)]).mean()
    torch.testing.assert_close(ClassGoal(4, weights).loss(found, y, found, 0.0), expected)


def test_a_balanced_recipe_weighs_the_classes_and_chooses_by_balanced_accuracy(digits, arch):
    _, held_out = validation_split(digits, 0.1, 0)
    training = Training(arch, digits, dataclasses.replace(RECIPE, epochs=1, balance=1.0))
    (epoch,) = training
    judged = tensors(digits.train_x[held_out], digits.train_y[held_out])
    assert training.goal.name == "balanced accuracy" and epoch.accuracy == balanced_accuracy(training.best, *judged)
    with pytest.raises(ValueError, match="balance lies between 0 and 1, got 2"):
        Recipe(epochs=1, balance=2)


def test_momenta_of_the_channels_that_stay_lie_in_memory_as_their_parameters(digits, arch):
    training = Training(arch, digits, dataclasses.replace(RECIPE, epochs=4))
    for _ in training:
        known = [training._optimiser.state[p] for p in training.net.parameters()]
        for parameter, parts in zip(training.net.parameters(), known, strict=True):
            for name in ("exp_avg", "exp_avg_sq"):
                assert parts[name].shape == parameter.shape and parts[name].stride() == parameter.stride()
            assert parts["step"] == training.finished_epochs * training._steps, "momenta outlive the pruning"


def test_a_set_of_a_few_samples_is_trained_on_whole_and_its_last_epoch_is_kept(digits, arch):
    few = dataclasses.replace(digits, train_x=digits.train_x[:50], train_y=digits.train_y[:50])
    recipe = recipe_for("few", "image", 50)
    assert recipe.validation == 0 and recipe.epochs * (50 // recipe.batch) == pytest.approx(1500, rel=0.1)
    assert recipe_for("boxes", "detection", 24).epochs == 500 and recipe_for("boxes", "detection", 300).epochs == 120
    assert recipe_for("more", "image", 999).validation == 0 < recipe_for("enough", "image", 1000).validation
    training = Training(arch, few, dataclasses.replace(recipe, epochs=3))
    epochs = list(training)
    assert len(training._x) == 50 and [e.best for e in epochs] == [False, False, True]
    for kept, average in zip(training.best.parameters(), training.average.parameters(), strict=True):
        assert torch.equal(kept, average)


def test_a_checkpoint_of_another_version_or_recipe_is_not_gone_on_from(tmp_path, digits, arch):
    path = tmp_path / "checkpoint.pt"
    torch.save({"net": {}, "finished_epochs": 5}, path)  # as an earlier version might have left it
    with pytest.warns(UserWarning, match="begins anew"):
        training = Training(arch, digits, dataclasses.replace(RECIPE, epochs=2), checkpoint=path)
    assert training.finished_epochs == 0 and len(list(training)) == 2
    with pytest.warns(UserWarning, match="another version, seed, net"):
        assert Training(arch, digits, RECIPE, checkpoint=path).finished_epochs == 0
    short = dataclasses.replace(RECIPE, epochs=2)
    for changes in ({"seed": 1}, {"arch": dataclasses.replace(arch, sparsity=(0.0,) * 4)}):
        with pytest.warns(UserWarning, match="begins anew"):
            changed = Training(changes.pop("arch", arch), digits, short, checkpoint=path, **changes)
        assert changed.finished_epochs == 0


def test_a_checkpoint_is_saved_now_and_then_and_at_the_end(tmp_path, digits, arch):
    path, recipe = tmp_path / "checkpoint.pt", dataclasses.replace(RECIPE, epochs=3)
    there = [path.exists() for _ in Training(arch, digits, recipe, checkpoint=path, save_every=1e9)]
    assert there == [False, False, False]  # an epoch is noted before it is saved
    assert Training(arch, digits, recipe, checkpoint=path).finished
