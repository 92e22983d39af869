"""The written file, run by the real interpreters."""

import sys

import numpy as np
import pytest
from handmade import CLASSES, sample_layers, samples, trained_like
from nets import per_family

from pnas_kit.cost.flash import tflite_bytes
from pnas_kit.cost.memory import arena_bytes
from pnas_kit.cost.ops import trace
from pnas_kit.cost.tail import host_tail_bytes, tail_bytes
from pnas_kit.deploy import engine, runtime
from pnas_kit.deploy.engine import RuntimeMissing, schema_module
from pnas_kit.deploy.micro import arena, micro_run
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.deploy.runtime import Interpreter, Stopped, evaluate
from pnas_kit.deploy.tflite import write_tflite

SEEDS = range(24)
linux = pytest.mark.skipif(sys.platform != "linux", reason="tflite-micro has wheels for Linux only")


def written(seed):
    layers, shape = sample_layers(seed)
    return layers, shape, write_tflite(quantise(trained_like(layers, shape, seed), samples(shape, 16, seed)))


@linux
@pytest.mark.parametrize("seed", SEEDS)
def test_reference_kernels_equal_tflite_micro_byte_for_byte(seed):
    _, shape, model = written(seed)
    rng = np.random.default_rng(seed)
    noise = rng.integers(-128, 128, (8, *shape)).astype(np.int8)
    interpreter = Interpreter(model)
    x = np.concatenate([interpreter.quantise_input(samples(shape, 8, seed)), noise])
    np.testing.assert_array_equal(interpreter.run(x), micro_run(model, x))


SEARCHED = [arch for shape in ((32, 32, 3), (29, 31, 1), (1, 128, 6)) for arch in per_family(shape, 2, width=0.15)]


@linux
@pytest.mark.parametrize("arch", SEARCHED, ids=lambda arch: f"{arch.family}-{arch.input_shape}")
def test_predicted_arena_and_size_are_the_real_ones(arch):
    layers, shape = arch.pruned, arch.input_shape
    model = write_tflite(quantise(trained_like(layers, shape, 0), samples(shape, 8, 0)))
    real = arena(model)
    assert real.head_bytes == arena_bytes(trace(layers, shape), shape)
    assert abs(real.tail_bytes - host_tail_bytes(layers)) <= 16
    assert real.total_bytes == real.head_bytes + real.tail_bytes
    assert 0.4 * real.tail_bytes < tail_bytes(layers) < real.tail_bytes
    assert len(model) == tflite_bytes(layers, shape)


@pytest.mark.parametrize("seed", SEEDS)
def test_size_is_counted_exactly(seed):
    layers, shape, model = written(seed)
    assert tflite_bytes(layers, shape) == len(model)


def test_same_net_gives_the_same_bytes():
    assert written(3)[2] == written(3)[2]


def test_tensors_and_operators_follow_the_layers():
    schema = schema_module()
    layers, _, model = written(10)
    graph = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0)).subgraphs[0]
    names = [tensor.name.decode() for tensor in graph.tensors]
    assert names[: len(layers) + 1] == ["input", *(layer.name for layer in layers)]
    assert [names[op.outputs[0]] for op in graph.operators] == [layer.name for layer in layers]
    assert [names[i] for i in (graph.inputs[0], graph.outputs[0])] == ["input", layers[-1].name]


def test_constants_are_aligned_to_16_bytes():
    schema = schema_module()
    _, _, model = written(1)
    root = schema.Model.GetRootAsModel(model, 0)
    starts = []
    for i in range(1, root.BuffersLength()):
        buffer = root.Buffers(i)
        field = buffer._tab.Offset(4)
        starts.append(buffer._tab.Vector(field))
    assert starts and all(start % 16 == 0 for start in starts)


def test_batches_do_not_change_the_outputs():
    _, shape, model = written(9)
    x = Interpreter(model).quantise_input(samples(shape, 21, 9))
    one, many = Interpreter(model).run(x), Interpreter(model, batch=8).run(x)
    np.testing.assert_array_equal(one, many)
    fast = Interpreter(model, reference=False, batch=8).run(x)
    assert np.abs(fast.astype(int) - one).max() <= 12
    assert np.mean(fast.argmax(1) == one.argmax(1)) > 0.8


def test_evaluate_counts_what_the_interpreter_answers():
    _, shape, model = written(5)
    x, y = samples(shape, 75, 5), np.random.default_rng(5).integers(0, CLASSES, 75)
    told = []
    score = evaluate(model, x, y, threads=2, progress=lambda done, total: told.append((done, total)))
    interpreter = Interpreter(model)
    answers = interpreter.run(interpreter.quantise_input(x)).argmax(axis=1)
    wanted = np.zeros((CLASSES, CLASSES), int)
    for truth, answer in zip(y, answers, strict=True):
        wanted[truth, answer] += 1
    np.testing.assert_array_equal(score.confusion, wanted)
    assert score.accuracy == pytest.approx(np.mean(answers == y)) and score.count == 75
    assert [done for done, _ in told] == sorted(done for done, _ in told) and told[-1] == (75, 75)


def test_evaluate_stops_when_told():
    _, shape, model = written(5)
    asked = []

    def stop():
        asked.append(True)
        return len(asked) > 2

    told = []
    with pytest.raises(Stopped):
        evaluate(model, samples(shape, 400, 5), np.zeros(400, int), stop=stop, progress=lambda *done: told.append(done))
    assert told[-1] == (2 * runtime.BATCH, 400)


def test_wrong_inputs_are_refused():
    _, shape, model = written(5)
    x = samples(shape, 4, 5)
    with pytest.raises(ValueError, match="int8"):
        Interpreter(model).run(x)
    with pytest.raises(ValueError, match="4 samples, 3 labels"):
        evaluate(model, x, np.zeros(3, int))
    with pytest.raises(ValueError, match=f"from 0 to {CLASSES - 1}, got 0 to {CLASSES}"):
        evaluate(model, x, np.array([0, 1, 2, CLASSES]))


def test_too_new_numpy_is_said_at_construction(monkeypatch):
    pytest.importorskip("tflite_runtime.interpreter")
    _, _, model = written(5)
    monkeypatch.setattr(engine.np, "__version__", "2.1.0")
    with pytest.raises(RuntimeMissing, match=r"NumPy 2\.1\.0 is installed: run `pip install 'numpy<2'`"):
        Interpreter(model)


def test_missing_runtimes_are_named(monkeypatch):
    _, _, model = written(5)
    for name in ("tflite_runtime", "ai_edge_litert", "tflite_micro"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setitem(sys.modules, f"{name}.interpreter", None)
    for name in ("tflite_micro.python.tflite_micro", "tflite_micro.tensorflow.lite.micro.python"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(RuntimeMissing, match="tflite-runtime"):
        Interpreter(model)
    with pytest.raises(RuntimeMissing, match="TFLite Micro is not installed"):
        arena(model)
    with pytest.raises(RuntimeMissing, match="schema"):
        schema_module()


@linux
def test_arena_of_a_broken_file_is_an_error():
    with pytest.raises(ValueError, match="TFLite Micro could not place the model"):
        arena(b"not a model")
