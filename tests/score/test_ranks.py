"""Consensus and agreement against closed forms and pair counting."""

import math

import numpy as np
import pytest

from pnas_kit.score import consensus, kendall_table


def test_first_by_all_is_one_and_last_by_all_is_zero():
    found = consensus({"a": [3, 1, 2, 4], "b": [0.2, 0.1, 0.3, 9.0]})
    expected = [(math.log(3) + math.log(2)) / 2 / math.log(4), 0, (math.log(2) + math.log(3)) / 2 / math.log(4), 1]
    assert found == pytest.approx(expected)


def test_only_ranks_matter():
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(2, 30))
    assert np.array_equal(consensus({"a": a, "b": b}), consensus({"a": np.exp(a), "b": 7 * b - 1}))


def test_ties_share_their_mean_rank():
    assert consensus({"a": [5, 5, 1]}) == pytest.approx([math.log(2.5) / math.log(3)] * 2 + [0])


def test_one_bad_rank_costs_more_than_one_good_rank_gives():
    found = consensus({"a": [1, 2, 3], "b": [3, 2, 1]})
    assert found[1] > found[0] == found[2]


def test_small_sets():
    assert consensus({"a": []}).shape == (0,)
    assert consensus({"a": [4.0], "b": [1.0]}) == pytest.approx([1.0])


def tau_b(first, second):
    pairs = [(i, j) for i in range(len(first)) for j in range(i)]
    signs = [(np.sign(first[i] - first[j]), np.sign(second[i] - second[j])) for i, j in pairs]
    untied = [sum(sign[side] != 0 for sign in signs) for side in (0, 1)]
    return sum(a * b for a, b in signs) / math.sqrt(untied[0] * untied[1])


def test_taus_count_pairs():
    draw = np.random.default_rng(1)
    table = {name: draw.integers(0, 6, 25).astype(float) for name in "abc"}
    found = kendall_table(table)
    for i, first in enumerate(table.values()):
        for j, second in enumerate(table.values()):
            assert found[i, j] == pytest.approx(tau_b(first, second))


def test_a_constant_column_agrees_with_nothing():
    found = kendall_table({"a": [1, 2, 3], "b": [1, 1, 1], "c": [3, 2, 1]})
    assert found[0, 2] == -1 and found[0, 0] == 1
    assert np.isnan(found[1]).all() and np.isnan(found[:, 1]).all()


@pytest.mark.parametrize("function", [consensus, kendall_table])
@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "empty table"),
        ({"a": [1, 2], "b": [1]}, "one length"),
        ({"a": [[1, 2]]}, "one length"),
        ({"a": [1, 2], "b": [1, math.nan]}, r"b\[1\] = nan"),
    ],
)
def test_bad_tables_are_refused(function, table, message):
    with pytest.raises(ValueError, match=message):
        function(table)
