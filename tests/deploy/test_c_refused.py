"""Quantisation out of range: the C generator says what is wrong and what to do, and gives no file."""

from dataclasses import replace

import numpy as np
import pytest
from test_c_host import one

from pnas_kit.deploy import Affine
from pnas_kit.deploy.c import CodeError, generate


def weights(**changes):
    """The net of `one` with something else in its weights."""
    model = one()
    return replace(model, weights={"only": replace(model.weights["only"], **changes)})


@pytest.mark.parametrize("scale", [0.0, -0.1, float("nan"), float("inf")])
def test_scales_that_no_integer_stands_for_are_refused_with_what_to_do(scale):
    model = one()
    for name in ("input", "only"):
        with pytest.raises(CodeError, match=rf"'{name}': expected a positive scale.*quantise the net again"):
            generate(replace(model, tensors=model.tensors | {name: Affine(scale, 0)}))
    scales = np.array([0.01, 0.01, scale, 0.01], np.float32)
    with pytest.raises(CodeError, match=r"channel 2: expected a positive scale of its weights.*train it again"):
        generate(weights(scales=scales))


@pytest.mark.parametrize("bias", [2**31, -(2**31), 2**40])
def test_biases_beyond_int32_are_refused_with_what_to_do(bias):
    with pytest.raises(CodeError, match=r"biases that int32 holds.*quantise the net again"):
        generate(weights(bias=np.array([0, bias, 0, 0], np.int64)))
    with pytest.raises(CodeError, match=r"expected 4 biases"):
        generate(weights(bias=np.zeros(3, np.int32)))


@pytest.mark.parametrize("zero_point", [-129, 128])
def test_zero_points_beyond_int8_are_refused(zero_point):
    with pytest.raises(CodeError, match=rf"got 0.02 and {zero_point}: quantise the net again"):
        generate(replace(one(), tensors=one().tensors | {"input": Affine(0.02, zero_point)}))


def test_multipliers_that_overflow_are_refused_with_what_to_do():
    with pytest.raises(CodeError, match=r"sums may reach.*prune it or train the net longer"):
        generate(weights(scales=np.full(4, 1e9, np.float32)))
