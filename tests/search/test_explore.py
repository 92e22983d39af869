"""The short way in, and the table of what comes out."""

import numpy as np
import pandas as pd
import pytest

from pnas_kit import Limits, Problem, boards, explore, frame, load, propose, proxy_batches
from pnas_kit.learn.data import DataError
from pnas_kit.search import front, search

TRIALS = 24


@pytest.fixture(scope="module")
def found():
    return list(explore("digits", "nano-33-ble", trials=TRIALS, seed=3, workers=0))


def test_the_short_way_finds_what_the_long_one_finds(found):
    data, board = load("digits"), boards()["nano-33-ble"]
    problem = Problem.of(data.card, board, Limits.of(board), seed=3)
    long = list(search(problem, proxy_batches(data, seed=3), trials=TRIALS, seed=3, workers=0))
    same = [c.to_record() | {"seconds": 0} for c in long]
    assert [c.to_record() | {"seconds": 0} for c in found] == same
    assert [c.arch for c in found] == [c.arch for c in long]
    assert explore("digits", seed=3).problem == problem
    assert [c.number for c in propose(found, problem, 3)] == [c.number for c in propose(long, problem, 3)]


def test_the_line_tells_how_far_it_is_and_changes_nothing(found, capfd):
    told = list(explore("digits", trials=TRIALS, seed=3, workers=0, progress=True))
    assert [c.arch for c in told] == [c.arch for c in found]
    line = capfd.readouterr().err
    assert f"{TRIALS}/{TRIALS}" in line and f"{sum(c.feasible for c in found)} fit" in line and "nets/s" in line


def test_the_frame_has_a_row_for_each_candidate_with_its_own_figures(found):
    table = frame(found)
    assert list(table.index) == list(range(TRIALS)) and table.index.name == "number"
    assert 0 < table["feasible"].sum() < TRIALS
    for c in found:
        row = table.loc[c.number]
        assert (row["family"], row["words"], row["feasible"]) == (c.arch.family, c.arch.words, c.feasible)
        for name in ("macs", "params", "ram_bytes", "flash_bytes", "latency_ms"):
            assert np.isnan(row[name]) if c.cost is None else row[name] == getattr(c.cost, name)
        for name in ("meco", "zico", "naswot", "snip"):
            assert row[name] == c.proxies[name] if c.feasible else np.isnan(row[name])
        assert row["reason"] == (c.reason or "") and (row["reason"] == "") == c.feasible
    fit = [c for c in found if c.feasible]
    assert table.loc[[c.number for c in fit], "score"].tolist() == [c.score for c in fit]
    assert table["score"].notna().sum() == len(fit)


def test_the_frame_marks_the_front_of_macs_and_all_proxies(found):
    board = boards()["nano-33-ble"]
    problem = Problem.of(load("digits").card, board, Limits.of(board))
    on_front = frame(found).query("on_front").index
    assert list(on_front) == [c.number for c in front(found, problem)]
    fit = [c for c in found if c.feasible]
    beaten = next(c for c in fit if c.number not in set(on_front))
    assert any(
        o.cost.macs <= beaten.cost.macs and all(o.proxies[n] >= beaten.proxies[n] for n in o.proxies)
        for o in fit
        if o is not beaten
    )


def test_a_frame_of_nothing_and_one_without_fits_have_the_columns(found):
    misfits = [c for c in found if not c.feasible]
    for table in (frame([]), frame(misfits)):
        assert {"family", "macs", "score", "on_front", "reason"} <= set(table.columns)
        assert not table["on_front"].any()
    assert isinstance(frame(misfits), pd.DataFrame) and len(frame(misfits)) == len(misfits)


def test_what_cannot_be_is_told_at_once():
    with pytest.raises(ValueError, match="the smallest needs"):
        explore("digits", limits=Limits(ram_bytes=2048, flash_bytes=2**20, macs=10**7))
    with pytest.raises(ValueError, match=r"board is one of .*nano-33-ble.* got 'uno'"):
        explore("digits", "uno")
    with pytest.raises(DataError, match="imagenet"):
        explore("imagenet")
