"""Titles, sizes, deletion: runs as whoever keeps many of them sees them."""

import json
import shutil
import threading
import time
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from pnas_kit.runs import Config, Run, RunError, Status, find, runs, unreadable
from pnas_kit.runs.shelf import ASIDE

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}


@pytest.fixture
def run(tmp_path):
    return Run.create(Config(**FIELDS), tmp_path)


def set_status(folder, **fields):
    (folder / "status.json").write_text(json.dumps(asdict(Status(**fields))))


def working():
    """Fields of a status whose runner is this very process."""
    me = psutil.Process()
    return {"phase": "search", "state": "running", "pid": me.pid, "started": me.create_time()}


def test_a_title_is_kept_in_the_folder_and_the_name_stays(run):
    name = run.name
    assert run.title == ""
    run.rename("  Über \t the\nlimit ")
    assert Run(run.path).title == "Über the limit" and Run(run.path).name == name
    run.rename("")
    assert Run(run.path).title == "" and not (run.path / "title.txt").exists()


@pytest.mark.parametrize(("title", "words"), [("x" * 81, "at most 80 characters, got 81"), ("a\x00b", "one line")])
def test_a_title_that_cannot_be_shown_is_refused_and_the_last_one_stays(run, title, words):
    run.rename("good")
    with pytest.raises(RunError, match=words):
        run.rename(title)
    assert run.title == "good"


def test_the_size_is_that_of_all_files(run):
    before = run.size
    run.prototype(3).mkdir(parents=True)
    (run.prototype(3) / "model.tflite").write_bytes(bytes(12_345))
    assert run.size == before + 12_345
    assert before == sum(path.stat().st_size for path in run.path.iterdir() if path.is_file())


def test_a_deleted_run_is_gone_with_everything_and_others_stay(run, tmp_path):
    other = Run.create(Config(**FIELDS), tmp_path)
    run.prototype(3).mkdir(parents=True)
    run.delete()
    assert not run.exists and [found.name for found in runs(tmp_path)] == [other.name]
    assert [path.name for path in tmp_path.iterdir()] == [other.name]
    for call in (run.delete, lambda: run.rename("late"), lambda: find(run.name, tmp_path)):
        with pytest.raises(RunError, match="was deleted"):
            call()
    assert not run.path.exists()


def test_a_run_is_not_deleted_while_something_is_at_work(run):
    set_status(run.path, **working())
    with pytest.raises(RunError, match="while its search is running"):
        run.delete()
    set_status(run.path, phase="search", state="stopped")
    run.prototype(3).mkdir(parents=True)
    me = psutil.Process()
    going = {"state": "running", "pid": me.pid, "started": me.create_time()}
    (run.prototype(3) / "emulating.json").write_text(json.dumps(going))
    with pytest.raises(RunError, match="prototype 3 is being run on an emulated board"):
        run.delete()
    (run.prototype(3) / "emulating.json").unlink()
    run.delete()
    assert not run.exists


def test_a_runner_that_starts_at_that_very_moment_keeps_its_run(run, monkeypatch):
    plain = Path.rename

    def rename(self, target):
        if self == run.path:
            set_status(self, phase="search", state="starting", started=time.time())  # after the first look
        return plain(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(RunError, match="while its search is starting"):
        run.delete()
    assert run.exists and run.status.state == "starting"


def test_a_run_whose_runner_crashed_can_be_deleted(run):
    set_status(run.path, phase="search", state="running", pid=2**22 + 1, started=1.0)
    run.delete()
    assert not run.exists


def test_what_cannot_be_moved_is_left_whole(run, monkeypatch):
    def refuse(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(RunError, match=r"Permission denied\): nothing of it was"):
        run.delete()
    assert run.exists and runs(run.path.parent)[0].config == run.config


def test_what_an_interrupted_deletion_left_goes_with_the_next_one(run, tmp_path, monkeypatch):
    other = Run.create(Config(**FIELDS), tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(RunError, match="off the list"):
            run.delete()
    assert [found.name for found in runs(tmp_path)] == [other.name] and list((tmp_path / ASIDE).iterdir())
    other.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_folder_elsewhere_is_not_followed(run, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    try:
        (shelf / run.name).symlink_to(run.path, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets us make no links")
    with pytest.raises(RunError, match="link to a folder elsewhere"):
        find(run.name, shelf).delete()
    assert run.exists and list(shelf.iterdir())


@pytest.mark.parametrize("name", ["", ".", "..", "../inner", "no-such-run", ASIDE])
def test_only_a_run_of_the_folder_is_found_by_its_name(run, tmp_path, name):
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.copy(run.path / "config.json", tmp_path)  # above the folder of runs: no name may lead there
    with pytest.raises(RunError, match="there is no run"):
        find(name, inner)
    assert find(run.name, tmp_path).config == run.config


def test_two_who_delete_the_same_run_do_it_once(run):
    told = []

    def delete():
        try:
            Run.delete(run)
        except RunError as error:
            told.append(str(error))

    both = [threading.Thread(target=delete) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert not run.exists and len(told) <= 1
    assert list(run.path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_read_hides_no_other(run, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text('{"data": "digits", "colour": 3}')
    assert [found.name for found in runs(tmp_path)] == [run.name]
    assert set(unreadable(tmp_path)) == {"broken"} and "colour" in unreadable(tmp_path)["broken"]
