"""Mistakes met in published proxy code, each with a test that such code fails."""

import copy

import oracles
import pytest
import torch
from torch import nn

from pnas_kit.score import ProxyError, score
from pnas_kit.score.observe import observe


def one(net, batches, name):
    return score(net, batches, [name])[name]


def head(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 4)]


def test_meco_counts_a_layer_with_as_many_channels_as_positions_as_exactly_zero():
    torch.manual_seed(0)
    early = nn.Conv2d(2, 4, 3, 2, 1)
    late = nn.Conv2d(4, 9, 3, 2, 1)  # 9 channels on 3 x 3 positions
    narrow = nn.Sequential(early, *head(4))
    wide = nn.Sequential(early, late, *head(9))
    assert one(nn.Sequential(late, *head(9)), oracles.batches(shape=(4, 6, 6)), "meco") == 0.0
    assert one(wide, oracles.batches(), "meco") == one(narrow, oracles.batches(), "meco") > 0


def test_meco_just_above_that_limit_is_a_true_eigenvalue():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(4, 8, 3, 2, 1), *head(8))  # 8 channels on 9 positions
    batches = oracles.batches(shape=(4, 6, 6))
    assert one(net, batches, "meco") == pytest.approx(oracles.meco(net, batches[0][0]), rel=1e-3, abs=0)


def test_meco_leaves_constant_channels_out():
    torch.manual_seed(0)
    full = nn.Sequential(nn.Conv2d(2, 5, 3), *head(5))
    full[0].weight.data[[1, 3]] = 0
    full[0].bias.data[:] = torch.linspace(-1000, 1000, 5)
    live = nn.Sequential(nn.Conv2d(2, 3, 3), *head(3))
    live[0].weight.data[:], live[0].bias.data[:] = full[0].weight.data[[0, 2, 4]], full[0].bias.data[[0, 2, 4]]
    batches = oracles.batches()
    assert one(full, batches, "meco") == pytest.approx(one(live, batches, "meco"), rel=1e-9)


def test_meco_of_a_dead_net_is_an_error():
    net = nn.Sequential(nn.Conv2d(2, 3, 3), *head(3))
    net[0].weight.data.zero_()
    with pytest.raises(ProxyError, match="all channels are constant"):
        one(net, oracles.batches(), "meco")


def test_meco_of_more_channels_than_a_pointwise_convolution_reads_is_exactly_zero():
    net = nn.Sequential(nn.Conv2d(1, 6, 1), *head(6))  # six multiples of one input: rank 1
    for seed in range(5):
        torch.manual_seed(seed)
        net[0].reset_parameters()
        assert one(net, oracles.batches(shape=(1, 9, 9)), "meco") == 0.0


def test_meco_of_a_single_channel_counts_nothing():
    torch.manual_seed(0)
    assert one(nn.Sequential(nn.Conv2d(2, 1, 3), *head(1)), oracles.batches(), "meco") == 0.0


def test_meco_does_not_count_containers():
    net = oracles.mobile()
    nested = nn.Sequential(nn.Sequential(nn.Sequential(*net)))
    assert one(nested, oracles.batches(), "meco") == one(net, oracles.batches(), "meco")


def test_meco_reads_one_sample():
    net = nn.Sequential(nn.Conv2d(2, 4, 3), *head(4))
    (x, y), _ = oracles.batches()
    changed = torch.cat([x[:1], -3 * x[1:]])
    assert one(net, [(x, y)], "meco") == pytest.approx(one(net, [(changed, y)], "meco"), rel=1e-6)


def test_zico_clears_the_gradient_between_batches():
    net, batches = oracles.mobile(), oracles.batches()
    # A gradient that piles up would make the second batch differ from the first.
    assert one(net, batches, "zico") == pytest.approx(one(net, batches[::-1], "zico"), rel=1e-9)


def test_zico_skips_weights_that_do_not_vary():
    net = nn.Sequential(nn.Flatten(), nn.Linear(8, 4))
    blank = oracles.batches(shape=(2, 2, 2))
    for x, _ in blank:
        x[:, 0] = 0  # these weights' gradients are 0 on both batches
    assert one(net, blank, "zico") == pytest.approx(oracles.zico(net, blank), rel=1e-5)


@pytest.mark.parametrize("count", [2, 3, 7])
def test_zico_of_repeated_batches_is_an_error_not_a_division_by_rounding(count):
    with pytest.raises(ProxyError, match=r"zico has no value \(0\): no gradient differs"):
        one(oracles.mobile(), oracles.batches()[:1] * count, "zico")


def test_zico_keeps_residual_links():
    batches = oracles.batches()
    net = oracles.mobile()
    cut = copy.deepcopy(net)
    cut[3] = cut[3].inside
    assert one(net, batches, "zico") != pytest.approx(one(cut, batches, "zico"), rel=1e-3)


def test_a_layer_that_the_loss_does_not_reach_is_named():
    net = oracles.mobile()
    net[3].spare = nn.Conv2d(8, 8, 1)
    for name in ("zico", "snip"):
        with pytest.raises(ProxyError, match=r"\(3\.spare\): the loss does not depend on it"):
            one(net, oracles.batches(), name)


def test_naswot_uses_the_statistics_of_the_batch():
    net, batches = oracles.mobile(), oracles.batches()
    before = one(net, batches, "naswot")
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.fill_(50)
    assert one(net.eval(), batches, "naswot") == before


@pytest.mark.parametrize("act", [nn.ReLU6, lambda: nn.ReLU(inplace=True), nn.GELU, nn.Hardswish])
def test_naswot_codes_are_signs_of_the_pre_activation_for_every_activation(act):
    torch.manual_seed(0)
    first = [nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4)]
    batches = oracles.batches()
    for x, _ in batches:
        x *= 30  # beyond ReLU6's bend at 6
    reference = one(nn.Sequential(*first, nn.ReLU(), *head(4)), batches, "naswot")
    assert one(nn.Sequential(*first, act(), *head(4)), batches, "naswot") == reference


def test_naswot_ignores_identity():
    net, batches = oracles.mobile(), oracles.batches()
    assert sorted(observe(net, batches, 0).codes) == ["2", "3.inside.2", "3.inside.5", "6"]


def test_naswot_of_one_sample_is_an_error():
    net = nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(288, 4))
    with pytest.raises(ProxyError, match="one sample"):
        one(net, oracles.batches(size=1), "naswot")


def test_naswot_names_samples_that_look_alike():
    (x, y), _ = oracles.batches()
    x[5] = x[2]
    with pytest.raises(ProxyError, match=r"samples 2 and 5"):
        one(oracles.mobile(), [(x, y)], "naswot")


def test_naswot_with_more_samples_than_units_is_an_error():
    net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.ReLU(), nn.Flatten(), nn.Linear(2, 4))
    with pytest.raises(ProxyError, match="singular"):
        one(net, oracles.batches(), "naswot")


def test_naswot_without_activation_modules_is_an_error():
    with pytest.raises(ProxyError, match="no activation module"):
        one(nn.Sequential(nn.Conv2d(2, 4, 3), *head(4)), oracles.batches(), "naswot")


def test_an_activation_in_place_does_not_change_the_maps():
    torch.manual_seed(0)
    layer = nn.Conv2d(2, 4, 3)
    values = [
        one(nn.Sequential(layer, nn.ReLU(inplace=inplace), *head(4)), oracles.batches(), "meco") for inplace in (True, False)
    ]
    assert values[0] == values[1]


def test_a_module_called_twice_counts_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.act, self.end = nn.Conv2d(2, 2, 3, padding=1), nn.ReLU(), nn.Linear(2, 4)

        def forward(self, x):
            for _ in range(2):
                x = self.act(self.conv(x))
            return self.end(x.mean((2, 3)))

    seen = observe(Twice(), oracles.batches(), 0)
    assert list(seen.maps) == ["conv", "conv#2"] and list(seen.codes) == ["act", "act#2"]


def test_snip_of_a_dead_net_is_an_error():
    net = nn.Sequential(nn.Flatten(), nn.Linear(288, 4))
    net[1].weight.data.zero_()
    with pytest.raises(ProxyError, match="net is dead"):
        one(net, oracles.batches(), "snip")


@pytest.mark.parametrize("name", ["meco", "zico", "snip"])
def test_overflow_is_an_error_that_names_the_layer(name):
    net = nn.Sequential(nn.Conv2d(2, 4, 3), *head(4))
    net[0].weight.data.fill_(3e38)
    with pytest.raises(ProxyError, match=r"\(0\): its (output|gradient) is not finite"):
        one(net, oracles.batches(), name)
