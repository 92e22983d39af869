"""Scoring is deterministic and leaves the net, the batches and torch's own state as they were."""

import subprocess
import sys

import oracles
import pytest
import torch
from torch import nn

from pnas_kit.score import score


def with_dropout():
    net = oracles.mobile()
    return nn.Sequential(*net[:-1], nn.Dropout(0.5), net[-1])


@pytest.fixture
def used():
    """A net in the middle of something: running statistics, a gradient, mixed modes, a frozen layer."""
    net = with_dropout()
    oracles.gradients(net, oracles.batches(seed=9))
    net[3].eval()
    net[0].weight.requires_grad_(False)
    return net


def state(net):
    return (
        {name: tensor.clone() for name, tensor in net.state_dict().items()},
        {name: (p.requires_grad, p.grad, None if p.grad is None else p.grad.clone()) for name, p in net.named_parameters()},
        {name: (m.training, len(m._forward_hooks), len(m._forward_pre_hooks)) for name, m in net.named_modules()},
    )


def assert_same(before, after):
    for name, tensor in before[0].items():
        assert torch.equal(tensor, after[0][name]), name
    for name, (wanted, gradient, values) in before[1].items():
        assert after[1][name][0] == wanted and after[1][name][1] is gradient, name
        assert gradient is None or torch.equal(gradient, values), name
    assert before[2] == after[2]


def test_the_net_is_left_as_found(used):
    before = state(used)
    score(used, oracles.batches())
    assert_same(before, state(used))


def test_the_net_is_left_as_found_after_an_error(used):
    before = state(used)
    with pytest.raises(IndexError):
        score(used, [(x, y + 100) for x, y in oracles.batches()])
    with pytest.raises(RuntimeError):
        score(used, oracles.batches(shape=(5, 12, 12)))
    assert_same(before, state(used))


def test_the_batches_are_left_as_found():
    net = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(300, 4))
    batches = oracles.batches()
    score(net, batches)
    assert all(torch.equal(x, y) for (x, _), (y, _) in zip(batches, oracles.batches(), strict=True))


def test_the_same_net_scores_the_same_whatever_its_modes(used):
    first = score(used, oracles.batches())
    assert score(used, oracles.batches()) == first
    assert score(used.eval(), oracles.batches()) == first
    with torch.no_grad():
        assert score(used.requires_grad_(False), oracles.batches()) == first


def test_nothing_is_drawn_from_torchs_generator():
    net = with_dropout()
    before = torch.get_rng_state()
    score(net, oracles.batches())
    assert torch.equal(torch.get_rng_state(), before)


def test_dropout_has_no_effect():
    assert score(with_dropout(), oracles.batches())["naswot"] == score(oracles.mobile(), oracles.batches())["naswot"]


def test_ranks_are_read_without_torch():
    code = (
        "import sys, pnas_kit.score as s; s.consensus({'a': [1, 2]}); assert 'torch' not in sys.modules;"
        "s.score; assert 'torch' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
