"""Room on the disk and in memory, told before a phase starts."""

import shutil
from collections import namedtuple
from math import prod

import psutil
import pytest

from pnas_kit.learn.data import card_of
from pnas_kit.runs import Config, Run, RunError, preflight
from pnas_kit.runs.preflight import DATA_COPIES, FOLDER_PER_FLASH, MIB, RUNNER_BYTES, TRIAL_BYTES, WORKER_BYTES

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}
Usage = namedtuple("Usage", "total used free")


def config(**changes):
    return Config(**(FIELDS | changes))


def free(monkeypatch, memory=2**40, disk=2**40):
    monkeypatch.setattr(preflight, "free_memory", lambda: memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(2**41, 0, disk))


def told(tmp_path, settings, phase="search", prototypes=1):
    return preflight.shortages(settings, card_of(settings.data), phase, tmp_path / "not" / "there", prototypes)


def test_where_there_is_room_nothing_is_said(monkeypatch, tmp_path):
    free(monkeypatch)
    assert told(tmp_path, config()) == told(tmp_path, config(), "train") == []


def test_too_many_workers_are_told_with_how_many_fit(monkeypatch, tmp_path):
    one = preflight.need(config(), card_of("digits"), "search")
    free(monkeypatch, memory=one.memory + 2 * one.per_worker)
    assert told(tmp_path, config(workers=3)) == []
    (sentence,) = told(tmp_path, config(workers=4))
    total = (one.memory + 3 * one.per_worker) / MIB
    assert f"4 workers take about {total:,.0f} MiB" in sentence and "Use 3 workers, or close" in sentence


def test_where_not_even_one_worker_fits_no_number_is_advised(monkeypatch, tmp_path):
    free(monkeypatch, memory=RUNNER_BYTES)
    (sentence,) = told(tmp_path, config(workers=1))
    assert "Close other programs" in sentence and "Use" not in sentence


def test_a_training_holds_the_data_in_each_worker_and_a_search_once():
    card = card_of("cifar10")
    array = 4 * (card.train + card.test) * prod(card.shape)
    search, train = (preflight.need(config(data="cifar10"), card, phase) for phase in ("search", "train"))
    assert search.per_worker == WORKER_BYTES["search"]
    assert search.memory == RUNNER_BYTES + WORKER_BYTES["search"] + round(DATA_COPIES["search"] * array)
    assert train.per_worker == WORKER_BYTES["train"] + round(DATA_COPIES["train"] * array)


def test_a_training_needs_no_more_workers_than_prototypes(monkeypatch, tmp_path):
    one = preflight.need(config(), card_of("digits"), "train")
    free(monkeypatch, memory=one.memory)
    assert told(tmp_path, config(workers=8), "train", prototypes=1) == []
    assert "2 workers take" in told(tmp_path, config(workers=8), "train", prototypes=2)[0]


def test_workers_elsewhere_take_nothing_here(monkeypatch, tmp_path):
    free(monkeypatch, memory=preflight.need(config(executor="tcp://10.0.0.1:8786"), card_of("digits"), "train").memory)
    assert told(tmp_path, config(workers=64, executor="tcp://10.0.0.1:8786"), "train", prototypes=64) == []


def test_a_full_disk_is_told_and_no_phase_starts_on_it(monkeypatch, tmp_path):
    run = Run.create(config(trials=1000), tmp_path)
    free(monkeypatch, disk=1000 * TRIAL_BYTES)
    assert told(tmp_path, run.config) == []
    free(monkeypatch, disk=1000 * TRIAL_BYTES - 1)
    assert "disk is too full" in told(tmp_path, run.config)[0]
    with pytest.raises(RunError, match=r"disk is too full: this takes about 3\.9 MiB"):
        run.start("search")
    assert run.status.state == "new" and not (run.path / "runner.log").exists()
    free(monkeypatch, disk=2 * FOLDER_PER_FLASH * run.config.flash_bytes - 1)
    assert "disk is too full" in told(tmp_path, run.config, "train", prototypes=2)[0]


def test_the_limit_of_a_container_counts(monkeypatch, tmp_path):
    monkeypatch.setattr(preflight, "CGROUP", tmp_path)
    available = psutil.virtual_memory().available
    assert preflight.free_memory() > available / 4  # no such file: as on Windows
    (tmp_path / "memory.current").write_text(f"{90 * MIB}\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert preflight.free_memory() > available / 4
    (tmp_path / "memory.max").write_text(f"{100 * MIB}\n")
    assert preflight.free_memory() == 10 * MIB
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {7 * MIB}\n")
    assert preflight.free_memory() == 17 * MIB
