"""The integer net as a file, against the net it was made from."""

import numpy as np
import pytest
from handmade import sample_layers, samples, trained_like

from pnas_kit.deploy import QuantError, write_tflite
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.deploy.stored import arrays_file, dump, load, load_tests, save


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


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_no_damage_is_taken_for_a_net(damage, tmp_path):
    """Every length and one byte in many places: it is refused, or it is still the same net."""
    model, path = made(1), tmp_path / "quant.npz"
    whole = dump(model)
    refused, places = 0, range(0, len(whole), 1 + len(whole) // 400)
    for place in places:
        changed = bytes([whole[place] ^ 0x55])
        path.write_bytes(whole[:place] if damage == "cut" else whole[:place] + changed + whole[place + 1 :])
        try:
            assert write_tflite(load(path)) == write_tflite(model)
        except QuantError as error:
            assert "quant.npz" in str(error) and "train the prototype again" in str(error)
            refused += 1
    assert refused > 0.8 * len(places)


def test_test_vectors_come_back(tmp_path):
    model = made(1)
    x = np.zeros((20, *model.input_shape), np.int8)
    y = np.ones((20, 5), np.int8)
    whole = arrays_file({"inputs": x, "outputs": y})
    path = tmp_path / "tests.npz"
    path.write_bytes(whole)
    back = load_tests(path, model)
    assert np.array_equal(back[0], x) and np.array_equal(back[1], y)
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place])
        with pytest.raises(QuantError, match=r"tests\.npz, got .*: train the prototype again"):
            load_tests(path, model)
    path.write_bytes(b"PK half")
    with pytest.raises(QuantError, match="got File is not a zip file"):
        load_tests(path, model)
