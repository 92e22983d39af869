"""Runs whose work is done by a real Dask cluster and whose search is recorded in a real PostgreSQL server."""

import hashlib
import json
from dataclasses import asdict

import pytest
from test_run import config, finished
from waiting import wait_for

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.runs import Run, away
from pnas_kit.runs.prototype import make_prototype
from pnas_kit.runs.records import Result
from pnas_kit.search import Cluster, search
from pnas_kit.search.journal import journal_storage

TRIALS = 20


def listed(run: Run) -> list[dict]:
    return [{**asdict(candidate), "seconds": 0} for candidate in run.candidates()]


@pytest.fixture(scope="module")
def at_home(tmp_path_factory) -> Run:
    """The search done in this process, recorded in a journal."""
    run = Run.create(config(trials=TRIALS, epochs=3), tmp_path_factory.mktemp("home"))
    storage = journal_storage(run.path / "journal.log")
    for _ in search(run.problem, proxy_batches(load("digits")), trials=TRIALS, workers=0, storage=storage):
        pass
    return run


def timeless(result: Result) -> dict:
    """A result without how long it took, which the report states too."""
    fields = asdict(result) | {"train_seconds": 0.0}
    fields["files"].pop("report.html")
    return fields


def smallest(run: Run):
    return min((c for c in run.candidates() if c.feasible), key=lambda c: c.cost.macs)


def test_a_run_on_a_cluster_and_in_a_database_is_the_run_at_home(start_cluster, database, at_home, tmp_path):
    servers = start_cluster(workers=2)
    run = Run.create(config(trials=TRIALS, executor=servers.address, storage=database.address), tmp_path)
    run.start("search")
    wait_for(lambda: len(run.candidates()) >= 5)
    servers.workers[0].kill()
    database.kill()
    wait_for(lambda: not run.status.alive)
    assert run.status.state == "failed" and "Every finished trial is kept" in run.status.error
    kept = listed(run)
    assert kept == listed(at_home)[: len(kept)] and len(kept) < TRIALS
    run.start("search")
    wait_for(lambda: not run.status.alive)
    assert "cannot be used" in run.status.error and listed(run) == kept
    database.start()
    run.start("search")
    finished(run)
    assert listed(run) == listed(Run(run.path)) == listed(at_home)
    assert not (run.path / "journal.log").exists()
    database.kill()  # whoever looks at the run, or trains, needs no database
    run.pick([smallest(run).number])
    run.start("train")
    finished(run)
    result = run.result(smallest(run).number)
    model = run.file(result.number, "model.tflite").read_bytes()
    assert hashlib.sha256(model).hexdigest() == result.sha256
    assert [epoch.number for epoch in run.epochs(result.number)] == [1, 2]


def test_a_prototype_made_away_is_the_one_made_at_home(start_cluster, at_home, tmp_path, monkeypatch):
    monkeypatch.setattr(away, "STEP_SECONDS", 0.0)  # a step for each epoch
    servers, chosen = start_cluster(workers=1), smallest(at_home)
    run = Run.create(config(epochs=3), tmp_path)
    make_prototype(str(at_home.path), chosen)
    steps = []

    class Watched(Cluster):
        def result(self, future):
            steps.append(len(run.epochs(chosen.number)))
            if len(steps) == 2:  # while the second epoch is under way
                servers.workers.append(servers.add_worker())
                servers.workers[0].kill()
            return super().result(future)

    with Watched(servers.address) as cluster:
        away.make_away(run, chosen, cluster)
    assert steps == [0, 1, 2]
    home, there = at_home.prototype(chosen.number), run.prototype(chosen.number)
    assert {path.name for path in there.iterdir()} == {path.name for path in home.iterdir()}
    for name in ("model.tflite", "quant.npz", "tests.npz"):
        assert (there / name).read_bytes() == (home / name).read_bytes()
    assert timeless(run.result(chosen.number)) == timeless(at_home.result(chosen.number))
    assert len(run.epochs(chosen.number)) == 3


def test_a_password_never_reaches_the_folder(tmp_path):
    with pytest.raises(ValueError, match="may not contain a password"):
        Run.create(config(storage="postgresql://me:secret@host/db"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_where_the_work_is_done_is_recorded(tmp_path):
    made = config(executor="tcp://10.0.0.1:8786", storage="postgresql://me@host/db", lookahead=64)
    run = Run.create(made, tmp_path)
    assert Run(run.path).config == made
    assert json.loads((run.path / "config.json").read_text())["lookahead"] == 64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"executor": "host"}, "executor is empty"),
        ({"storage": "file"}, "storage is empty"),
        ({"lookahead": 0}, "lookahead is at"),
    ],
)
def test_what_cannot_be_reached_is_refused_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        config(**change)
