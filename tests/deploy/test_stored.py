"""The integer net as a file, against the net it was made from."""

import numpy as np
import pytest
from handmade import sample_layers, samples, trained_like

from pnas_kit.deploy import QuantError, write_tflite
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.deploy.stored import dump, load, save


def made(seed):
    layers, shape = sample_layers(seed)
    return quantise(trained_like(layers, shape, seed), samples(shape, 24, seed))


@pytest.mark.parametrize("seed", range(6))
def test_a_net_comes_back_as_it_was(seed, tmp_path):
    model = made(seed)
    save(model, tmp_path / "quant.npz")
    back = load(tmp_path / "quant.npz")
    assert (back.layers, back.input_shape, dict(back.tensors)) == (model.layers, model.input_shape, dict(model.tensors))
    assert list(back.weights) == list(model.weights)
    for name, part in model.weights.items():
        for field in ("values", "scales", "bias"):
            mine, theirs = getattr(part, field), getattr(back.weights[name], field)
            assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs)
        assert back.weights[name].bits == part.bits
    assert write_tflite(back) == write_tflite(model)


def test_the_same_net_is_the_same_file():
    assert dump(made(3)) == dump(made(3)) != dump(made(4))


def test_what_is_no_net_is_told(tmp_path):
    whole = dump(made(1))
    for content in (b"", b"not a zip", whole[: len(whole) // 2]):
        (tmp_path / "quant.npz").write_bytes(content)
        with pytest.raises(QuantError, match=r"quant\.npz"):
            load(tmp_path / "quant.npz")
    np.savez(tmp_path / "other.npz", a=np.arange(3))
    with pytest.raises(QuantError, match=r"other\.npz"):
        load(tmp_path / "other.npz")
