"""Convolutions with int4 weights: the runtimes agree to the byte, and size and memory are what is predicted."""

import random
from dataclasses import replace

import numpy as np
import pytest
from handmade import samples, trained_like
from nets import per_family

from pnas_kit.cost import arena_bytes, trace
from pnas_kit.cost.flash import tflite_bytes
from pnas_kit.deploy import Interpreter, arena, micro_run, quantise, write_tflite
from pnas_kit.deploy.model import Weights
from pnas_kit.space import Layer

SHAPES = ((14, 14, 1), (16, 11, 3), (1, 48, 3))
NETS = [(arch, shape) for shape in SHAPES for arch in per_family(shape, 3, seed=7)]


def mixed(layers, seed):
    """Some of the convolutions at int4, the way no rule would choose them."""
    rng = random.Random(seed)
    return tuple(replace(la, bits=rng.choice((4, 8))) if la.kind == "conv" else la for la in layers)


@pytest.mark.parametrize("number", range(len(NETS)))
def test_runtimes_agree_and_predictions_are_exact(number):
    arch, shape = NETS[number]
    layers = mixed(arch.pruned, number)
    model = write_tflite(quantise(trained_like(layers, shape, number), samples(shape, 32, number)))
    interpreter = Interpreter(model)
    x = interpreter.quantise_input(samples(shape, 6, 99))
    np.testing.assert_array_equal(interpreter.run(x), np.concatenate([micro_run(model, one[None]) for one in x]))
    assert tflite_bytes(layers, shape) == len(model)
    assert arena_bytes(trace(layers, shape), shape) == arena(model).head_bytes


def test_two_values_share_a_byte_the_first_in_the_low_half():
    part = Weights(np.array([1, -2, 7, -7, 3], np.int8), np.ones(1), np.zeros(1), bits=4)
    assert part.stored().tolist() == [0xE1, 0x97, 0x03]


def test_only_convolutions_may_be_int4():
    with pytest.raises(ValueError, match="int4 in a convolution"):
        Layer("d", "depthwise", ("input",), 4, bits=4)
    with pytest.raises(ValueError, match="int4 in a convolution"):
        Layer("c", "conv", ("input",), 4, bits=2)
