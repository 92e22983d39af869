"""The one candidate for a budget, from made-up candidates."""

from dataclasses import replace

import numpy as np
import pytest

from pnas_kit.cost import Cost
from pnas_kit.search import Candidate, best_under

KIB = 1024


def made(number, score, ram=10, flash=20, macs=1_000_000, latency=5.0, energy=None):
    """A candidate of so many KiB, MACs and milliseconds; one without a score does not fit the board."""
    sizes = {"arena_bytes": 1, "ram_bytes": round(ram * KIB), "flash_bytes": round(flash * KIB)}
    cost = Cost(macs=macs, params=1, latency_ms=latency, energy_mj=energy, **sizes)
    proxies = None if score is None else {"zico": score}
    return Candidate(number=number, arch=None, cost=cost, proxies=proxies, score=score)


FOUND = [
    made(0, 1.0, ram=10, flash=20),
    made(1, 2.0, ram=30, flash=20),
    made(2, 3.0, ram=30, flash=52),
    made(3, 4.0, ram=90, flash=90, latency=50.0),
    made(4, None, ram=1, flash=1),
    made(5, 1.5, ram=31, flash=20, latency=9.0),
]


def test_the_best_score_within_a_budget_and_what_the_next_would_need():
    found = best_under(FOUND, ram_bytes=64 * KIB, flash_bytes=40 * KIB, latency_ms=10)
    assert found.candidate.number == 1 and found.judged_by == "score" and found.value == 2.0 and found.within == 3
    assert found.better.number == 2 and found.lacks == {"flash_bytes": 12 * KIB}
    assert found.reason == (
        "Highest score, 2.00, of the 3 that need at most 64.0 KiB of RAM, 40.0 KiB of flash and 10.0 ms of estimated "
        "latency; the next better one, 2 (score 3.00), needs 12.0 KiB more flash."
    )


def test_verified_accuracy_outranks_every_score():
    found = best_under(FOUND, ram_bytes=64 * KIB, accuracies={0: 0.97, 5: 0.91, 3: 0.99})
    assert found.candidate.number == 0 and found.judged_by == "accuracy" and found.value == 0.97
    assert found.reason.startswith("Highest verified accuracy, 97.0 %, of the 2 trained among the 4 that need")
    assert "outranks every score" in found.reason and found.reason.endswith("3 (99.0 %), needs 26.0 KiB more RAM.")
    alone = best_under(FOUND, ram_bytes=64 * KIB, accuracies={5: 0.91})
    assert alone.candidate.number == 5 and "only one trained" in alone.reason
    outside = best_under(FOUND, ram_bytes=64 * KIB, accuracies={3: 0.99})
    assert outside.candidate.number == 2 and outside.judged_by == "score"


def test_without_a_budget_the_best_of_all():
    found = best_under(FOUND)
    assert found.candidate.number == 3 and found.better is None and found.lacks == {}
    assert found.reason == "Highest score, 4.00, of all 5 that fit the board; no other one is better, with any budget."


def test_a_budget_that_nothing_meets_names_the_nearest():
    found = best_under(FOUND, ram_bytes=5 * KIB, latency_ms=4)
    assert found.candidate is None and found.within == 0
    assert found.reason == (
        "None of the 5 meets this budget; the nearest, 0, needs 10.0 KiB of RAM and 5 ms of estimated latency."
    )
    assert "not known for this board" in best_under(FOUND, energy_mj=1.0).reason
    assert "search first" in best_under([FOUND[4]], ram_bytes=1).reason


def test_the_cheaper_one_of_equals_wins_in_any_order():
    twins = [made(0, 1.0, macs=200), made(1, 1.0, macs=100), made(2, 1.0, macs=100)]
    assert best_under(twins).candidate.number == best_under(twins[::-1]).candidate.number == 1


def test_it_agrees_with_a_plain_search_on_many_budgets():
    draw = np.random.default_rng(3)
    some = [made(n, float(s), ram=r, flash=f) for n, (s, r, f) in enumerate(draw.uniform(1, 100, (80, 3)))]
    some += [replace(c, number=80 + c.number, proxies=None, score=None) for c in some]
    for ram, flash in draw.uniform(1, 100, (50, 2)) * KIB:
        fit = [c for c in some if c.feasible and c.cost.ram_bytes <= ram and c.cost.flash_bytes <= flash]
        found = best_under(some, ram_bytes=ram, flash_bytes=flash)
        assert found.candidate == max(fit, key=lambda c: c.score, default=None) and found.within == len(fit)
        if found.better:
            assert found.better.score > found.value and found.better not in fit and found.lacks


def test_a_limit_below_zero_is_refused():
    with pytest.raises(ValueError, match="ram_bytes is above 0, got 0"):
        best_under(FOUND, ram_bytes=0)
