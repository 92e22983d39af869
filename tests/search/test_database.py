"""The list of trials in a real PostgreSQL server, which is also killed."""

import sys

import optuna
import pytest
from small import PROBLEM, TRIALS, beginning, listed

from pnas_kit.search import SearchError, search
from pnas_kit.search import storages as storages_module
from pnas_kit.search.journal import Transcript, recorded
from pnas_kit.search.storages import StorageError, check_storage, storage_for


def test_a_search_in_a_database_goes_on_as_if_it_had_not_been_stopped(database, small_batches, local_list):
    storage = storage_for(database.address, None)
    found = []
    for stop in (3, 20, 51, 52, 55):
        going = search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=storage)
        found += [next(going) for _ in range(stop - len(found))]
        going.close()
    again = storage_for(database.address, None)
    found += search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=again)
    assert listed(found) == local_list
    assert listed(recorded(again, "search", PROBLEM)) == local_list


def test_the_study_in_the_database_is_an_ordinary_one(database, small_batches):
    found = list(search(PROBLEM, small_batches, trials=25, workers=0, storage=storage_for(database.address, None)))
    study = optuna.load_study(study_name="search", storage=database.address.replace("postgresql", "postgresql+psycopg"))
    assert study.metric_names == list(PROBLEM.objectives)
    assert [t.number for t in study.trials] == list(range(25))
    assert all(t.constraints == c.excess for t, c in zip(study.trials, found, strict=True))
    scored = [(t.values, [c.cost.macs, *c.proxies.values()]) for t, c in zip(study.trials, found, strict=True) if c.feasible]
    assert scored and all(told == meant for told, meant in scored)


def test_a_server_killed_in_mid_search_loses_nothing(database, small_batches, local_list):
    found, storage = [], storage_for(database.address, None)
    with pytest.raises(SearchError, match=r"does not answer .* Every finished trial is kept: see that the database runs"):
        for candidate in search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=storage):
            found.append(candidate)
            if candidate.number == 40:
                database.kill()
    with pytest.raises(StorageError, match=r"cannot be used .*see that it runs"):
        storage_for(database.address, None)
    database.start()
    again = storage_for(database.address, None)
    assert listed(recorded(again, "search", PROBLEM)) == listed(found) == beginning(local_list, 41)
    found += search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=again)
    assert listed(found) == local_list


@pytest.mark.parametrize("address", ["postgresql://me:secret@host/db", "postgresql://me@host/db?password=secret"])
def test_a_password_is_refused_and_not_repeated(address):
    with pytest.raises(ValueError, match=r"set PGPASSWORD or put it into ~/\.pgpass") as caught:
        check_storage(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["sqlite:///x.db", "host/db", "postgresql://host", "postgresql://host/", "mysql://h/d"])
def test_other_addresses_are_refused(address):
    with pytest.raises(ValueError, match="a PostgreSQL address such as"):
        check_storage(address)


@pytest.mark.parametrize("address", ["", "postgresql://me@host/db", "postgresql://host:5432/db?sslmode=require"])
def test_addresses_that_are_taken(address):
    check_storage(address)


def test_without_its_driver_the_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageError, match=r"package `psycopg`.*pip install"):
        storages_module.storage_for("postgresql://me@host/db", None)


def test_a_transcript_is_completed_after_a_kill_and_never_shortened(tmp_path, small_batches):
    found = list(search(PROBLEM, small_batches, trials=20, workers=0))
    path = tmp_path / "candidates.jsonl"
    for candidate in found[:12]:
        Transcript(path).add(candidate)
    reader = Transcript(path)
    path.write_bytes(path.read_bytes()[:-30])  # killed while the twelfth line was being written
    assert listed(reader.candidates()) == listed(found[:11])
    Transcript(path).catch_up(found[:15])
    Transcript(path).add(found[15])
    assert listed(reader.candidates()) == listed(Transcript(path).candidates()) == listed(found[:16])
    with pytest.raises(ValueError, match="the database holds 3 trials of this search, but 16 were found"):
        Transcript(path).catch_up(found[:3])
    assert listed(Transcript(path).candidates()) == listed(found[:16])
