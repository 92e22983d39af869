"""The proxies against hand-computed values and against plain implementations of their formulas."""

import math
import pickle

import oracles
import pytest
import torch
from torch import nn

from pnas_kit.score import DEFAULT, PROXIES, ProxyError, proxy, score


@pytest.mark.parametrize("seed", range(3))
def test_every_proxy_equals_its_formula(seed):
    net, batches = oracles.mobile(seed), oracles.batches(seed=seed)
    found = score(net, batches)
    assert found["meco"] == pytest.approx(oracles.meco(net, batches[0][0]), rel=1e-4)
    assert found["naswot"] == pytest.approx(oracles.naswot(net, batches[0][0]), rel=1e-9)
    assert found["snip"] == pytest.approx(oracles.snip(net, batches[0]), rel=1e-4)
    assert found["zico"] == pytest.approx(oracles.zico(net, batches), rel=1e-4)


def test_zico_reads_every_batch():
    net, batches = oracles.mobile(), oracles.batches(count=4)
    assert score(net, batches)["zico"] == pytest.approx(oracles.zico(net, batches), rel=1e-4)
    assert score(net, batches)["snip"] == score(net, batches[:2])["snip"]


def test_meco_of_two_channels_is_one_less_their_correlation():
    net = nn.Sequential(nn.Conv2d(2, 2, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2))
    net[0].weight.data = torch.eye(2)[:, :, None, None]
    x = torch.tensor([[[[1.0, 2, 3, 4]], [[2.0, 1, 4, 3]]]]).repeat(2, 1, 1, 1)
    # Deviations (-3 -1 1 3)/2 and (-1 -3 3 1)/2: correlation 12 / 20.
    assert score(net, [(x, torch.tensor([0, 1]))], ["meco"])["meco"] == pytest.approx(0.4, rel=1e-6)


def test_naswot_of_two_samples_by_hand():
    net = nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(4, 2))
    x = torch.tensor([[1.0, 1, -1, 0], [1.0, -1, -1, -2]]).reshape(2, 1, 2, 2)
    # Codes 1100 and 1000 agree in 3 of 4 units: K = [[4, 3], [3, 4]]. A pre-activation of 0 is off.
    assert score(net, [(x, torch.tensor([0, 1]))], ["naswot"])["naswot"] == pytest.approx(math.log(7))


def linear_by_hand(weights):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False))
    net[1].weight.data = torch.tensor(weights)[:, None]
    return net


def test_zico_of_one_layer_by_hand():
    batches = [(torch.full((1, 1, 1, 1), value), torch.tensor([0])) for value in (1.0, 3.0)]
    # Weights 0 make both classes even, so the gradients are (-1, 1) x / 2: mean 1, deviation 1/2, twice.
    assert score(linear_by_hand([0.0, 0.0]), batches, ["zico"])["zico"] == pytest.approx(math.log(4))


def test_snip_of_one_layer_by_hand():
    net = linear_by_hand([2.0, -1.0])
    other = 1 / (1 + math.exp(3))
    found = score(net, [(torch.ones(1, 1, 1, 1), torch.tensor([0]))], ["snip"])["snip"]
    assert found == pytest.approx(2 * other + 1 * other, rel=1e-6)


def test_a_subset_of_proxies_has_the_values_of_all():
    net, batches = oracles.mobile(), oracles.batches()
    together = score(net, batches)
    assert list(together) == list(DEFAULT)
    for name in DEFAULT:
        assert score(net, batches, [name]) == {name: together[name]}


def test_series_are_images_of_height_one():
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 6, (1, 5), padding=(0, 2)), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 40, 4)
    )
    batches = oracles.batches(shape=(3, 1, 40))
    assert score(net, batches)["meco"] == pytest.approx(oracles.meco(net, batches[0][0]), rel=1e-4)


def test_a_proxy_is_one_registered_function():
    try:

        @proxy("layers", backward=0)
        def layers(seen):
            return float(len(seen.weights))

        assert score(oracles.mobile(), oracles.batches(), ["layers", "snip"])["layers"] == 6

        @proxy("layers", backward=0)
        def overflow(seen):
            return math.inf

        with pytest.raises(ProxyError, match=r"layers has no value \(the whole net\)"):
            score(oracles.mobile(), oracles.batches(), ["layers"])
    finally:
        PROXIES.pop("layers", None)


def test_a_mistake_inside_a_proxy_is_that_proxys_error():
    try:

        @proxy("wrong")
        def wrong(seen):
            return seen.maps["no such layer"]

        with pytest.raises(ProxyError, match=r"wrong has no value .*KeyError: 'no such layer'"):
            score(oracles.mobile(), oracles.batches(), ["wrong"])
    finally:
        PROXIES.pop("wrong", None)


def test_every_proxy_cites_its_paper():
    for entry in PROXIES.values():
        assert "Higher is better" in entry.value.__doc__ and "20" in entry.value.__doc__


def test_the_error_survives_a_process_boundary():
    error = pickle.loads(pickle.dumps(ProxyError("zico", "stem", "dead")))
    assert (error.proxy, error.part, error.reason) == ("zico", "stem", "dead")
    assert str(error) == "zico has no value (stem): dead"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: b[:1], "at least 2 batches"),
        (lambda b: [], "at least 2 batches"),
        (lambda b: [(x.double(), y) for x, y in b], "float64"),
        (lambda b: [(x[0], y) for x, y in b], r"got torch.float32 \(2, 12, 12\) in batch 0"),
        (lambda b: [(x, y[:-1]) for x, y in b], r"expected int64 labels \(8,\)"),
        (lambda b: [(x, y.float()) for x, y in b], "expected int64 labels"),
        (lambda b: [b[0], (b[1][0] * math.nan, b[1][1])], "NaN or infinity in batch 1"),
    ],
)
def test_batches_that_do_not_fit_are_the_callers_mistake(change, message):
    with pytest.raises(ValueError, match=message):
        score(oracles.mobile(), change(oracles.batches()))


def test_an_unknown_proxy_is_named():
    with pytest.raises(ValueError, match="zenith"):
        score(oracles.mobile(), oracles.batches(), ["zenith"])
