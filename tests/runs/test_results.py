"""The command behind the table of results, on a plan of one small entry."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import results
from results import Entry, complete, read
from results_report import by_validation, lost, of, proposals, report, spread, taught, verdict, written

from pnas_kit.runs import Run

SMALL = Entry(
    data="digits", ram=60_000, flash=200_000, macs=400_000, picks=2, epochs=2, trials=14, bar=(0.001, "made up")
)  # fmt: skip


def test_an_interrupted_table_goes_on_and_what_is_there_is_not_done_again(tmp_path, monkeypatch):
    table = tmp_path / "results.csv"

    def interrupted(row, where, add=results.add):
        add(row, where)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(results, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            complete(SMALL, 0, tmp_path, 2, table)
    (config,) = tmp_path.glob("results/*/*/config.json")
    assert not Run(config.parent).wait(60).alive, "the run goes on by itself"
    (first,) = read(table)
    assert int(first["of"]) == 2 and 0 < float(first["int8_accuracy"]) <= 1 and int(first["epochs"]) == 2
    complete(SMALL, 0, tmp_path, 2, table)
    rows = read(table)
    assert rows[0] == first and len(rows) == 2 and rows[1]["trial"] != first["trial"]
    assert sum("best score" in row["picked"] for row in rows) == 1
    assert len(list(tmp_path.glob("results/*/*/config.json"))) == 1, "one run, gone on with"
    monkeypatch.setattr(results, "searched", None)  # nothing is left to search or train
    complete(SMALL, 0, tmp_path, 2, table)
    assert read(table) == rows
    shown = report([SMALL], rows)
    assert len(of(SMALL, rows)) == 2 and shown.count("| `digits`") == 3
    assert "made up" in shown and "| yes |" in shown
    for row in rows:
        assert f"{100 * float(row['int8_accuracy']):.2f} %" in shown


def test_a_plan_that_asks_for_more_than_it_did_has_all_of_them_made(tmp_path, monkeypatch):
    table = tmp_path / "results.csv"
    complete(replace(SMALL, picks=1), 0, tmp_path / "first", 2, table)
    (alone,) = read(table)
    results.add(other := alone | {"data": "mnist"}, table)
    complete(SMALL, 0, tmp_path / "second", 2, table)
    rows = read(table)
    assert rows[0] == other and [row["of"] for row in rows] == ["1", "2", "2"]
    assert alone["trial"] in {row["trial"] for row in rows[1:]}, "the best score is always among them"
    monkeypatch.setattr(results, "searched", None)
    complete(SMALL, 0, tmp_path, 2, table)
    assert read(table) == rows


def test_rows_of_other_limits_are_another_entrys(tmp_path):
    config = SMALL.config(0, 1)
    row = dict(zip(results.KEY, results.key(config), strict=True))
    assert of(SMALL, [row, row | {"macs_limit": "1"}, row | {"data": "mnist"}]) == [row]


def test_the_plan_states_limits_that_a_run_takes():
    for entry in results.PLAN:
        assert entry.config(0, 1).limits.macs > 0
    assert len({results.key(entry.config(0, 1)) for entry in results.PLAN}) == len(results.PLAN)


def test_a_bar_is_met_by_seed_and_the_spread_is_over_seeds():
    assert verdict(0.9, [0.9]) == "yes" and verdict(0.9, [0.89]) == "no"
    assert verdict(0.9, [0.91, 0.89, 0.9]) == "2 of 3 seeds"
    assert spread([0.5]) == "50.00 %" and spread([0.5, 0.6]) == "55.00 % ± 7.07 (2 seeds)" and spread([]) == ""


def test_of_several_that_are_best_on_the_validation_part_the_mean_counts():
    rows = [
        {"validation_accuracy": judged, "int8_accuracy": found}
        for judged, found in (("1.00000", "0.9"), ("0.99000", "0.99"), ("1.00000", "0.94"))
    ]
    assert by_validation(rows) == pytest.approx(0.92) and by_validation(rows[1:2]) == 0.99


def made_row(trial, int8, large="", picked="proposed", seed="0"):
    return {
        "data": "digits", "seed": seed, "trial": trial, "picked": picked, "int8_accuracy": str(int8), "large_epochs": large,
        "float_accuracy": "0.9",
    }  # fmt: skip


def test_what_the_tables_say_together_is_counted():
    rows = [made_row("1", 0.9, picked="best score"), made_row("2", 0.93), made_row("3", 0.88, seed="1", picked="best score")]
    taught_rows = [made_row("1", 0.91, "30"), made_row("2", 0.92, "30", "best score, proposed")]
    done = [(results.Entry(data="digits"), rows), (results.Entry(data="digits", large_epochs=30), taught_rows)]
    assert "4 of 5 prototypes; it loses -0.80 points" in lost(rows + taught_rows)
    assert "`digits` 1 3 2.00." in lost(rows + taught_rows)
    assert "in 2 of 3 runs of several prototypes, and less than a point behind in 0;" in proposals(done)
    assert "`digits` 0 3.0." in proposals(done)
    assert taught(done) == [
        "The same 2 prototypes of `digits` with a large network to learn from: +0.00 points on average, standard deviation "
        "1.41, 1 of them worse."
    ]


def test_the_page_shows_the_table_as_it_is():
    page = results.PAGE.read_text(encoding="utf-8")
    assert written(page, report(results.PLAN, read())) == page, "python benchmarks/results.py report"
