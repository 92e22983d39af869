"""Nets with a single-shot head or a softmax: every runtime gives the same bytes, and the predictions are the real sizes."""

import subprocess
from dataclasses import replace

import numpy as np
import pytest
import torch
from handmade import CLASSES, sample_layers, samples, trained_like
from nets import per_family
from test_c_host import STRICT, compiled, inputs, needs_compiler
from test_c_host import outputs as c_outputs
from test_firmware import CARD, NANO, TESTS, facts, make, needs, unpacked

from pnas_kit.cost import arena_bytes, boards, memory_timeline, trace
from pnas_kit.cost.cimage import c_flash_bytes, c_ram_bytes
from pnas_kit.cost.flash import tflite_bytes
from pnas_kit.cost.tail import host_tail_bytes
from pnas_kit.deploy import Interpreter, QuantError, arena, evaluate, micro_run, with_softmax, write_tflite
from pnas_kit.deploy.c import CodeError, generate
from pnas_kit.deploy.c.cores import MACHINES
from pnas_kit.deploy.c.emulator import sizes
from pnas_kit.deploy.emulate import emulate
from pnas_kit.deploy.firmware import firmware_project
from pnas_kit.deploy.model import PROBABILITY, Affine, QuantModel
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.deploy.stored import dump, load
from pnas_kit.learn import data
from pnas_kit.learn.recipe import Recipe
from pnas_kit.learn.train import Training
from pnas_kit.space.layers import Layer, output_bytes, outputs

SHAPES = ((8, 8, 1), (28, 28, 1), (33, 47, 2))
M4 = boards()["nucleo-f446re"]


def detectors(shape, softmax=False):
    """The lightest of a few detectors of every family; with softmax, over one level's class scores."""
    drawn = [replace(arch, head="detector", classes=3) for arch in per_family(shape, 8, seed=5)]
    lightest = {}
    for arch in sorted(drawn, key=lambda a: -sum(op.macs + 50 * op.params for op in trace(a.pruned, shape))):
        lightest[arch.family] = arch
    for number, arch in enumerate(lightest.values()):
        model = quantise(trained_like(arch.pruned, shape, number), samples(shape, 12, number))
        yield with_softmax(model, outputs(model.layers)[2]) if softmax else model


def classifier(seed, softmax=True):
    layers, shape = sample_layers(seed)
    return quantise(trained_like(layers, shape, seed), samples(shape, 24, seed), softmax=softmax)


def scores(scale, shape=(2, 3, 7)):
    """A net that is a softmax alone."""
    readings = {"input": Affine(scale, 3), "p": PROBABILITY}
    return QuantModel((Layer("p", "softmax", ("input",), shape[2]),), shape, readings, {})


def agrees(model, folder, seed, count=2):
    """The real interpreters and the C give the same bytes, and are as large as predicted."""
    x, file = inputs(model, seed, count), write_tflite(model)
    wanted = Interpreter(file).run(x)
    np.testing.assert_array_equal(micro_run(file, x), wanted)
    for flags in ((), ("-DNN_DSP_IN_C",)):
        found = c_outputs(compiled(model, folder, flags), x, output_bytes(model.layers, model.input_shape))
        np.testing.assert_array_equal(found, wanted)
    real, ops = arena(file), trace(model.layers, model.input_shape)
    assert arena_bytes(ops, model.input_shape) == real.head_bytes
    assert tflite_bytes(model.layers, model.input_shape) == len(file)
    assert abs(host_tail_bytes(model.layers) - real.tail_bytes) <= max(16, 0.05 * real.tail_bytes)
    return wanted


@needs_compiler
@pytest.mark.parametrize("softmax", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_detectors_of_every_family(shape, softmax, tmp_path):
    for number, model in enumerate(detectors(shape, softmax)):
        wanted = agrees(model, tmp_path, number, count=1)
        assert wanted.shape[1] == sum(output_bytes(model.layers, shape))


@needs_compiler
@pytest.mark.parametrize("seed", range(8))
def test_classifiers_with_a_softmax(seed, tmp_path):
    model = classifier(seed)
    wanted = agrees(model, tmp_path, seed)
    logits = Interpreter(write_tflite(classifier(seed, softmax=False)))
    x = inputs(model, seed, 2)
    exact = np.exp(logits.dequantise(logits.run(x)).astype(float))
    exact /= exact.sum(1, keepdims=True)
    found = PROBABILITY.real(wanted)
    assert np.abs(found - np.minimum(exact, 255 / 256)).max() <= 1 / 256
    np.testing.assert_allclose(found.sum(1), 1, atol=CLASSES / 256)


@needs_compiler
@pytest.mark.parametrize("scale", [1e-7, 1e-4, 0.003, 0.02, 0.1, 0.3, 1.0, 9.0, 33.0])
def test_a_softmax_of_every_scale(scale, tmp_path):
    agrees(scores(scale), tmp_path, 1, count=40)
    agrees(scores(scale, (1, 1, 511)), tmp_path, 2, count=4)


def test_the_default_kernels_of_tflite_are_a_step_off_at_most():
    for scale in (0.003, 0.02, 0.1, 0.2, 1.0):
        model = scores(scale, (1, 1, 10))
        x = inputs(model, 3, 200)
        fast, exact = (Interpreter(write_tflite(model), reference=which).run(x).astype(int) for which in (False, True))
        assert np.abs(fast - exact).max() <= 1


@needs_compiler
def test_no_undefined_behaviour_with_a_head_and_a_softmax(tmp_path):
    models = [next(detectors((28, 28, 1), softmax=True)), scores(0.05), scores(33.0), scores(1e-4, (1, 1, 511))]
    for number, model in enumerate(models):
        x = inputs(model, number, 4)
        (tmp_path / "main.c").write_text('#include "nn.h"\nint main(void) { return nn_selftest() != 0; }\n')
        for name, text in generate(model, (x, Interpreter(write_tflite(model)).run(x))).items():
            (tmp_path / name).write_text(text)
        checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1"]
        sources = [tmp_path / name for name in ("nn.c", "nn_selftest.c", "main.c")]
        subprocess.run(["gcc", *STRICT, *checks, *sources, "-o", tmp_path / "test"], check=True)
        done = subprocess.run([tmp_path / "test"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("board", ["pico", "nucleo-f446re"])
def test_a_detector_with_a_softmax_on_an_emulated_board(board):
    model = next(detectors((8, 8, 1), softmax=True))
    assert len(outputs(model.layers)) >= 3
    found = emulate(model, inputs(model, 1, 8), boards()[board], how="unicorn")
    assert (found.different, found.tests) == (0, 18)
    assert 0 <= found.ram_bytes - c_ram_bytes(model.layers, model.input_shape) < 16


@needs("arm-none-eabi-gcc", "qemu-system-arm")
def test_a_detector_on_qemu_counts_wrong_bytes_of_every_output(monkeypatch):
    model = next(detectors((8, 8, 1)))
    x = inputs(model, 1, 4)
    wrong = Interpreter(write_tflite(model)).run(x)
    starts = np.cumsum([0, *output_bytes(model.layers, model.input_shape)])[:-1]
    assert emulate(model, x, M4, how="qemu").different == 0
    wrong[2, starts] ^= 1

    class Wrong:
        def __init__(self, file):
            self.run = lambda x: wrong

    monkeypatch.setattr("pnas_kit.deploy.emulate.Interpreter", Wrong)
    assert emulate(model, x, M4, how="qemu").different == len(starts)


@needs("arm-none-eabi-gcc")
@pytest.mark.parametrize("softmax", [False, True])
def test_the_code_of_outputs_and_softmax_is_counted(softmax, tmp_path):
    for number, model in enumerate(detectors((28, 28, 1), softmax)):
        code, _, variables = sizes(generate(model), tmp_path / str(number), MACHINES["cortex-m4"])
        assert abs(c_flash_bytes(model.layers, model.input_shape) / code - 1) < 0.05
        assert 0 <= variables - c_ram_bytes(model.layers, model.input_shape) < 16


def test_outputs_are_read_by_name_shape_and_scale():
    model = next(detectors((28, 28, 1)))
    interpreter = Interpreter(write_tflite(model))
    y = interpreter.run(inputs(model, 2))
    assert tuple(output.name for output in interpreter.outputs) == outputs(model.layers)
    assert len({model.tensors[name] for name in outputs(model.layers)}) == len(outputs(model.layers))
    for output in interpreter.outputs:
        assert output.reading == model.tensors[output.name]
        assert output.stored(y).shape == (len(y), *output.shape)
        np.testing.assert_array_equal(output.real(y), output.reading.real(output.stored(y)))
    joined = np.concatenate([output.stored(y).reshape(len(y), -1) for output in interpreter.outputs], axis=1)
    np.testing.assert_array_equal(joined, y)
    many = Interpreter(write_tflite(model), batch=5).run(inputs(model, 2))
    np.testing.assert_array_equal(many, y)


def test_integers_follow_the_float_net():
    arch = replace(per_family((28, 28, 1), 1, seed=5)[0], head="detector", classes=3)
    net, x = trained_like(arch.pruned, arch.input_shape, 1), samples(arch.input_shape, 64, 1)
    interpreter = Interpreter(write_tflite(quantise(net, x)))
    y = interpreter.run(interpreter.quantise_input(x))
    with torch.no_grad():
        wanted = net(torch.from_numpy(x.transpose(0, 3, 1, 2)))
    for output in interpreter.outputs:
        exact = wanted[output.name].permute(0, 2, 3, 1).numpy()
        assert np.abs(output.real(y) - exact).mean() < 0.1 * np.ptp(exact)


def test_a_net_with_several_outputs_is_stored_whole(tmp_path):
    model = next(detectors((8, 8, 1), softmax=True))
    (tmp_path / "net.npz").write_bytes(dump(model))
    assert write_tflite(load(tmp_path / "net.npz")) == write_tflite(model)


def test_the_timeline_says_that_outputs_stay():
    layers = (
        Layer("small", "conv", ("input",), 2, (3, 3)),
        Layer("wide", "conv", ("input",), 8, (3, 3)),
        Layer("last", "conv", ("wide",), 8),
    )
    hint = memory_timeline(trace(layers, (8, 8, 1)), (8, 8, 1)).hint
    assert "The output of small stays as well, because the network answers with it." in hint


@needs("make", "gcc")
def test_the_firmware_project_of_a_detector_builds_and_passes_its_self_test(tmp_path):
    model = next(detectors((8, 8, 1)))
    tflite = write_tflite(model)
    x = inputs(model, 1, 9)[:TESTS]
    project = firmware_project(model, tflite, (x, Interpreter(tflite).run(x)), CARD, NANO, facts(model, confusion=None))
    root = unpacked(project, tmp_path)
    done = make(root, "host", "HOSTCC=gcc")
    assert done.returncode == 0, done.stderr
    assert f"\n0 of {TESTS * sum(output_bytes(model.layers, (8, 8, 1)))} output bytes differ" in "\n" + done.stdout
    assert "warning" not in done.stderr
    card = (root / "MODEL_CARD.md").read_text()
    assert all(f": {name} | int8, " in card for name in outputs(model.layers))
    assert "nn_answer" not in (root / "README.md").read_text()


def test_where_one_output_is_wanted_several_are_refused():
    arch = replace(per_family((8, 8, 1), 1)[0], head="detector", classes=3)
    net = trained_like(arch.pruned, arch.input_shape, 1)
    x = samples(arch.input_shape, 12, 1)
    model = quantise(net, x)
    file = write_tflite(model)
    with pytest.raises(ValueError, match=r"classifier with one output \(classes,\), got s\d+\.box \("):
        evaluate(file, x, np.zeros(12, int))
    with pytest.raises(ValueError, match="training on class labels takes a network with one output"):
        Training(arch, data.load("digits"), Recipe(epochs=1))
    with pytest.raises(ValueError, match="without the name of an output takes a network with one output"):
        with_softmax(model)
    with pytest.raises(ValueError, match="expected one of the outputs s"):
        with_softmax(model, "stem")


def test_layers_and_readings_that_cannot_be_exported_are_said():
    strange = Layer("up", "softmax", ("input",), 1)
    object.__setattr__(strange, "kind", "resize")
    model = replace(scores(0.1), layers=(strange,))
    with pytest.raises(QuantError, match="'up' is a 'resize', which the exporter does not know; build the net of conv"):
        write_tflite(model)
    with pytest.raises(CodeError, match="writes with scale 1/256"):
        generate(replace(scores(0.1), tensors={"input": Affine(0.1, 0), "p": Affine(0.1, 0)}))
    with pytest.raises(CodeError, match="softmax over 600 values"):
        generate(scores(0.1, (1, 1, 600)))
    with pytest.raises(CodeError, match="the same for all"):
        generate(scores(1e-9))
    read = (Layer("a", "conv", ("input",), 3), Layer("p", "softmax", ("a",), 3), Layer("b", "conv", ("p",), 3))
    with pytest.raises(QuantError, match="'p' is a softmax that another layer reads: it can only come last"):
        quantise(trained_like(read, (4, 4, 1), 1), samples((4, 4, 1), 8, 1))
