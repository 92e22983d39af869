"""Lesson 6's app and what its notebook calls: costs, fits, bytes."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from pnas_kit.cost import boards, estimate, latency, trace
from pnas_kit.deploy import Interpreter, write_tflite
from pnas_kit.deploy.c import generate
from pnas_kit.deploy.read_back import read_back
from pnas_kit.learn.data import load
from pnas_kit.runs import recorded
from widgets import words
from widgets.lessons import OntoChip, host
from widgets.lessons.same_bytes import compare, table_html

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: apt-get install gcc")


@pytest.fixture(scope="module")
def model():
    """The smallest trained network of the recorded run."""
    run = recorded("digits")
    chosen = min((c for c in run.candidates() if run.result(c.number)), key=lambda c: c.cost.macs)
    file = run.file(chosen.number, "model.tflite").read_bytes()
    return read_back(file, chosen.arch.pruned, chosen.arch.input_shape)


@pytest.fixture(scope="module")
def samples(model):
    return model.tensors["input"].quantise(load("digits").test_x[:3])


@pytest.fixture
def app():
    made = OntoChip()
    yield made
    made.close()


def test_the_figures_are_those_of_the_cost_model(app):
    app.board.value, app.left.value = "pico", 50
    app.engine.value = "generated C"
    candidate, board = app.chosen
    cost = estimate(candidate.arch.pruned, candidate.arch.input_shape, board, engine="generated C")
    time = latency(trace(candidate.arch.pruned, candidate.arch.input_shape), board, "generated C")
    assert board.ram_bytes == boards()["pico"].ram_bytes // 2
    for text in (words.kib(cost.ram_bytes), words.kib(cost.flash_bytes), words.milliseconds(time.value), words.span(time)):
        assert text in app._fits.html
    assert app._costs.html.count("<svg") == 2 and app._trouble.problem is None


def test_every_board_has_its_engines(app):
    for name in boards():
        app.board.value = name
        assert app.engine.value == app.engine.options[0]
        assert "One inference takes about" in app._fits.html
    assert app._trouble.problem is None


def test_what_does_not_fit_is_said_with_how_much(app):
    assert "It fits" in app._fits.html
    app.prototype.value = max(app._trained.values(), key=lambda c: c.cost.ram_bytes).number
    app.left.value = 5
    candidate, board = app.chosen
    cost = estimate(candidate.arch.pruned, candidate.arch.input_shape, board)
    assert f"{words.kib(cost.ram_bytes - board.ram_bytes)} of RAM" in app._fits.html and "too much" in app._fits.html


def test_a_comparison_shows_what_ran_and_what_did_not(app):
    app.board.value = "esp32-c3"  # no Arm core: nothing emulates it here
    app.start()
    app.wait()
    assert "only Arm Cortex-M cores are emulated" in app._bytes.html and "did not run" in app._bytes.html
    assert app._bytes.html.count("the same") >= 2 and not app.compare.disabled
    app.left.value = 50
    assert "Compare them" in app._bytes.html  # of the old board nothing is shown on
    assert app._trouble.problem is None


def test_bytes_that_differ_are_counted(model, samples, monkeypatch):
    def one_off(file, x):
        found = Interpreter(file).run(x)
        found[0, 0] += 1
        return found

    monkeypatch.setattr("widgets.lessons.same_bytes.micro_run", one_off)
    found = compare(model, samples, boards()["esp32"], lambda _: None)
    assert [one.different for one in found] == [0, 0, 1, None]
    assert "differs</span> 1 of 30" in table_html(found)


@needs_compiler
def test_the_c_runs_on_this_computer_and_a_changed_weight_is_seen(model, samples):
    wanted = Interpreter(write_tflite(model)).run(samples)
    np.testing.assert_array_equal(host.run_here(generate(model), samples, wanted.shape[1]), wanted)
    name = next(layer.name for layer in model.layers if layer.kind == "linear")
    part = model.weights[name]
    changed = replace(model, weights={**model.weights, name: replace(part, values=np.zeros_like(part.values))})
    assert (host.run_here(generate(changed), samples, wanted.shape[1]) != wanted).any()


def test_without_a_compiler_it_says_what_to_install(model, samples, monkeypatch):
    monkeypatch.setattr(host.shutil, "which", lambda _: None)
    monkeypatch.setattr(host.zig, "installed", lambda: False)
    with pytest.raises(host.CompilerMissing, match="pip install ziglang"):
        host.run_here({}, samples, 10)


@needs_compiler
def test_c_that_does_not_compile_is_an_error_in_words(samples):
    with pytest.raises(RuntimeError, match="ended with 1"):
        host.run_here({"nn.c": "no C"}, samples, 10)
