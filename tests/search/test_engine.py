import multiprocessing
import os
import subprocess
import sys
import time
from dataclasses import replace

import deadly
import numpy as np
import optuna
import pytest

from pnas_kit.cost import boards
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import Limits, Problem, SearchError, evaluate, front, pool, propose, search
from pnas_kit.search.journal import Journal, journal_storage
from pnas_kit.search.ledger import Ledger
from pnas_kit.space import Arch

TRIALS = 70
"""More than one generation of the sampler, so that parents and crossover have their say."""

LIMITS = {"ram_bytes": 40_000, "flash_bytes": 100_000, "macs": 400_000}


def problem(**limits) -> Problem:
    return Problem(input_shape=(8, 8, 1), classes=10, board=boards()["nano-33-ble"], limits=Limits(**(LIMITS | limits)))


@pytest.fixture(scope="module")
def batches():
    return proxy_batches(load("digits"), size=16)


@pytest.fixture(scope="module")
def expected(batches):
    return known(search(problem(), batches, trials=TRIALS, workers=0))


def known(candidates) -> list:
    """What must be the same in two searches; only the seconds may differ."""
    return [(c.number, c.arch, c.cost, c.proxies, c.excess, c.reason) for c in candidates]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_same_list_to_the_byte_whatever_the_number_of_workers(batches, expected, workers):
    found = list(search(problem(), batches, trials=TRIALS, workers=workers))
    assert written(known(found)) == written(expected)
    assert chosen(found) == chosen(list(search(problem(), batches, trials=TRIALS, workers=0)))


def written(rows: list) -> bytes:
    """A list of trials as text to the last digit: `repr` of a float names exactly that float."""
    return repr(rows).encode()


def chosen(candidates: list) -> list[int]:
    return [c.number for c in propose(candidates, problem(), 5)]


def test_another_seed_gives_other_candidates(batches, expected):
    assert known(search(problem(), batches, trials=5, seed=1, workers=0)) != expected[:5]


def test_a_stopped_search_goes_on_as_if_it_had_not_been(tmp_path, batches, expected):
    first = search(problem(), batches, trials=TRIALS, workers=0, storage=journal_storage(tmp_path / "journal"))
    found = known(next(first) for _ in range(31))
    first.close()
    found += known(search(problem(), batches, trials=TRIALS, workers=0, storage=journal_storage(tmp_path / "journal")))
    assert written(found) == written(expected)
    recorded = Journal(tmp_path / "journal", problem()).candidates()
    assert written(known(recorded)) == written(expected)
    assert chosen(recorded) == chosen(list(search(problem(), batches, trials=TRIALS, workers=0)))


def test_a_trial_killed_between_two_parameters_is_completed_alike(tmp_path, batches, expected):
    """Drop the last lines of the journal one by one, as a kill at that moment would, and go on each time."""
    path = tmp_path / "journal"
    first = search(problem(), batches, trials=TRIALS, workers=0, storage=journal_storage(path))
    for _ in range(52):
        next(first)
    first.close()
    lines = path.read_bytes().splitlines(keepends=True)
    for dropped in (1, 4, 9, 14, 19):
        path.write_bytes(b"".join(lines[:-dropped]))
        found = Journal(path, problem()).candidates()
        found += search(problem(), batches, trials=60, workers=0, storage=journal_storage(path))
        assert known(found) == expected[:60]


KILLED = """
import sys
from test_engine import *
if __name__ == "__main__":
    for c in search(problem(), proxy_batches(load("digits"), size=16), trials=TRIALS, workers=2,
                    storage=journal_storage(sys.argv[1])):
        print(c.number, flush=True)
"""


def test_kill_9_loses_no_finished_trial_and_leaves_no_worker(tmp_path, batches, expected):
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    env = os.environ | {"PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path])}
    path = tmp_path / "journal"
    process = subprocess.Popen([sys.executable, script, path], stdout=subprocess.PIPE, env=env, text=True)
    for line in process.stdout:
        if int(line) == 20:
            break
    workers = children(process.pid)
    process.kill()
    process.wait()
    assert len(workers) >= 2
    (tmp_path / "journal.lock").unlink(missing_ok=True)
    kept = known(Journal(path, problem()).candidates())
    assert len(kept) >= 21 and kept == expected[: len(kept)]
    rest = list(search(problem(), batches, trials=TRIALS, workers=2, storage=journal_storage(path)))
    assert written(kept + known(rest)) == written(expected)
    assert chosen(Journal(path, problem()).candidates()) == chosen(
        list(search(problem(), batches, trials=TRIALS, workers=0))
    )
    deadline = time.monotonic() + 10
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_running, workers))


def children(pid: int) -> list:
    import psutil

    return psutil.Process(pid).children(recursive=True)


def is_running(process) -> bool:
    import psutil

    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_dead_workers_do_not_end_the_search_nor_change_it(batches, expected):
    found, rows = search(problem(), batches, trials=TRIALS, workers=2), []
    for candidate in found:
        rows.append(candidate)
        if candidate.number in (3, 20):
            for child in multiprocessing.active_children():
                child.kill()
    assert written(known(rows)) == written(expected)


def test_a_trial_that_ends_its_process_fails_alone(tmp_path, batches, expected, monkeypatch):
    monkeypatch.setattr(pool, "_evaluate_held", deadly.fifth)
    stored = journal_storage(tmp_path / "journal")
    found = list(search(problem(), batches, trials=12, workers=2, storage=stored))
    assert found[5].failed and "process ended" in found[5].reason
    assert known(found)[:5] == expected[:5] and [c.failed for c in found].count(True) == 1 and len(found) == 12
    assert known(Journal(tmp_path / "journal", problem()).candidates()) == known(found)


def test_where_every_process_ends_the_search_says_so_and_can_go_on(tmp_path, batches, expected, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(pool, "_evaluate_held", deadly.from_second_on)
        found = search(problem(), batches, trials=TRIALS, workers=1, storage=journal_storage(tmp_path / "journal"))
        with pytest.raises(SearchError, match="Every finished trial is kept"):
            list(found)
    kept = Journal(tmp_path / "journal", problem()).candidates()
    assert known(kept)[:2] == expected[:2] and [c.failed for c in kept] == [False, False, True, True]
    found = search(problem(), batches, trials=6, workers=1, storage=journal_storage(tmp_path / "journal"))
    assert [c.number for c in found] == [4, 5]


def test_only_candidates_within_every_limit_are_scored(expected, batches):
    some = {"feasible": 0, "over": 0, "shape": 0}
    for _, _, cost, proxies, excess, reason in expected:
        fits = cost is not None and all(getattr(cost, name) <= limit for name, limit in LIMITS.items())
        assert (proxies is not None) == fits == (reason is None) == all(v <= 0 for v in excess.values())
        if cost is not None:
            assert {n: pytest.approx(getattr(cost, n) / limit - 1) for n, limit in LIMITS.items()} == excess
        some["feasible" if fits else "shape" if cost is None else "over"] += 1
    assert all(some.values()), some


def test_a_failing_proxy_is_a_recorded_error_and_never_a_number(monkeypatch, batches):
    import pnas_kit.score

    real, calls = pnas_kit.score.score, []

    def now_and_then(*arguments):
        calls.append(1)
        if len(calls) % 2:
            raise ArithmeticError("meco of g0b0 is not finite")
        return real(*arguments)

    monkeypatch.setattr(pnas_kit.score, "score", now_and_then)
    storage = optuna.storages.InMemoryStorage()
    found = list(search(problem(), batches, trials=20, workers=0, storage=storage))
    failed = [c for c in found if c.failed]
    assert failed and all(c.proxies is None and "not finite" in c.reason for c in failed)
    states = [t.state.name for t in storage.get_all_trials(0)]
    assert [c.failed for c in found] == [state == "FAIL" for state in states]


def test_constraints_reach_the_sampler(tmp_path, batches):
    storage = journal_storage(tmp_path / "journal")
    list(search(problem(), batches, trials=10, workers=0, storage=storage))
    study = optuna.load_study(study_name="search", storage=storage)
    assert study.metric_names == ["macs", "meco", "zico", "naswot", "snip"]
    assert all(t.constraints for t in study.trials)
    best = {t.number for t in study.best_trials}
    assert best <= {c.number for c in Journal(tmp_path / "journal", problem()).candidates() if c.feasible}


def test_an_evaluation_does_not_depend_on_the_threads_around_it(expected, batches):
    import torch

    number, arch, *_ = next(row for row in expected if row[3] is not None)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        again = evaluate(number, arch, problem(), batches)
        assert torch.get_num_threads() == 2
    finally:  # or every later test would have two
        torch.set_num_threads(before)
    assert again.proxies == expected[number][3]


def test_limits_are_positive():
    with pytest.raises(ValueError, match="macs is above 0"):
        problem(macs=0)


def test_the_ledger_reads_back_what_was_asked():
    ledger = Ledger(problem(), seed=3)
    numbers, archs = zip(*(ledger.ask() for _ in range(5)), strict=True)
    assert numbers == (0, 1, 2, 3, 4)
    assert len(set(archs)) == 5 and all(isinstance(a, Arch) for a in archs)


def test_any_cost_and_any_proxies_are_objectives(tmp_path, batches):
    others = replace(problem(), costs=("flash_bytes", "latency_ms"), proxies=("synflow", "params", "macs"))
    storage = journal_storage(tmp_path / "journal")
    found = list(search(others, batches, trials=20, workers=0, storage=storage))
    best = front(found, others)
    assert best and {c.number for c in propose(found, others, 3)} <= {c.number for c in best}
    study = optuna.load_study(study_name="search", storage=storage)
    assert study.metric_names == ["flash_bytes", "latency_ms", "synflow", "params", "macs"]
    assert {t.number for t in study.best_trials} == {c.number for c in best}
    for c in best:
        assert study.trials[c.number].values == [c.cost.flash_bytes, c.cost.latency_ms, *c.proxies.values()]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"costs": ("accuracy",)}, r"out of .*'macs'.* got \['accuracy'\]"),
        ({"proxies": ("macs",)}, "each only once"),
        ({"costs": (), "proxies": ()}, "at least one objective"),
    ],
)
def test_objectives_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        replace(problem(), **settings)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x, y: (x * np.float32(np.nan), y), "batch 1: expected finite values"),
        (lambda x, y: (x, y + 10), "batch 1: expected 16 int64 labels 0 to 9, got .* from 10 to 19"),
        (lambda x, y: (x, y[:-1]), "batch 1: expected 16 int64 labels"),
        (lambda x, y: (np.repeat(x[:8], 2, 0), y), "batch 1: expected samples that differ"),
        (lambda x, y: (x[:1], y[:1]), "batch 1: expected float32 of 2 or more"),
        (lambda x, y: (x[:, :4], y), r"batch 1: .* \(8, 8, 1\), got float32 \(16, 4, 8, 1\)"),
    ],
)
def test_batches_that_no_net_can_be_scored_on_are_refused_before_the_first_trial(batches, spoil, message):
    storage = optuna.storages.InMemoryStorage()
    with pytest.raises(ValueError, match=message):
        next(search(problem(), [batches[0], spoil(*batches[1])], workers=0, storage=storage))
    assert not storage.get_all_studies()


UNGUARDED = """
import numpy as np
from pnas_kit.cost import boards
from pnas_kit.search import Limits, Problem, search

random = np.random.default_rng(0)
batches = [(random.normal(size=(32, 32, 32, 3)).astype("float32"), np.arange(32) % 10) for _ in range(2)]
board = boards()["nano-33-ble"]
problem = Problem(input_shape=(32, 32, 3), classes=10, board=board, limits=Limits.of(board), proxies=("naswot",))
print(len(list(search(problem, batches, trials=4, workers=1))))
"""


def test_a_script_whose_workers_cannot_start_ends_and_says_why(tmp_path):
    """Batches larger than a pipe holds were waited for without an end."""
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED, encoding="utf-8")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1 and "to stand below `if __name__ == '__main__':`" in ended.stderr
    guarded = UNGUARDED.replace("print(", "if __name__ == '__main__':\n    print(")
    script.write_text(guarded, encoding="utf-8")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "4\n"), ended.stderr
