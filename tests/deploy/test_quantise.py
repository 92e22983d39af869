"""The quantiser, held against the float net, closed forms and the real interpreter."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from handmade import sample_layers, samples, trained_like

from pnas_kit.deploy.fold import fold, run_folded
from pnas_kit.deploy.model import QuantError
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.deploy.runtime import Interpreter
from pnas_kit.deploy.tflite import write_tflite
from pnas_kit.space.layers import Layer
from pnas_kit.space.net import build

SEEDS = range(24)


def made(seed):
    layers, shape = sample_layers(seed)
    return trained_like(layers, shape, seed), shape


def logits(net, x):
    with torch.no_grad():
        return net(torch.from_numpy(x.transpose(0, 3, 1, 2).copy())).numpy()


def single(kind="conv", **changes):
    """One layer of `kind` on a 4x4x2 input, then pool and linear."""
    first = {"name": "first", "kind": kind, "inputs": ("input",), "channels": 2} | changes
    return (
        Layer(**first),
        Layer("pool", "global_pool", ("first",), first["channels"]),
        Layer("logits", "linear", ("pool",), 3),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_folded_net_equals_the_float_net(seed):
    net, shape = made(seed)
    x = samples(shape, 8, seed)
    seen = {}
    run_folded(net.layers, fold(net), torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), seen.__setitem__)
    np.testing.assert_allclose(seen["logits"].numpy(), logits(net, x), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_int8_net_answers_like_the_float_net(seed):
    net, shape = made(seed)
    # As many samples as the runs take: with fewer, what clips the logits is the luck of the draw, not the quantiser.
    interpreter = Interpreter(write_tflite(quantise(net, samples(shape, 256, seed))))
    x = samples(shape, 64, seed + 500)
    wanted, got = logits(net, x), interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))
    noise = 10 * np.log10(np.mean(wanted**2) / np.mean((wanted - got) ** 2))
    assert noise > 20, f"signal to quantisation noise is {noise:.1f} dB"
    # Where int8 chose another class, the float net was nearly undecided: within a few steps of the output.
    rows = np.arange(len(x))
    lost = wanted.max(axis=1) - wanted[rows, got.argmax(axis=1)]
    assert np.mean(lost == 0) >= 0.8
    assert lost.max() < 8 * interpreter.output_reading.scale


def test_ranges_are_those_of_the_samples():
    net = trained_like(single(act="relu6"), (4, 4, 2), 1)
    x = samples((4, 4, 2), 40, 1)
    model = quantise(net, x)
    low, high = float(x.min()), float(x.max())
    assert model.tensors["input"].scale == pytest.approx((high - low) / 255, rel=1e-6)
    assert model.tensors["input"].zero_point == round(-128 - low / ((high - low) / 255))
    assert model.tensors["first"].zero_point == -128, "what follows a relu6 starts at 0"
    assert model.tensors["pool"] == model.tensors["first"], "average pooling does not rescale"


def test_pools_and_concats_share_one_reading():
    layers = (
        Layer("a", "conv", ("input",), 3, act="relu"),
        Layer("b", "conv", ("input",), 4, (3, 3)),
        Layer("c", "concat", ("a", "b"), 7),
        Layer("d", "max_pool", ("c",), 7, (3, 3), (2, 2)),
        Layer("e", "conv", ("d",), 4),
        Layer("pool", "global_pool", ("e",), 4),
        Layer("logits", "linear", ("pool",), 3),
    )
    readings = quantise(trained_like(layers, (5, 5, 2), 2), samples((5, 5, 2), 20, 2)).tensors
    assert readings["a"] == readings["b"] == readings["c"] == readings["d"]
    assert readings["e"] == readings["pool"] != readings["d"]


def test_weights_are_within_half_a_step():
    net = trained_like(single("depthwise", kernel=(3, 3)), (4, 4, 2), 3)
    model = quantise(net, samples((4, 4, 2), 20, 3))
    part, folded = model.weights["first"], fold(net)["first"]
    assert part.values.shape == (1, 3, 3, 2) and part.values.dtype == np.int8
    wanted = folded.weight.transpose(1, 2, 3, 0)
    assert np.all(np.abs(part.values * part.scales.astype(float) - wanted) <= 0.5001 * part.scales)
    assert np.all(np.abs(part.values).reshape(-1, 2).max(axis=0) == 127)
    steps = model.tensors["input"].scale * part.scales.astype(float)
    assert np.all(np.abs(part.bias * steps - folded.bias) <= 0.5001 * steps)
    assert part.bias.dtype == np.int32


def test_linear_on_a_whole_map_takes_the_channels_in_the_files_order():
    layers = (Layer("first", "conv", ("input",), 4, (3, 3)), Layer("logits", "linear", ("first",), 3))
    net = trained_like(layers, (3, 4, 2), 4)
    interpreter = Interpreter(write_tflite(quantise(net, samples((3, 4, 2), 64, 4))))
    x = samples((3, 4, 2), 32, 5)
    got = interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))
    assert np.abs(got - logits(net, x)).max() < 0.05 * np.abs(logits(net, x)).max()


def test_switched_off_channel_keeps_its_bias():
    net = trained_like(single(), (4, 4, 2), 5)
    norm = net.blocks["first"].norm
    with torch.no_grad():
        norm.weight[0], norm.bias[0] = 1e-12, 3.0
        norm.weight[1], norm.bias[1] = 0.0, -2.0
    x = samples((4, 4, 2), 20, 5)
    with pytest.raises(QuantError, match="answers the same"):
        quantise(net, x)
    norm.weight.data[1] = 1.0
    interpreter = Interpreter(write_tflite(quantise(net, x)))
    got = interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))
    assert np.abs(got - logits(net, x)).max() < 0.05 * np.ptp(logits(net, x))


def test_nchw_nhwc_and_batches_are_the_same_samples():
    net, shape = made(1)
    x = samples(shape, 40, 1)
    files = {
        write_tflite(quantise(net, given))
        for given in (x, torch.from_numpy(x), x.transpose(0, 3, 1, 2), [x[:7], x[7:]], iter([x[:33], x[33:]]))
    }
    assert len(files) == 1


def test_model_is_plain_numpy():
    net, shape = made(2)
    model = quantise(net, samples(shape, 8, 2))
    raw = pickle.dumps(model)
    assert b"torch" not in raw
    script = (
        "import pickle, sys; from pnas_kit.deploy import write_tflite;"
        "raw = write_tflite(pickle.loads(sys.stdin.buffer.read()));"
        "assert 'torch' not in sys.modules; sys.stdout.buffer.write(raw)"
    )
    done = subprocess.run([sys.executable, "-c", script], input=raw, capture_output=True, check=True)
    assert done.stdout == write_tflite(model)


def broken_weights(net):
    net.blocks["first"].conv.weight.data[0, 0, 0, 0] = float("nan")


@pytest.mark.parametrize(
    "change, given, words",
    [
        (broken_weights, samples((4, 4, 2), 8, 0), "'first' has NaN"),
        (None, samples((4, 4, 2), 0, 0), "at least one calibration sample"),
        (None, [], "at least one calibration sample"),
        (None, samples((4, 5, 2), 8, 0), r"expected calibration samples of shape \(batch, 4, 4, 2\)"),
        (None, np.zeros((8, 4, 4, 2), np.float32), "'input' is dead"),
        (None, np.full((8, 4, 4, 2), np.nan, np.float32), "'input' gives NaN"),
    ],
)
def test_what_cannot_be_quantised_is_said_in_words(change, given, words):
    net = build(single(), (4, 4, 2), 0).eval()
    if change is not None:
        change(net)
    with pytest.raises(QuantError, match=words):
        quantise(net, given)


def test_activations_after_concat_are_refused():
    layers = (
        Layer("a", "conv", ("input",), 3),
        Layer("b", "concat", ("a", "a"), 6, act="relu"),
        Layer("pool", "global_pool", ("b",), 6),
        Layer("logits", "linear", ("pool",), 3),
    )
    with pytest.raises(QuantError, match="relu after a concat"):
        quantise(build(layers, (4, 4, 2), 0).eval(), samples((4, 4, 2), 8, 0))


def test_dead_branch_is_exact():
    layers = (
        Layer("a", "conv", ("input",), 3, act="relu"),
        Layer("b", "conv", ("a",), 3, act="relu"),
        Layer("c", "add", ("a", "b"), 3),
        Layer("pool", "global_pool", ("c",), 3),
        Layer("logits", "linear", ("pool",), 3),
    )
    net = trained_like(layers, (4, 4, 2), 6)
    with torch.no_grad():
        net.blocks["b"].norm.weight.zero_()
        net.blocks["b"].norm.bias.fill_(-1.0)
    x = samples((4, 4, 2), 30, 6)
    interpreter = Interpreter(write_tflite(quantise(net, x)))
    got = interpreter.dequantise(interpreter.run(interpreter.quantise_input(x)))
    assert np.abs(got - logits(net, x)).max() < 0.1 * np.ptp(logits(net, x))
