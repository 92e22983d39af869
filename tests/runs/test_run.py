import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile

import numpy as np
import psutil
import pytest
from waiting import wait_for

from pnas_kit.runs import Config, Run, RunError, runs
from pnas_kit.runs.prototype import DELIVERED
from pnas_kit.runs.reporter import Reporter

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}


def config(**changes) -> Config:
    return Config(**(FIELDS | {"trials": 14, "picks": 2, "epochs": 2} | changes))


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def finished(run: Run) -> None:
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "done", (run.status, (run.path / "runner.log").read_text())


@pytest.fixture(scope="module")
def searched(tmp_path_factory) -> Run:
    """A search that was stopped in the middle, resumed and finished; the figures of the stop are kept on it."""
    run = Run.create(config(), tmp_path_factory.mktemp("runs"))
    assert run.status.state == "new" and run.candidates() == [] and run.proposed() == []
    run.start("search")
    with pytest.raises(RunError, match="already going on"):
        run.start("search")
    wait_for(lambda: len(run.candidates()) >= 3)
    pressed = time.monotonic()
    run.stop()
    run.stop()
    wait_for(lambda: not run.status.alive)
    run.seconds_to_stop, run.kept = time.monotonic() - pressed, run.candidates()
    assert run.status.state == "stopped"
    run.start("search")
    finished(run)
    return run


def test_a_stopped_search_keeps_its_trials_and_goes_on(searched):
    found = searched.candidates()
    assert [c.number for c in found] == list(range(14))
    assert found[: len(searched.kept)] == searched.kept
    assert searched.seconds_to_stop < 2
    assert Run(searched.path).candidates() == found
    assert searched.status.done == searched.status.total == 14


def test_a_run_is_found_again_with_all_that_it_was_asked_for(searched):
    (found,) = runs(searched.path.parent)
    assert found.name == searched.name and found.config == searched.config
    assert {"torch", "numpy", "python"} <= set(__import__("json").loads((found.path / "versions.json").read_text()))


def test_a_runner_whose_folder_is_gone_ends_whatever_it_computes(tmp_path):
    run = Run.create(config(), tmp_path)
    code = (
        "import sys, time; from pnas_kit.runs import Run; from pnas_kit.runs.reporter import Reporter; "
        "Reporter(Run(sys.argv[1]), 'train'); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(run.path)]) as runner:
        wait_for(lambda: run.status.pid == runner.pid)
        while run.path.exists():
            shutil.rmtree(run.path, ignore_errors=True)
        try:
            assert runner.wait(30) == 0
        finally:
            runner.kill()


def test_only_what_fits_can_be_picked(searched):
    outside = [c.number for c in searched.candidates() if not c.feasible]
    with pytest.raises(RunError, match=r"meet every limit"):
        searched.pick([outside[0]])
    assert 1 <= len(searched.proposed()) <= 2
    assert all(searched.candidates()[n].feasible for n in searched.proposed())


def test_training_needs_a_pick(tmp_path):
    with pytest.raises(RunError, match="no prototype is picked"):
        Run.create(config(), tmp_path).start("train")


def test_a_prototype_is_trained_stopped_resumed_and_verified(searched):
    from pnas_kit.deploy import Interpreter, evaluate, write_tflite
    from pnas_kit.deploy.stored import load as load_net
    from pnas_kit.learn.data import load

    smallest = min((c for c in searched.candidates() if c.feasible), key=lambda c: c.cost.macs).number
    searched.pick([smallest])
    searched.start("train")
    wait_for(lambda: searched.epochs(smallest))
    searched.stop()
    wait_for(lambda: not searched.status.alive)
    assert searched.result(smallest) is None
    with pytest.raises(RunError, match="train it first"):
        searched.file(smallest, "model.tflite")
    searched.start("train")
    finished(searched)
    epochs, result = searched.epochs(smallest), searched.result(smallest)
    assert [e.number for e in epochs] == [1, 2] == list(range(1, result.epochs + 1))
    model = searched.file(smallest, "model.tflite").read_bytes()
    assert hashlib.sha256(model).hexdigest() == result.sha256 and len(model) == result.tflite_bytes
    data = load("digits")
    assert evaluate(model, data.test_x, data.test_y).accuracy == result.int8_accuracy
    assert result.test_count == len(data.test_y) == sum(map(sum, result.confusion))
    assert result.arena_measured in (None, result.arena_predicted)
    assert result.tflite_bytes == searched.candidates()[smallest].cost.flash_bytes
    assert result.ram_bytes == searched.candidates()[smallest].cost.ram_bytes
    header = searched.file(smallest, "model_data.h").read_text()
    assert int(re.search(r"ARENA_BYTES (\d+)u", header)[1]) >= searched.candidates()[smallest].cost.ram_bytes
    assert set(result.files) == set(DELIVERED)
    for name in DELIVERED:
        assert searched.delivered(smallest, name) == searched.file(smallest, name).read_bytes()
    for name in ("model_data.h", "report.html", "firmware.zip"):
        assert searched.file(smallest, name).stat().st_size > 1000
    assert write_tflite(load_net(searched.file(smallest, "quant.npz"))) == model
    with np.load(searched.file(smallest, "tests.npz"), allow_pickle=False) as tests:
        assert len(tests["inputs"]) == 20 and np.array_equal(Interpreter(model).run(tests["inputs"]), tests["outputs"])
    odds = Interpreter(searched.with_softmax(smallest))
    assert odds.classes == 10 and odds.output_reading.scale == 1 / 256
    logits = Interpreter(model)
    x = logits.quantise_input(data.test_x)
    sure = odds.dequantise(odds.run(x))
    assert np.array_equal(sure[np.arange(len(x)), logits.run(x).argmax(axis=1)], sure.max(axis=1))
    assert np.allclose(sure.sum(axis=1), 1, atol=0.04)
    with zipfile.ZipFile(searched.file(smallest, "firmware.zip")) as project:
        assert project.read(f"digits_{smallest}/model.tflite") == model
        assert result.sha256 in project.read(f"digits_{smallest}/MODEL_CARD.md").decode()


def test_a_refused_firmware_says_why(tmp_path):
    run = Run.create(config(), tmp_path)
    run.prototype(3).mkdir(parents=True)
    (run.prototype(3) / "firmware.txt").write_text("there is no C for this network")
    with pytest.raises(RunError, match="prototype 3 has no firmware: there is no C for this network"):
        run.file(3, "firmware.zip")


def test_a_killed_runner_is_noticed_and_nothing_finished_is_lost(tmp_path):
    run = Run.create(config(), tmp_path)
    run.start("search")
    wait_for(lambda: len(run.candidates()) >= 2)
    os.kill(run.status.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    wait_for(lambda: run.status.state == "crashed")
    kept = run.candidates()
    assert len(kept) >= 2 and "start again" in run.status.error
    run.start("search")
    finished(run)
    assert run.candidates()[: len(kept)] == kept and len(run.candidates()) == 14


def test_a_paused_search_waits_and_goes_on(tmp_path):
    run = Run.create(config(trials=400), tmp_path)
    run.start("search")
    wait_for(lambda: run.candidates())
    run.pause()
    wait_for(lambda: run.status.state == "paused", 2)
    time.sleep(3)  # what the workers have begun is finished
    before = len(run.candidates())
    time.sleep(2)
    assert len(run.candidates()) == before < 400
    run.resume()
    wait_for(lambda: len(run.candidates()) > before)
    wait_for(lambda: run.status.state == "running", 2)  # a candidate may be on the disk before the word
    run.stop()
    wait_for(lambda: not run.status.alive)
    wait_for(lambda: gone(run.status.pid), 5)


def test_nothing_is_said_after_the_last_word(tmp_path):
    """Another thread of the runner has something to say just when it is told to stop."""
    run = Run.create(config(), tmp_path)
    reporter = Reporter(run, "search")
    lock, others = reporter._lock, []

    class Slow:
        def __enter__(self):
            lock.acquire()

        def __exit__(self, *_):
            if run.status.state == "stopped" and not others:
                others.append(threading.Thread(target=reporter.update, kwargs={"state": "running"}))
                others[0].start()
            lock.release()
            time.sleep(0.1)

    reporter._lock = Slow()
    reporter.finish("stopped")
    others[0].join()
    assert run.status.state == "stopped"


def test_a_phase_that_fails_says_so_and_keeps_the_details(tmp_path, monkeypatch):
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("PATH", "")  # no client to download with
    run = Run.create(config(data="fashion_mnist"), tmp_path)
    run.start("search")
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "failed" and run.status.error
    assert "Traceback" in (run.path / "runner.log").read_text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": "imagenet"}, "data is one of"),
        ({"board": "abacus"}, "board is one of"),
        ({"ram_bytes": 0}, "ram_bytes is above 0"),
        ({"trials": 0}, "trials is at least 1"),
        ({"epochs": 0}, "epochs are at least 1"),
        (
            {"board": "own", "own_board": {"name": "x", "core": "z80", "clock_mhz": 4, "ram_bytes": 9, "flash_bytes": 9}},
            "core",
        ),
    ],
)
def test_a_run_that_cannot_work_is_refused_when_it_is_created(change, message):
    with pytest.raises(ValueError, match=message):
        config(**change)


def test_an_own_board_is_taken(tmp_path):
    own = {"name": "bench", "core": "cortex-m4f", "clock_mhz": 100, "ram_bytes": 9, "flash_bytes": 9}
    run = Run.create(config(board="own", own_board=own), tmp_path)
    assert Run(run.path).problem.board.name == "bench"


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(RunError, match=r"config\.json is missing"):
        Run(tmp_path)


def test_a_budget_that_nothing_meets_is_refused_with_what_the_smallest_needs(tmp_path):
    run = Run.create(config(ram_bytes=2048), tmp_path)
    run.start("search")
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "failed" and run.candidates() == []
    assert re.search(r"RAM limit of 2.0 KiB: the smallest needs \d+\.\d KiB \(MbedNet", run.status.error)


def test_a_search_in_which_nothing_fits_says_which_limit_is_in_the_way(tmp_path):
    run = Run.create(config(ram_bytes=3000, trials=32, workers=1), tmp_path)
    run.start("search")
    finished(run)
    over = sum(c.excess.get("ram_bytes", 0) > 0 for c in run.candidates())
    assert run.status.message.startswith(f"None of 32 candidates fits: {100 * over / 32:.0f} % exceed RAM (the nearest by")
