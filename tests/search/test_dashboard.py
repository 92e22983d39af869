"""The list of trials as optuna-dashboard, a program of others, shows it."""

import json
import subprocess
import sys
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
from servers import free_port
from small import PROBLEM
from waiting import wait_for

from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage
from pnas_kit.search.storages import storage_for

pytestmark = pytest.mark.skipif(find_spec("optuna_dashboard") is None, reason="optuna-dashboard is not installed")


def shown(storage: str) -> dict:
    """What the dashboard's page and its interface say about the one study in a storage."""
    port = free_port()
    program = Path(sys.executable).with_name("optuna-dashboard")
    process = subprocess.Popen([program, storage, "--port", str(port)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port))
        (study,) = json.loads(read(port, "api/studies"))["study_summaries"]
        assert b"<title>Optuna Dashboard</title>" in read(port, "dashboard/")
        return study | json.loads(read(port, f"api/studies/{study['study_id']}"))
    finally:
        process.kill()
        process.wait()


def read(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
        return answer.read()


def answers(port: int) -> bool:
    try:
        return bool(read(port, "dashboard/"))
    except OSError:
        return False


def same(study: dict, found: list) -> None:
    assert study["objective_names"] == ["macs", "naswot"]
    assert [trial["number"] for trial in study["trials"]] == [c.number for c in found]
    values = {trial["number"]: trial["values"] for trial in study["trials"]}
    for c in found:
        assert not c.feasible or values[c.number] == [c.cost.macs, c.proxies["naswot"]]


def test_it_opens_the_journal(tmp_path, small_batches):
    path = tmp_path / "journal.log"
    found = list(search(PROBLEM, small_batches, trials=24, workers=0, storage=journal_storage(path)))
    same(shown(str(path)), found)


def test_it_opens_the_database(database, small_batches):
    storage = storage_for(database.address, None)
    found = list(search(PROBLEM, small_batches, trials=24, workers=0, storage=storage))
    same(shown(database.address.replace("postgresql", "postgresql+psycopg")), found)
