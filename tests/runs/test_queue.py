"""The queue of runners and the limits on them, with real processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict

import pytest
from waiting import wait_for

from pnas_kit.__main__ import main
from pnas_kit.runs import Config, Run, quota
from pnas_kit.runs.overview import end_all, listing, rows
from pnas_kit.runs.process import end
from pnas_kit.runs.queue import FOLDER, Place, ahead, in_words, standing
from pnas_kit.runs.quota import Quota

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}
JOB = """
import sys, time
from pathlib import Path
from pnas_kit.runs.queue import Place
run, job, log = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
def say(what):
    with log.open("a") as file:
        file.write(f"{what} {job}\\n")
with Place(run, job) as place:
    say("stands")
    for _ in place.wait():
        pass
    say("begins")
    while not (run / f"end-{job}").exists():
        time.sleep(0.02)
    say("ends")
"""


@pytest.fixture
def jobs(tmp_path):
    """Starts processes that stand in the queue one after the other; each works until it is told to end."""
    run, log, made = tmp_path / "run", tmp_path / "log", {}
    run.mkdir()

    def start(name):
        made[name] = subprocess.Popen([sys.executable, "-c", JOB, str(run), name, str(log)])
        wait_for(lambda: f"stands {name}" in said())
        return made[name]

    def said():
        return log.read_text().splitlines() if log.exists() else []

    start.said, start.end, start.root = said, lambda name: (run / f"end-{name}").touch(), tmp_path
    yield start
    for process in made.values():
        process.kill()
        process.wait()


def test_so_many_work_at_once_first_come_first_served_whoever_dies(jobs):
    Quota(runners=2).write(jobs.root)
    processes = {name: jobs(name) for name in "abcdef"}
    assert [ticket.job for ticket in standing(jobs.root)] == list("abcdef")

    def begun():
        return "".join(line[-1] for line in jobs.said() if line.startswith("begins"))

    wait_for(lambda: begun() == "ab")
    jobs.end("b")
    wait_for(lambda: begun() == "abc")
    processes["d"].kill()  # out of the middle of the queue: nobody's turn
    processes["d"].wait()
    time.sleep(1.2)
    assert begun() == "abc"
    os.kill(processes["a"].pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    processes["a"].wait()
    wait_for(lambda: begun() == "abce")
    assert [ticket.job for ticket in standing(jobs.root)] == list("cef")
    Quota(runners=3).write(jobs.root)
    wait_for(lambda: begun() == "abcef")
    for name in "cef":
        jobs.end(name)
    wait_for(lambda: not standing(jobs.root))
    assert list((jobs.root / FOLDER).iterdir()) == []


def test_a_later_ticket_is_never_overtaken(tmp_path):
    """Whoever was slow to take a ticket stands behind one that was taken, and may be at work, meanwhile."""
    first = Place(tmp_path / "run", "first")
    clock = time.time_ns() + 10**12  # taken by a computer whose clock is ahead
    later = tmp_path / FOLDER / f"{clock:020d}-1.json"
    later.write_text(first._ticket.read_text())
    second = Place(tmp_path / "run", "second")
    assert [ticket.name for ticket in standing(tmp_path)] == [first._ticket.name, later.name, second._ticket.name]
    Quota(runners=1).write(tmp_path)
    assert (first.before(), second.before()) == (None, 1)


def test_tickets_of_the_dead_and_of_reused_pids_are_dropped(tmp_path):
    place = Place(tmp_path / "run", "train")
    folder = tmp_path / FOLDER
    alive = json.loads(place._ticket.read_text())
    for number, fields in enumerate([alive | {"pid": 2**22 + 1}, alive | {"started": alive["started"] - 100}]):
        (folder / f"{number:020d}-1.json").write_text(json.dumps(fields))
    half = folder / f"{5:020d}-1.json"
    half.write_text("{")  # may be being written
    assert [ticket.name for ticket in standing(tmp_path)] == [half.name, place._ticket.name]
    os.utime(half, (time.time() - 100,) * 2)
    assert [ticket.name for ticket in standing(tmp_path)] == [place._ticket.name]
    place._ticket.unlink()  # by somebody who tidied up
    assert place.before() is None and len(standing(tmp_path)) == 1


def test_places_are_told_in_words():
    assert [ahead(place, 2) for place in range(4)] == [None, None, 0, 1]
    assert in_words(0) == "waiting, next in the queue" and in_words(2) == "waiting, 2 before it"


@pytest.fixture
def started(tmp_path):
    """Starts searches that are far too long to end by themselves."""
    made = []

    def start():
        run = Run.create(Config(**FIELDS, trials=5000, workers=1), tmp_path)
        run.start("search")
        made.append(run)
        return run

    start.root = tmp_path
    yield start
    for run in made:
        end(run.status.pid, run.status.started)


def test_a_run_waits_visibly_leaves_the_queue_by_stop_and_begins_by_itself(started):
    Quota(runners=1).write(started.root)
    first = started()
    wait_for(lambda: first.candidates())
    waiting = []
    for words in ("waiting, next in the queue", "waiting, 1 before it", "waiting, 2 before it"):
        waiting.append(run := started())
        wait_for(lambda run=run, words=words: (run.status.state, run.status.message) == ("queued", words))
        assert run.status.alive and run.status.pid not in (None, os.getpid())
    second, third, fourth = waiting
    assert [row.waiting for row in rows(started.root)] == [2, 1, 0, None]
    assert "search waiting, 1 before it" in "\n".join(listing(started.root))
    second.stop()
    wait_for(lambda: second.status.state == "stopped", 5)
    wait_for(lambda: third.status.message == "waiting, next in the queue", 5)
    os.kill(first.status.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    wait_for(lambda: third.status.state == "running" and third.candidates())
    assert first.status.state == "crashed" and second.candidates() == [] and fourth.status.state == "queued"
    said = "\n".join(end_all(started.root))
    assert third.status.state == fourth.status.state == "stopped"
    assert f"search of {third.name} (running)" in said and f"search of {fourth.name} (queued)" in said
    assert "2 at work or waiting" in said and standing(started.root) == []
    assert list(end_all(started.root)) == ["nothing was at work"]


def test_a_waiting_runner_has_not_loaded_torch():
    code = "import sys, pnas_kit.runs.runner, pnas_kit.__main__; sys.exit('torch' in sys.modules or 'pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_search_ends_at_its_time_limit_and_goes_on_when_it_is_continued(started):
    Quota(runners=1, hours=2 / 3600).write(started.root)
    run = started()
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "limited", run.status
    assert "time limit" in run.status.error and "is kept" in run.status.error
    kept = run.candidates()
    Quota(runners=1).write(started.root)
    run.start("search")
    wait_for(lambda: len(run.candidates()) > len(kept))
    assert run.candidates()[: len(kept)] == kept


def test_a_full_disk_quota_ends_runs_before_they_work_and_while_they_do(started):
    Quota(disk_gib=1e-4).write(started.root)
    (started.root / "other").mkdir()
    (started.root / "other" / "file").write_bytes(bytes(200_000))
    run = started()
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "limited" and "All runs together take" in run.status.error
    assert run.candidates() == []
    Quota(run_gib=1e-3).write(started.root)
    run.start("search")
    wait_for(lambda: run.candidates())
    (run.path / "grown").write_bytes(bytes(2_000_000))
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "limited" and "This run takes 0.00" in run.status.error


@pytest.mark.parametrize("wrong", [{"runners": 0}, {"hours": 0}, {"disk_gib": -1}, {"run_gib": 0}])
def test_senseless_limits_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Quota(**wrong)


def test_limits_are_kept_in_the_folder_and_a_damaged_file_is_named(tmp_path):
    assert Quota.of(tmp_path) == Quota() and Quota().runners == max(1, quota.cores() // 2)
    wanted = Quota(runners=3, hours=1.5, disk_gib=20)
    wanted.write(tmp_path)
    assert Quota.of(tmp_path) == wanted and wanted.words == "at most 3 at work, 1.5 hours per start, 20 GiB for all runs"
    (tmp_path / quota.FILE).write_text(json.dumps(asdict(wanted) | {"of_a_later_version": 1}))
    assert Quota.of(tmp_path) == wanted
    (tmp_path / quota.FILE).write_text("{")
    with pytest.raises(ValueError, match=r"limits\.json in the folder of runs cannot be read"):
        Quota.of(tmp_path)


def test_the_commands_list_and_end_the_runs_of_a_folder(tmp_path, monkeypatch, capsys):
    run = Run.create(Config(**FIELDS), tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["pnas_kit", *words])
        assert main() == 0
        return capsys.readouterr().out

    assert re.search(rf"1 run,.*limits: {Quota().words}\nnew .*{run.name}", command("runs", "--runs", str(tmp_path)))
    monkeypatch.setenv("PNAS_RUNS", str(tmp_path))
    assert command("stop") == "nothing was at work\n"
    Quota().write(tmp_path / "monday")  # as a server does whose runs are there
    assert f"{tmp_path / 'monday'} is a folder of runs by itself" in command("stop")
    with pytest.raises(SystemExit, match="there is no folder of runs"):
        command("runs", "--runs", str(tmp_path / "nowhere"))
