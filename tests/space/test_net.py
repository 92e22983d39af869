import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from pnas_kit.space import Layer, ShapeError, shapes
from pnas_kit.space.channels import channel_sets
from pnas_kit.space.net import Net, build


def same_convolution(x, weight, stride):
    """TensorFlow's SAME convolution from its definition, one output pixel at a time; depthwise if weight says so."""
    height, width, _ = x.shape
    out_c, in_c, kh, kw = weight.shape
    oh, ow = -(-height // stride), -(-width // stride)
    top = max(0, (oh - 1) * stride + kh - height) // 2
    left = max(0, (ow - 1) * stride + kw - width) // 2
    y = np.zeros((oh, ow, out_c))
    for r in range(oh):
        for c in range(ow):
            for i in range(kh):
                for j in range(kw):
                    p, q = r * stride + i - top, c * stride + j - left
                    if 0 <= p < height and 0 <= q < width:
                        y[r, c] += weight[:, :, i, j] @ x[p, q] if in_c > 1 else weight[:, 0, i, j] * x[p, q]
    return y


@pytest.mark.parametrize("size", [(7, 9), (8, 8)])
@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("kind", ["conv", "depthwise"])
def test_convolutions_pad_as_tensorflow_does(size, kernel, stride, kind):
    channels = 3 if kind == "depthwise" else 4
    layer = Layer("c", kind, ("input",), channels, (kernel, kernel), (stride, stride))
    net = build((layer, Layer("p", "global_pool", ("c",), channels)), (*size, 3), seed=0)
    x = torch.randn(1, 3, *size)
    y = net.eval().blocks["c"](x) * (1 + net.blocks["c"].norm.eps) ** 0.5  # what an untrained batch norm divides by
    expected = same_convolution(x[0].permute(1, 2, 0).numpy(), net.blocks["c"].conv.weight.detach().numpy(), stride)
    np.testing.assert_allclose(y[0].permute(1, 2, 0).detach().numpy(), expected, atol=1e-5)


SHORTCUT = """
import torch
from pnas_kit.deploy.fold import apply
from pnas_kit.space import Layer
from pnas_kit.space.net import build

torch.set_num_threads(1)
layer = Layer("c", "conv", ("input",), 8, (1, 1), (2, 2))
for channels in (3, 4, 8, 12):
    net = build((layer, Layer("p", "global_pool", ("c",), 8)), (64, 64, channels), seed=0)
    weight = net.blocks["c"].conv.weight
    x = torch.randn(32, channels, 64, 64).contiguous(memory_format=torch.channels_last)
    for run in (net, lambda x: apply(layer, (weight, torch.zeros(8)), [x])):
        found = []
        for onednn in (False, True):
            with torch.backends.mkldnn.flags(enabled=onednn):
                found += torch.autograd.grad(run(x).square().sum(), weight)
        torch.testing.assert_close(*found, rtol=1e-3, atol=1e-2)
"""


@pytest.mark.parametrize("isa", ["DEFAULT", "AVX2"])
def test_the_gradient_of_a_strided_shortcut_on_few_channels(isa):
    # In a process of its own: as one convolution oneDNN writes where it must not, and crashes or hangs.
    isas = os.environ | {"ONEDNN_MAX_CPU_ISA": isa}
    done = subprocess.run([sys.executable, "-c", SHORTCUT], env=isas, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_padding_never_wins_a_max_pool():
    layers = (Layer("m", "max_pool", ("input",), 1, (3, 3), (2, 2)), Layer("p", "global_pool", ("m",), 1))
    x = -torch.arange(1.0, 17).reshape(1, 1, 4, 4)
    assert Net(layers, (4, 4, 1)).blocks["m"](x).flatten().tolist() == [-1, -3, -9, -11]


def test_partly_overlapping_ties_are_split():
    """A shortcut added to a concatenation shares its first half with one branch and its second with the other."""
    layers = (
        Layer("a", "conv", ("input",), 4, group=0),
        Layer("b", "conv", ("input",), 8, group=0),
        Layer("cat", "concat", ("a", "b"), 12),
        Layer("short", "conv", ("input",), 12, group=0),
        Layer("sum", "add", ("short", "cat"), 12),
    )
    sets = channel_sets(layers, 3)
    assert sets.of["sum"] == sets.of["short"] == sets.of["cat"] == sets.of["a"] + sets.of["b"]
    assert [sets.size[s] for s in sets.of["sum"]] == [4, 8]


def test_maps_that_do_not_fit_together_are_named():
    layers = (Layer("a", "conv", ("input",), 4), Layer("b", "conv", ("input",), 4, stride=(2, 2)))
    with pytest.raises(ShapeError, match="sum joins maps of different size"):
        shapes((*layers, Layer("sum", "add", ("a", "b"), 4)), (8, 8, 1))
    with pytest.raises(ValueError, match="kind is one of"):
        Layer("x", "deconv", ("input",), 4)
