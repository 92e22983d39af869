import shutil

import pytest
from made_runs import TRIALS, config, set_status

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.runs import Run
from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage
from widgets.workbench import Workbench


@pytest.fixture(scope="session")
def searched(tmp_path_factory):
    """A real search of 24 candidates, done in this process."""
    run = Run.create(config(), tmp_path_factory.mktemp("searched"))
    batches = proxy_batches(load("digits"))
    for _ in search(run.problem, batches, trials=TRIALS, workers=0, storage=journal_storage(run.path / "journal.log")):
        pass
    set_status(run, phase="search", state="done", done=TRIALS, total=TRIALS)
    return run.path


@pytest.fixture
def root(tmp_path, monkeypatch):
    folder = tmp_path / "runs"
    folder.mkdir()
    monkeypatch.setenv("PNAS_RUNS", str(folder))
    return folder


@pytest.fixture
def run(searched, root):
    """A copy of the searched run, the only one in the folder of runs."""
    return Run(shutil.copytree(searched, root / searched.name))


@pytest.fixture
def workbench(root):
    made = Workbench()
    yield made
    made.close()
