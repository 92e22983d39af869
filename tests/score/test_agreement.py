"""Agreement of orders against scipy, pair counting and closed forms."""

import numpy as np
import pytest
from scipy import stats

from pnas_kit.score.agreement import interval, partial, resamples, spearman, tau


def columns(seed=0, count=25):
    """Two columns with ties that agree in part."""
    draw = np.random.default_rng(seed)
    first = draw.integers(0, 9, count).astype(float)
    return first, first + draw.integers(-6, 7, count)


def test_the_first_row_is_the_sample_itself():
    first, second = columns()
    counts = resamples(len(first), number=3)
    assert tau(first, second, counts)[0] == pytest.approx(stats.kendalltau(first, second).statistic)
    assert spearman(first, second, counts)[0] == pytest.approx(stats.spearmanr(first, second).statistic)


def test_every_other_row_is_a_resample_written_out():
    first, second = columns(1)
    counts = resamples(len(first), seed=5, number=4)
    assert (counts.sum(axis=1) == len(first)).all()
    for row, a, b in zip(counts, tau(first, second, counts), spearman(first, second, counts), strict=True):
        drawn = np.repeat(np.arange(len(first)), row.astype(int))
        assert a == pytest.approx(stats.kendalltau(first[drawn], second[drawn]).statistic)
        assert b == pytest.approx(stats.spearmanr(first[drawn], second[drawn]).statistic)


def test_within_groups_counts_only_pairs_of_one_group():
    first, second, groups = np.array([1.0, 2, 3, 4]), np.array([10.0, 20, 2, 1]), ["a", "a", "b", "b"]
    assert tau(first, second, np.ones((1, 4)), groups) == pytest.approx([0.0])  # one pair agrees, one does not
    assert tau(first, second, np.ones((1, 4)), ["a", "a", "b", "c"]) == pytest.approx([1.0])


def test_a_missing_value_takes_part_in_no_pair():
    first, second = columns(2)
    with_gap = first.copy()
    with_gap[3] = np.nan
    left = np.delete(np.arange(len(first)), 3)
    expected = stats.kendalltau(first[left], second[left]).statistic
    assert tau(with_gap, second, np.ones((1, len(first)))) == pytest.approx([expected])


def test_a_constant_column_has_no_tau():
    assert np.isnan(tau([1, 1, 1], [1, 2, 3], np.ones((1, 3)))).all()


def test_partial_tau_counts_the_four_fold_table():
    """Kendall's own reading: over pairs, whether x and y agree with z makes a 2 by 2 table; partial tau is its phi."""
    draw = np.random.default_rng(3)
    z = draw.permutation(12).astype(float)
    x, y = z + draw.normal(0, 4, 12), z + draw.normal(0, 4, 12)
    pairs = [(i, j) for i in range(12) for j in range(i)]
    agree = np.array([[(c[i] - c[j]) * (z[i] - z[j]) > 0 for c in (x, y)] for i, j in pairs], dtype=float)
    found = partial(*(stats.kendalltau(a, b).statistic for a, b in ((x, y), (x, z), (y, z))))
    assert found == pytest.approx(np.corrcoef(agree.T)[0, 1])


def test_partial_tau_is_nothing_where_z_explains_all():
    assert partial(0.5 * 0.8, 0.5, 0.8) == pytest.approx(0)
    assert np.isnan(partial(1.0, 1.0, 1.0))


def test_the_interval_covers_the_middle_of_the_resamples():
    assert interval(np.concatenate([[99.0], np.linspace(0, 1, 1001)])) == pytest.approx((0.025, 0.975))
