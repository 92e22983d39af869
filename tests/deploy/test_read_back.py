"""A `.tflite` file is read back to the net that it was written from."""

from dataclasses import replace

import numpy as np
import pytest
from handmade import samples, trained_like
from nets import per_family

from pnas_kit.deploy import QuantError, quantise, write_tflite
from pnas_kit.deploy.read_back import read_back

SHAPE = (12, 12, 3)


@pytest.fixture(scope="module")
def nets():
    return {arch.family: arch for arch in per_family(SHAPE, 1, seed=1)}


def quantised(arch):
    return quantise(trained_like(arch.pruned, SHAPE, 0), samples(SHAPE, 16, 0))


@pytest.mark.parametrize("bits", [8, 4])
def test_every_array_and_reading_comes_back(nets, bits):
    for arch in nets.values():
        model = quantised(replace(arch, bits=(bits,) * 4))
        found = read_back(write_tflite(model), model.layers, SHAPE)
        assert found.layers == model.layers and found.tensors == model.tensors
        for name, part in model.weights.items():
            for array in ("values", "scales", "bias"):
                np.testing.assert_array_equal(getattr(found.weights[name], array), getattr(part, array), err_msg=name)


def test_the_file_of_another_net_is_refused(nets):
    first, second = list(nets.values())[:2]
    file = write_tflite(quantised(first))
    for layers in (second.pruned, first.layers):
        with pytest.raises(QuantError, match="not written from this architecture"):
            read_back(file, layers, SHAPE)


def test_a_damaged_file_is_refused(nets):
    model = quantised(next(iter(nets.values())))
    file = write_tflite(model)
    for damaged in (file[: len(file) // 2], b"", bytes(64)):
        with pytest.raises(QuantError):
            read_back(damaged, model.layers, SHAPE)
