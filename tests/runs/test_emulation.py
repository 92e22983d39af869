"""The job that runs a prototype on an emulated board; in most tests with the emulator itself replaced."""

import hashlib
import re
import subprocess
import sys
from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from waiting import wait_for

from pnas_kit.deploy.model import Affine, QuantModel, Weights
from pnas_kit.deploy.stored import arrays_file, save
from pnas_kit.runs import Config, Result, Run, RunError
from pnas_kit.runs.emulation import DONE, GOING, PLACE, work
from pnas_kit.runs.folder import write_json
from pnas_kit.runs.process import end
from pnas_kit.runs.prototype import DELIVERED
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

    def emulate(model, inputs, board, *, expected, progress, folder):
        assert folder == run.prototype(4) / PLACE and folder.is_dir() and expected.shape == (20, 10)
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
    assert (run.prototype(4) / DONE).exists()
    assert not (run.prototype(4) / GOING).exists() and not (run.prototype(4) / PLACE).exists()


def test_what_the_emulator_complains_of_is_kept_in_words(run, monkeypatch):
    def emulate(model, inputs, board, *, expected, progress, folder):
        raise ValueError("the compiler is missing: install it")

    replace_emulator(monkeypatch, emulate)
    assert work(run, 4) == 1
    assert (run.emulation(4).state, run.emulation(4).error) == ("failed", "the compiler is missing: install it")


def test_a_job_that_is_gone_has_crashed_and_may_be_started_again(run, monkeypatch):
    (run.prototype(4) / GOING).write_text('{"state": "running", "pid": 4194305, "started": 1.0}')
    assert run.emulation(4).state == "crashed" and "Run it again" in run.emulation(4).error
    started = []
    monkeypatch.setattr("pnas_kit.runs.emulation.launch", lambda log, *words: started.append(words) or 4194305)
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
    assert wait_until_it_ended(run).state == "failed"
    assert "Traceback" in (run.prototype(4) / "emulate.log").read_text()


def wait_until_it_ended(run, seconds=120):
    wait_for(lambda: run.emulation(4).state != "running", seconds)
    return run.emulation(4)


def test_a_stopped_job_is_gone_and_may_be_started_again(run):
    run.emulate(4)
    going = run.emulation(4)
    assert going.state == "running" and psutil.pid_exists(going.pid)
    run.stop_emulation(4)
    assert run.emulation(4).state == "stopped"
    assert not psutil.pid_exists(going.pid) or psutil.Process(going.pid).status() == psutil.STATUS_ZOMBIE
    kept = {path.name for path in run.prototype(4).iterdir()}
    assert kept == {"quant.npz", "tests.npz", "emulate.log", GOING}
    run.stop_emulation(4)  # there is nothing to stop
    run.emulate(4)
    done = wait_until_it_ended(run)
    assert (done.state, done.tests, done.different) == ("done", 20, 0), done.error
    run.stop_emulation(4)
    assert run.emulation(4) == done


def test_a_job_ends_with_all_that_it_started():
    inner = "import time; print('up', flush=True); time.sleep(60)"
    outer = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {inner!r}]); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", outer], stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout.readline() == "up\n"
        process = psutil.Process(job.pid)
        (child,) = process.children(recursive=True)
        end(job.pid, process.create_time() + 100)  # another process that got its number
        assert job.poll() is None
        end(job.pid, process.create_time())
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    end(job.pid, 0.0)
    end(None, 0.0)


@pytest.mark.parametrize("name", ["quant.npz", "tests.npz"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_cut_short_is_named(run, name, share):
    path = run.prototype(4) / name
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert work(run, 4) == 1
    found = run.emulation(4)
    assert found.state == "failed" and name in found.error and "train the prototype again" in found.error


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        ({"inputs": np.zeros((20, 8, 8, 1), np.int8), "outputs": np.ones((20, 10), np.int8)}, "not those of this network"),
        ({"inputs": np.zeros((20, 9, 8, 1), np.int8), "outputs": np.zeros((20, 10), np.int8)}, r"int8 \(20, 9, 8, 1\)"),
        ({"inputs": np.zeros((20, 8, 8, 1)), "outputs": np.zeros((20, 10), np.int8)}, "got float64"),
        ({"inputs": np.zeros((20, 8, 8, 1), np.int8), "outputs": np.zeros((19, 10), np.int8)}, r"as many .* \(19, 10\)"),
        ({"inputs": np.zeros((0, 8, 8, 1), np.int8), "outputs": np.zeros((0, 10), np.int8)}, r"\(0, 8, 8, 1\)"),
        ({"inputs": np.zeros((20, 8, 8, 1), np.int8)}, "outputs is not a file"),
    ],
)
def test_wrong_test_vectors_are_told_from_a_wrong_net(run, tests, told):
    (run.prototype(4) / "tests.npz").write_bytes(arrays_file(tests))
    assert work(run, 4) == 1
    found = run.emulation(4)
    assert found.state == "failed" and re.search(told, found.error) and "train the prototype again" in found.error
    assert not (run.prototype(4) / DONE).exists()


def test_a_full_disk_is_told(run, monkeypatch):
    def emulate(model, inputs, board, *, expected, progress, folder):
        raise OSError(28, "No space left on device", str(folder / "nn.c"))

    replace_emulator(monkeypatch, emulate)
    assert work(run, 4) == 1
    assert re.search(r"No space left on device at nn\.c\): free some space", run.emulation(4).error)
    assert not (run.prototype(4) / PLACE).exists()


def test_only_whole_files_are_handed_out(run):
    folder = run.prototype(4)
    files = {name: name.encode() * 9 for name in DELIVERED}
    names = {field.name: 0 for field in fields(Result)}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    write_json(folder / "result.json", names | {"files": sums})
    for name, content in files.items():
        (folder / name).write_bytes(content)
        assert run.delivered(4, name) == content
        for damaged in (content[:-4], b"", b"?" + content[1:]):
            (folder / name).write_bytes(damaged)
            with pytest.raises(RunError, match=f"{name} of prototype 4 was changed or cut short"):
                run.delivered(4, name)
    with pytest.raises(RunError, match=r"no model\.tflite yet"):
        run.delivered(5, "model.tflite")


def test_a_folder_that_cannot_be_written_is_told(run, monkeypatch):
    def launch(log, *words):
        raise PermissionError(13, "Permission denied", str(log))

    monkeypatch.setattr("pnas_kit.runs.emulation.launch", launch)
    with pytest.raises(RunError, match=r"cannot start: .*Permission denied at emulate\.log\): free some space"):
        run.emulate(4)
    assert run.emulation(4) is None
