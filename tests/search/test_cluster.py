"""The search on other executors than its own: a real Dask scheduler with workers that are killed, threads."""

import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers import ROOT
from small import PROBLEM, TRIALS, beginning, listed
from waiting import wait_for

from pnas_kit.search import Cluster, ClusterError, SearchError, executors, search
from pnas_kit.search.executors import check_address, fingerprint
from pnas_kit.search.journal import Journal, journal_storage


def test_a_killed_worker_costs_nothing_and_the_list_is_the_local_one(start_cluster, small_batches, local_list, tmp_path):
    servers = start_cluster(workers=2)
    storage = journal_storage(tmp_path / "journal")
    with Cluster(servers.address) as cluster:
        wait_for(lambda: cluster._workers() == 2)
        found = []
        for candidate in search(PROBLEM, small_batches, trials=TRIALS, executor=cluster, storage=storage):
            found.append(candidate)
            if candidate.number == 20:
                servers.workers[0].kill()
        assert cluster._workers() == 1
        opened = "__import__('pnas_kit.search.executors', fromlist=['shared']).shared.cache_info().misses"
        assert list(cluster._client.run(eval, opened).values()) == [1]  # the problem and its batches
    assert listed(found) == local_list
    assert listed(Journal(tmp_path / "journal", PROBLEM).candidates()) == local_list


def test_without_any_worker_or_scheduler_the_search_ends_in_words_and_goes_on_later(
    start_cluster, small_batches, local_list, tmp_path, monkeypatch
):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 3)
    servers, path, kept = start_cluster(workers=1), tmp_path / "journal", []
    with Cluster(servers.address, patience=1) as cluster:
        for last, victim, words in ((20, "workers", "has had no worker for 1 s"), (40, "scheduler", "")):
            with pytest.raises(SearchError, match=rf"{words}.*Everything finished is kept: start its scheduler and workers"):
                for candidate in search(
                    PROBLEM, small_batches, trials=TRIALS, executor=cluster, storage=journal_storage(path)
                ):
                    if candidate.number == last:
                        (servers.workers[0] if victim == "workers" else servers.scheduler).kill()
            kept = Journal(path, PROBLEM).candidates()
            assert last < len(kept) < TRIALS and listed(kept) == beginning(local_list, len(kept))
            servers.workers.append(servers.add_worker())
    kept += search(PROBLEM, small_batches, trials=TRIALS, workers=0, storage=journal_storage(path))
    assert listed(kept) == local_list


def test_a_worker_with_another_source_is_refused(start_cluster, tmp_path):
    shutil.copytree(ROOT / "pnas_kit", tmp_path / "pnas_kit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with (tmp_path / "pnas_kit" / "paths.py").open("a") as file:
        file.write("# changed\n")
    servers = start_cluster(workers=0)
    servers.workers.append(servers.add_worker(PYTHONPATH=str(tmp_path)))
    with pytest.raises(ClusterError, match=r"source of pnas_kit is \w{12}, here \w{12}\. Install the same versions there"):
        Cluster(servers.address)


def test_a_worker_that_joins_late_with_another_version_refuses_its_tasks():
    ours = fingerprint()
    assert executors._perform(ours, len, "four") == 4
    with pytest.raises(ClusterError, match=rf"torch is {re.escape(ours['torch'])}, here 1\.0"):
        executors._perform({**ours, "torch": "1.0"}, len, "four")


def test_a_cluster_that_is_not_there_is_named(monkeypatch, start_cluster):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1: start it"):
        Cluster("tcp://127.0.0.1:1")
    servers = start_cluster(workers=0)
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 10)
    with pytest.raises(ClusterError, match="has had no worker for 0 s"):
        Cluster(servers.address, patience=0.1)


def test_without_dask_the_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"package `distributed`.*pip install"):
        Cluster("tcp://127.0.0.1:8786")


@pytest.mark.parametrize("address", ["", "tcp://host:8786", "tls://a.b.c:1", "tcp://10.0.0.1:8786", "tcp://[::1]:8786"])
def test_addresses_that_are_taken(address):
    check_address(address)


@pytest.mark.parametrize(
    "address", ["host", "host:8786", "http://host:80", "tcp://host", "tcp://a b:1", "tcp://host:8786/x"]
)
def test_addresses_that_are_refused(address):
    with pytest.raises(ValueError, match=r"a Dask scheduler such as 'tcp://host:8786', got"):
        check_address(address)


def test_any_executor_will_do(small_batches, local_list):
    with ThreadPoolExecutor(2) as threads:
        assert listed(search(PROBLEM, small_batches, trials=20, executor=threads)) == beginning(local_list, 20)


def test_the_lookahead_and_not_the_workers_decides_what_is_found(small_batches, local_list):
    few = listed(search(PROBLEM, small_batches, trials=TRIALS, workers=0, lookahead=4))
    with ThreadPoolExecutor(2) as threads:
        assert listed(search(PROBLEM, small_batches, trials=TRIALS, executor=threads, lookahead=4)) == few
    assert few != local_list


def test_the_digest_is_of_every_source_file():
    files = sorted(Path(executors.__file__).parents[1].rglob("*.py"))
    assert {"engine.py", "proxies.py", "estimate.py", "net.py"} <= {path.name for path in files}
    assert (
        fingerprint()["source of pnas_kit"]
        == __import__("hashlib").sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    )
