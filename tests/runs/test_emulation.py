"""The job that runs a prototype on an emulated board, with the emulator itself replaced."""

import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from pnas_kit.deploy.model import Affine, QuantModel, Weights
from pnas_kit.deploy.stored import arrays_file, save
from pnas_kit.runs import Config, Run, RunError
from pnas_kit.runs.emulation import DONE, GOING, work
from pnas_kit.space.layers import Layer

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}
FOUND = {
    "how": "qemu", "machine": "mps2-an386", "core": "cortex-m4", "tests": 20, "different": 3, "instructions": 12345,
    "code_bytes": 9000, "ram_bytes": 700, "seconds": 1.5,
}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    """A run with prototype 4, whose net is one linear layer."""
    made = Run.create(Config(**FIELDS), tmp_path)
    folder = made.prototype(4)
    folder.mkdir(parents=True)
    weights = Weights(np.ones((10, 64), np.int8), np.ones(1, np.float32), np.zeros(10, np.int32))
    layers, same = (Layer("logits", "linear", ("input",), 10),), Affine(1.0, 0)
    model = QuantModel(layers, (8, 8, 1), {"input": same, "logits": same}, {"logits": weights})
    save(model, folder / "quant.npz")
    tests = {"inputs": np.zeros((20, 8, 8, 1), np.int8), "outputs": np.zeros((20, 10), np.int8)}
    (folder / "tests.npz").write_bytes(arrays_file(tests))
    return made


def replace_emulator(monkeypatch, emulate):
    monkeypatch.setitem(sys.modules, "pnas_kit.deploy.emulate", SimpleNamespace(emulate=emulate))


def test_the_result_is_what_the_emulator_found(run, monkeypatch):
    seen = []

    def emulate(model, inputs, board, *, how="auto", progress=None):
        seen.append((model.layers[-1].name, inputs.shape, board.id))
        progress("building", 0.25)
        seen.append(run.emulation(4))
        return SimpleNamespace(**FOUND)

    replace_emulator(monkeypatch, emulate)
    assert run.emulation(4) is None
    assert work(run, 4) == 0
    assert seen[0] == ("logits", (20, 8, 8, 1), "nano-33-ble")
    assert (seen[1].state, seen[1].message, seen[1].share) == ("running", "building", 0.25)
    done = run.emulation(4)
    assert done.state == "done" and done.bytes == 200
    assert {name: getattr(done, name) for name in FOUND} == FOUND
    assert (run.prototype(4) / DONE).exists() and not (run.prototype(4) / GOING).exists()


def test_what_the_emulator_complains_of_is_kept_in_words(run, monkeypatch):
    def emulate(model, inputs, board, *, how="auto", progress=None):
        raise ValueError("the compiler is missing: install it")

    replace_emulator(monkeypatch, emulate)
    assert work(run, 4) == 1
    assert (run.emulation(4).state, run.emulation(4).error) == ("failed", "the compiler is missing: install it")


def test_a_job_that_is_gone_has_crashed_and_may_be_started_again(run, monkeypatch):
    (run.prototype(4) / GOING).write_text('{"state": "running", "pid": 4194305, "started": 1.0}')
    assert run.emulation(4).state == "crashed" and "Run it again" in run.emulation(4).error
    started = []
    monkeypatch.setattr("pnas_kit.runs.emulation.launch", lambda log, *words: started.append(words))
    run.emulate(4)
    assert started == [("emulate", str(run.path), "4")]
    with pytest.raises(RunError, match="already"):
        run.emulate(4)


def test_a_prototype_without_a_net_is_refused(run):
    with pytest.raises(RunError, match=r"no quant\.npz yet: train it first"):
        run.emulate(5)
    assert run.emulation(5) is None


def test_the_job_runs_in_a_process_of_its_own(run):
    (run.prototype(4) / "quant.npz").write_bytes(b"half of one")
    run.emulate(4)
    deadline = time.monotonic() + 60
    while run.emulation(4).state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert run.emulation(4).state == "failed"
    assert "Traceback" in (run.prototype(4) / "emulate.log").read_text()
