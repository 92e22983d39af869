"""The generated C, compiled for this machine and held against TFLite's reference kernels and TFLite Micro."""

import ctypes
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from handmade import sample_layers, samples, trained_like
from nets import per_family

from pnas_kit.cost.cimage import c_ram_bytes
from pnas_kit.cost.ops import trace
from pnas_kit.deploy import Affine, Interpreter, QuantModel, Weights, micro_run, write_tflite
from pnas_kit.deploy.c import CodeError, generate
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.space.layers import Layer, output_bytes

STRICT = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
KERNELS = {"plain": (), "dsp": ("-DNN_DSP_IN_C",)}
SHAPES = ((8, 8, 1), (28, 28, 1), (33, 47, 2), (1, 16, 1), (1, 128, 6))
needs_compiler = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed: apt-get install gcc")


def compiled(model, folder, flags=()):
    """The net as a shared library."""
    for name, text in generate(model).items():
        (folder / name).write_text(text)
    library = folder / f"nn{len(list(folder.glob('*.so')))}.so"  # a name of its own: one loaded twice stays the first
    subprocess.run(["gcc", *STRICT, "-O1", "-shared", "-fPIC", *flags, folder / "nn.c", "-o", library], check=True)
    loaded = ctypes.CDLL(str(library))
    loaded.nn_input.restype = loaded.nn_output_at.restype = ctypes.c_void_p
    return loaded


def outputs(library, x, sizes):
    """int8 `(len(x), sum(sizes))`."""
    library.nn_init()
    found = []
    for sample in np.ascontiguousarray(x):
        ctypes.memmove(library.nn_input(), sample.ctypes.data, sample.nbytes)
        library.nn_run()
        found.append(b"".join(ctypes.string_at(library.nn_output_at(n), size) for n, size in enumerate(sizes)))
    return np.frombuffer(b"".join(found), np.int8).reshape(len(x), sum(sizes))


def inputs(model, seed, count=6):
    """As many real inputs, noise over all of int8, and the two corners."""
    real = model.tensors["input"].quantise(samples(model.input_shape, count, seed))
    noise = np.random.default_rng(seed).integers(-128, 128, real.shape, dtype=np.int8)
    return np.concatenate([real, noise, np.full_like(real[:1], -128), np.full_like(real[:1], 127)])


def quantised(layers, shape, seed):
    return quantise(trained_like(layers, shape, seed), samples(shape, 24, seed))


def agrees(model, folder, seed, micro=True, count=6):
    x, file = inputs(model, seed, count), write_tflite(model)
    wanted = Interpreter(file).run(x)
    if micro:
        np.testing.assert_array_equal(micro_run(file, x), wanted)
    sizes = output_bytes(model.layers, model.input_shape)
    for name, flags in KERNELS.items():
        np.testing.assert_array_equal(outputs(compiled(model, folder, flags), x, sizes), wanted, err_msg=name)


@needs_compiler
@pytest.mark.parametrize("seed", range(24))
def test_handmade_nets_give_the_bytes_of_tflite(seed, tmp_path):
    layers, shape = sample_layers(seed)
    agrees(quantised(layers, shape, seed), tmp_path, seed)


@needs_compiler
def lightest(shape, draws=12):
    """The net of every family that compilers and the reference kernels are soonest done with."""
    found = {}
    for arch in per_family(shape, draws, seed=3):
        effort = sum(op.macs + 50 * op.params for op in trace(arch.layers, shape))
        found[arch.family] = min(found.get(arch.family, (effort, arch)), (effort, arch), key=lambda pair: pair[0])
    return [arch for _, arch in found.values()]


@needs_compiler
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_nets_of_every_family_give_the_bytes_of_tflite(shape, tmp_path):
    for arch in lightest(shape):
        agrees(quantised(arch.layers, shape, 3), tmp_path, 3, micro=False, count=1)


@needs_compiler
@pytest.mark.parametrize("seed", range(12))
def test_int4_weights_give_the_bytes_of_tflite(seed, tmp_path):
    layers, shape = sample_layers(seed)
    layers = tuple(replace(la, bits=4 if (n + seed) % 3 else 8) if la.kind == "conv" else la for n, la in enumerate(layers))
    agrees(quantised(layers, shape, seed), tmp_path, seed)


@needs_compiler
@pytest.mark.parametrize("channels", [1, 2, 3, 5, 8, 16])
def test_int4_rows_of_every_length(channels, tmp_path):
    for size, kernel, stride in (
        ((5, 4), (1, 1), (1, 1)),
        ((3, 3), (3, 3), (1, 1)),
        ((4, 6), (2, 3), (2, 1)),
        ((1, 1), (1, 1), (1, 1)),
    ):
        net = (
            Layer("only", "conv", ("input",), 5, kernel, stride, "relu6", bits=4),
            Layer("other", "conv", ("only",), channels, bits=4),
            Layer("pool", "global_pool", ("other",), channels),
            Layer("logits", "linear", ("pool",), 3),
        )
        agrees(quantised(net, (*size, channels), 3), tmp_path, 3)


def one(kind="conv", shape=(5, 6, 3), channels=4, scale=0.01, bias=0, out=0.05, **changes):
    """A net of one layer with every weight 1 and chosen scales."""
    layer = Layer("only", kind, ("input",), channels, **changes)
    size = {"conv": (channels, *layer.kernel, shape[2]), "depthwise": (1, *layer.kernel, channels)}.get(
        kind, (channels, int(np.prod(shape)))
    )
    scales = np.full(1 if kind == "linear" else channels, scale, np.float32)
    weights = Weights(np.ones(size, np.int8), scales, np.full(channels, bias, np.int32))
    return QuantModel((layer,), shape, {"input": Affine(0.02, 3), "only": Affine(out, -7)}, {"only": weights})


@needs_compiler
@pytest.mark.parametrize("scale", [1e-12, 1e-7, 3e-4, 0.01, 1.3, 2.5, 6.0, 40.0])
@pytest.mark.parametrize("bias", [0, 2**29, -(2**30)])
def test_every_size_of_scale_gives_the_bytes_of_tflite(scale, bias, tmp_path):
    model = one("linear", shape=(1, 1, 37), scale=scale, bias=bias)
    try:
        generate(model)
    except CodeError:
        assert bias and scale > 2  # doubling these sums overflows int32 in TFLite, too
        return
    agrees(model, tmp_path, 1, micro=False)


@needs_compiler
@pytest.mark.parametrize("kind", ["conv", "depthwise"])
@pytest.mark.parametrize("size", [(1, 1), (1, 2), (3, 1), (2, 5), (7, 3), (11, 9), (6, 37), (1, 70)])
def test_kernels_larger_than_the_map_and_odd_strides(kind, size, tmp_path):
    for kernel, stride in (
        ((1, 1), (1, 1)),
        ((2, 2), (1, 1)),
        ((3, 5), (2, 1)),
        ((7, 7), (1, 2)),
        ((4, 3), (2, 3)),
        ((9, 9), (1, 1)),
    ):
        if max(stride) > 1 and max(size) == 1:
            continue
        shape = (*size, 5)
        net = (
            Layer("only", kind, ("input",), 5, kernel, stride, "relu6"),
            Layer("pool", "global_pool", ("only",), 5),
            Layer("logits", "linear", ("pool",), 3),
        )
        agrees(quantised(net, shape, 3), tmp_path, 3, micro=False)


@needs_compiler
@pytest.mark.parametrize("kernels", KERNELS)
@pytest.mark.parametrize(("seed", "bits"), [(1, 8), (5, 8), (9, 8), (11, 8), (1, 4), (9, 4), (11, 4)])
def test_no_undefined_behaviour(kernels, seed, bits, tmp_path):
    layers, shape = sample_layers(seed)
    layers = tuple(replace(la, bits=bits) if la.kind == "conv" else la for la in layers)
    model = quantised(layers, shape, seed)
    x = inputs(model, seed)
    wanted = Interpreter(write_tflite(model)).run(x)
    for name, text in generate(model, (x, wanted)).items():
        (tmp_path / name).write_text(text)
    (tmp_path / "main.c").write_text('#include "nn.h"\nint main(void) { return nn_selftest() != 0; }\n')
    sources = [tmp_path / name for name in ("nn.c", "nn_selftest.c", "main.c")]
    checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1"]
    subprocess.run(["gcc", *STRICT, *checks, *KERNELS[kernels], *sources, "-o", tmp_path / "test"], check=True)
    done = subprocess.run([tmp_path / "test"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_compiler
def test_the_selftest_counts_what_differs(tmp_path):
    model = quantised(*sample_layers(2), 2)
    x = inputs(model, 2)
    wrong = Interpreter(write_tflite(model)).run(x)
    wrong[0, :2] ^= 1
    for name, text in generate(model, (x, wrong)).items():
        (tmp_path / name).write_text(text)
    (tmp_path / "main.c").write_text('#include "nn.h"\nint main(void) { return nn_selftest(); }\n')
    sources = [tmp_path / name for name in ("nn.c", "nn_selftest.c", "main.c")]
    subprocess.run(["gcc", *STRICT, *sources, "-o", tmp_path / "test"], check=True)
    assert subprocess.run([tmp_path / "test"], check=False).returncode == 2


def test_the_text_is_the_same_every_time_and_states_the_arena():
    layers, shape = sample_layers(4)
    model = quantised(layers, shape, 4)
    files = generate(model)
    assert files == generate(model)
    assert set(files) == {
        "nn.c", "nn.h", "nn_kernels.h", "nn_maps.h", "nn_conv_plain.h", "nn_dsp.h", "nn_conv_dsp.h", "nn_depthwise_dsp.h",
        "nn_depthwise_few.h", "nn_softmax.h",
    }  # fmt: skip
    assert f"#define NN_ARENA_BYTES {c_ram_bytes(layers, shape)}\n" in files["nn.h"]


def test_what_cannot_become_c_is_said():
    model = one()
    strange = Layer("only", "conv", ("input",), 4)
    object.__setattr__(strange, "kind", "resize")
    cases = {
        "does not know": replace(model, layers=(strange,)),
        "no scale": replace(model, tensors={"input": Affine(0.02, 3)}),
        "zero point from -128": replace(model, tensors=model.tensors | {"only": Affine(0.05, 200)}),
        "no weights": replace(model, weights={}),
        "int8 weights": replace(
            model, weights={"only": replace(model.weights["only"], values=np.ones((4, 1, 1, 2), np.int8))}
        ),
        "has 4-bit weights": replace(one("linear"), weights={"only": replace(one("linear").weights["only"], bits=4)}),
        "int4 weights from -7": replace(
            model, weights={"only": replace(model.weights["only"], values=np.full((4, 1, 1, 3), 9, np.int8), bits=4)}
        ),
        "sums may reach": one(scale=40.0, bias=2**30),
        "sides up to": replace(model, input_shape=(1, 70000, 3)),
        "one scale and zero point": replace(model, layers=(Layer("only", "max_pool", ("input",), 3, (2, 2)),)),
        "do not join": replace(model, layers=(Layer("only", "max_pool", ("only",), 3, (2, 2)),)),
    }
    for words, wrong in cases.items():
        with pytest.raises(CodeError, match=words):
            generate(wrong)
    with pytest.raises(CodeError, match="expected int8 test inputs"):
        generate(model, (np.zeros((1, 5, 6, 2), np.int8), np.zeros((1, 120), np.int8)))
