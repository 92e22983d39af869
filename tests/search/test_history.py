"""The growing hypervolume against the one measured from the beginning."""

import numpy as np
import pytest

from pnas_kit.search.history import SETTLED, History
from pnas_kit.search.pareto import hypervolume, hypervolume_history, normalise


def cloud(count, dims, seed=0):
    return np.random.default_rng(seed).normal(size=(count, dims)) * 10.0 ** np.arange(dims)


@pytest.mark.parametrize("dims", [2, 3, 5])
def test_each_value_is_the_hypervolume_of_all_points_so_far(dims):
    points, history = cloud(SETTLED + 60, dims), History()
    returned = [history.add(point) for point in points]
    first = points[:SETTLED]
    scaled = (points - first.min(axis=0)) / np.ptp(first, axis=0)
    corner = np.full(dims, 1.1)
    expected = [hypervolume(scaled[: i + 1], corner) / 1.1**dims for i in range(len(points))]
    assert history.values == pytest.approx(expected, rel=1e-9)
    assert returned[SETTLED - 1 :] == history.values[SETTLED - 1 :]


def test_before_the_scale_is_settled_it_is_that_of_the_points_so_far():
    points, history = cloud(20, 4), History()
    for count, point in enumerate(points, 1):
        history.add(point)
        expected = hypervolume_history(normalise(points[:count]), np.full(4, 1.1)) / 1.1**4
        assert history.values == pytest.approx(expected)


def test_what_is_better_than_all_before_counts_and_what_is_beyond_the_reference_does_not():
    history = History()
    for point in cloud(SETTLED, 3):
        history.add(point)
    before = history.values[-1]
    assert history.add([1e6, -1e6, -1e6]) == before
    assert history.add([-1e3, -1e3, -1e3]) > 1


def test_a_constant_objective_and_copies_are_no_trouble():
    history = History()
    for point in cloud(SETTLED + 30, 2):
        history.add([point[0], 5.0, point[1]])
        before = len(history.values)
        assert history.add([point[0], 5.0, point[1]]) == pytest.approx(history.values[before - 1])
    assert np.diff(history.values).min() >= 0


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="leave failed candidates out"):
        History().add([1.0, float("nan")])
