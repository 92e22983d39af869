"""The proxies beside the paper's four against hand-computed values and plain implementations of their formulas."""

import math

import oracles
import pytest
import torch
from test_untouched import assert_same, state, with_dropout
from torch import nn

from pnas_kit.score import PROXIES, ProxyError, score
from pnas_kit.search import titles

SHAPE = (2, 12, 12)


def one(net, batches, name):
    return score(net, batches, [name])[name]


@pytest.mark.parametrize("seed", range(2))
def test_every_proxy_equals_its_formula(seed):
    net, batches = oracles.mobile(seed, width=4), oracles.batches(seed=seed)
    found = score(net, batches, ["gradnorm", "jacob_cov", "synflow", "zen"])
    assert found["gradnorm"] == pytest.approx(oracles.gradnorm(net, batches[0]), rel=1e-4)
    assert found["jacob_cov"] == pytest.approx(oracles.jacob_cov(net, batches[0][0]), rel=1e-4)
    assert found["synflow"] == pytest.approx(oracles.synflow(net, SHAPE), rel=1e-9)
    assert found["zen"] == pytest.approx(oracles.zen(net, (8, *SHAPE)), rel=1e-4)


def test_all_together_have_the_values_of_each_alone():
    net, batches = oracles.mobile(), oracles.batches()
    together = score(net, batches, list(PROXIES))
    for name in PROXIES:
        assert score(net, batches, [name]) == {name: together[name]}


@pytest.mark.parametrize("name", sorted(PROXIES))
def test_every_proxy_has_a_name_for_people(name):
    assert titles([name]) not in ("", name)


def test_gradnorm_of_one_layer_by_hand():
    net = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False))
    net[1].weight.data.zero_()
    # Both classes even: the gradients are -1/2 and 1/2.
    found = one(net, [(torch.ones(1, 1, 1, 1), torch.tensor([0]))], "gradnorm")
    assert found == pytest.approx(math.sqrt(0.5))


def test_jacob_cov_of_two_samples_by_hand():
    net = nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(4, 1, bias=False))
    net[2].weight.data.fill_(1.0)
    x = torch.tensor([[1.0, 1, -1, -1], [1.0, -1, -1, 1]]).reshape(2, 1, 2, 2)
    # Gradients 1100 and 1001: correlation 0, both eigenvalues 1.
    assert one(net, [(x, torch.tensor([0, 0]))], "jacob_cov") == pytest.approx(-2 * (math.log(1.00001) + 1 / 1.00001))


def test_synflow_of_a_chain_by_hand():
    net = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False), nn.ReLU6(), nn.Linear(2, 1, bias=False))
    net[1].weight.data = torch.tensor([[1.0, -2.0], [-3.0, 4.0]])
    net[3].weight.data = torch.tensor([[-5.0, 6.0]])
    # 5 (1 + 2) + 6 (3 + 4) = 57 flow through each of the two layers; ReLU6 does not cut it.
    assert one(net, [(torch.zeros(1, 1, 1, 2), torch.tensor([0]))], "synflow") == pytest.approx(math.log(2 * 57))


def test_synflow_beyond_float32_is_a_number():
    layers = [nn.Linear(30, 30, bias=False) for _ in range(30)]
    for layer in layers:
        layer.weight.data.fill_(10.0)
    net = nn.Sequential(nn.Flatten(), *layers)
    found = one(net, [(torch.zeros(1, 1, 1, 30), torch.tensor([0]))], "synflow")
    assert found == pytest.approx(math.log(30) + 31 * math.log(30) + 30 * math.log(10))


def test_synflow_and_zen_read_no_data():
    net, (first, second) = oracles.mobile(), oracles.batches()
    for name in ("synflow", "zen"):
        assert one(net, [first], name) == one(net, [second], name)


def test_zen_does_not_depend_on_the_initial_weights():
    assert one(oracles.mobile(0), oracles.batches(), "zen") == one(oracles.mobile(1), oracles.batches(), "zen")


def test_zen_mean_is_the_mean_scaling_of_a_batch_norm():
    net = oracles.mobile(0)
    _, scalings = oracles.zen_parts(net, (8, *SHAPE))
    assert len(scalings) > 1
    assert one(net, oracles.batches(), "zen_mean") == pytest.approx(sum(scalings) / len(scalings), rel=1e-4)


def test_zen_mean_needs_layers_to_count():
    net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    with pytest.raises(ProxyError, match="batch norm"):
        one(net, oracles.batches(), "zen_mean")


def test_zen_grows_with_width():
    nets = [oracles.mobile(width=width) for width in (4, 8, 16)]
    values = [one(net, oracles.batches(), "zen") for net in nets]
    assert values == sorted(values) and values[0] < values[2]


def test_counts_are_those_of_the_layers():
    net = nn.Sequential(nn.Conv2d(2, 3, 3, 2, 1), nn.Conv2d(3, 3, 3, 1, 1, groups=3), nn.Flatten(), nn.Linear(3 * 36, 4))
    found = score(net, oracles.batches(), ["params", "macs"])
    assert found["params"] == 3 * 2 * 9 + 3 * 9 + 108 * 4
    assert found["macs"] == 36 * (3 * 2 * 9) + 36 * (3 * 9) + 108 * 4


@pytest.mark.parametrize("name", ["synflow", "zen", "jacob_cov", "gradnorm"])
def test_a_dead_net_is_an_error(name):
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 4, bias=False))
    if name == "zen":
        net = net[2:]  # its weights are drawn anew, so only a net without feature maps is dead
        net[2] = nn.Linear(2, 4)
    else:
        net[4].weight.data.zero_()
        net[0].weight.data.zero_()
        net[0].bias.data.fill_(-1)
    with pytest.raises(ProxyError, match=f"{name} has no value"):
        one(net, oracles.batches(), name)


def test_jacob_cov_of_one_sample_is_an_error():
    with pytest.raises(ProxyError, match="one sample"):
        one(oracles.mobile(), oracles.batches(size=1), "jacob_cov")


def test_the_net_is_left_as_found_by_all():
    net = with_dropout()
    oracles.gradients(net, oracles.batches(seed=9))
    net[3].eval()
    net[0].weight.requires_grad_(False)
    before = state(net)
    found = score(net, oracles.batches(), list(PROXIES))
    assert_same(before, state(net))
    assert not any("forward" in vars(module) for module in net.modules())
    assert score(net, oracles.batches(), list(PROXIES)) == found


def test_the_net_is_left_as_found_after_an_error_in_a_changed_pass():
    class Odd(nn.Module):
        def forward(self, x):
            if x.dtype == torch.float64:
                raise RuntimeError("no float64 here")
            return x

    net = nn.Sequential(oracles.mobile(), Odd())
    before = state(net)
    with pytest.raises(ProxyError, match="no float64 here"):
        one(net, oracles.batches(), "synflow")
    assert_same(before, state(net))
    assert not any("forward" in vars(module) for module in net.modules())
