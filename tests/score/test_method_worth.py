"""What a set of nets is worth, in closed form."""

import math
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from method_worth import LEAST_MACS, MOST_MACS, best_of, worth


def test_worth_is_the_mean_accuracy_over_budgets_even_in_log_macs():
    middle = math.sqrt(LEAST_MACS * MOST_MACS)
    assert worth([(LEAST_MACS, 0.8)]) == pytest.approx(0.8)
    assert worth([(middle, 0.8)]) == pytest.approx(0.4), "half of the budgets afford nothing"
    assert worth([(LEAST_MACS, 0.5), (middle, 0.9)]) == pytest.approx(0.7)
    assert worth([(LEAST_MACS, 0.5), (middle, 0.4)]) == pytest.approx(0.5), "a worse, larger net adds nothing"
    assert worth([(LEAST_MACS / 10, 0.5)]) == pytest.approx(0.5)


def test_the_best_few_are_worth_no_less_than_any_others():
    nets = [(2e4, 0.4), (1e5, 0.7), (3e5, 0.65), (9e5, 0.9), (2e6, 0.91)]
    best = worth(best_of(nets, 2))
    assert best == max(worth([a, b]) for a in nets for b in nets)
    assert len(best_of(nets, 2)) == 2
