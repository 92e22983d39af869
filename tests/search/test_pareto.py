"""Fronts, hypervolume and selection against closed forms, enumeration and counting."""

import itertools
import math

import numpy as np
import pytest

from pnas_kit.search.pareto import hypervolume, hypervolume_history, kept, non_dominated, normalise, select
from pnas_kit.search.subset import greedy


def sphere(n, d, seed):
    """A front: points on the part of a sphere that faces the origin."""
    points = np.abs(np.random.default_rng(seed).normal(size=(n, d)))
    return 1 - points / np.linalg.norm(points, axis=1, keepdims=True)


def clouds(sizes=range(1, 13), dims=range(1, 6)):
    """Small sets with and without ties, copies and constant columns."""
    for n, d in itertools.product(sizes, dims):
        draw = np.random.default_rng(100 * n + d)
        yield draw.random((n, d))
        yield draw.integers(0, 4, (n, d)).astype(float)


def union_volume(points, reference):
    """Volume of a union of boxes by inclusion and exclusion over all subsets."""
    total = 0.0
    for size in range(1, len(points) + 1):
        for subset in itertools.combinations(points, size):
            total -= (-1) ** size * np.prod(np.clip(reference - np.max(subset, axis=0), 0, None))
    return total


def cells(points, side):
    """Hypervolume of integer points by counting the unit cells of [0, side]^d that a point dominates."""
    corners = itertools.product(range(side), repeat=points.shape[1])
    return sum(any(all(p <= c for p, c in zip(point, corner, strict=True)) for point in points) for corner in corners)


# Fronts


def test_non_dominated_equals_the_definition():
    for points in clouds(sizes=(1, 2, 3, 5, 9, 30)):
        expected = [not any((q <= p).all() and (q < p).any() for q in points) for p in points]
        assert non_dominated(points).tolist() == expected


@pytest.mark.parametrize("d", [2, 3, 5])
def test_non_dominated_of_more_points_than_a_block(d):
    points = np.random.default_rng(d).random((1500, d)).round(2)
    less = (points[None] <= points[:, None]).all(2) & (points[None] < points[:, None]).any(2)
    assert np.array_equal(non_dominated(points), ~less.any(1))
    assert non_dominated(sphere(1500, d, d)).all()


def test_copies_of_a_front_point_are_all_on_the_front():
    assert non_dominated([[1, 2], [1, 2], [2, 1], [2, 2]]).tolist() == [True, True, True, False]


def test_no_points_have_no_front():
    assert non_dominated(np.zeros((0, 3))).shape == non_dominated([]).shape == (0,)


def test_normalise_spans_the_set():
    points = np.array([[2.0, -1, 7], [4, 3, 7], [3, 1, 7]])
    assert normalise(points).tolist() == [[0, 0, 0], [1, 1, 0], [0.5, 0.5, 0]]


# Hypervolume


@pytest.mark.parametrize("d", range(1, 7))
def test_hypervolume_of_one_and_two_points(d):
    a, b = np.arange(d) / 10, np.arange(d)[::-1] / 10
    one, both = np.prod(1 - a), np.prod(1 - np.maximum(a, b))
    assert hypervolume([a], np.ones(d)) == pytest.approx(one)
    assert hypervolume([a, b], np.ones(d)) == pytest.approx(np.prod(1 - a) + np.prod(1 - b) - both)


def test_hypervolume_equals_inclusion_and_exclusion():
    for points in clouds(sizes=(1, 2, 4, 7, 10)):
        for corner in (1.1, 0.5, 3.5):
            reference = np.full(points.shape[1], corner)
            assert hypervolume(points, reference) == pytest.approx(union_volume(points, reference), abs=1e-9)


@pytest.mark.parametrize(("n", "d", "side"), [(40, 2, 30), (40, 3, 12), (40, 4, 7), (60, 5, 5), (30, 6, 4)])
def test_hypervolume_equals_counted_cells(n, d, side):
    points = np.random.default_rng(n + d).integers(0, side, (n, d))
    assert hypervolume(points, np.full(d, side)) == pytest.approx(cells(points, side))


@pytest.mark.parametrize(("n", "d"), [(300, 2), (150, 3), (100, 4), (60, 5)])
def test_hypervolume_equals_another_solver(n, d):
    solver = pytest.importorskip("optuna._hypervolume").compute_hypervolume
    points, reference = sphere(n, d, 0), np.full(d, 1.1)
    assert hypervolume(points, reference) == pytest.approx(solver(points, reference), rel=1e-10)


def test_points_beyond_the_reference_count_nothing():
    assert hypervolume([[0.5, 0.5, 0.5], [0.1, 0.1, 1.0], [0.1, 2, 0.1]], [1, 1, 1]) == pytest.approx(0.125)
    assert hypervolume([[2.0, 2.0]], [1, 1]) == hypervolume(np.zeros((0, 3)), [1, 1, 1]) == 0


def test_hypervolume_does_not_depend_on_order_of_points_or_objectives():
    points = sphere(40, 5, 1)
    points[::4] = points[::4].round(1)
    draw = np.random.default_rng(0)
    for _ in range(5):
        shuffled = draw.permutation(points)[:, draw.permutation(5)]
        assert hypervolume(shuffled, np.full(5, 1.1)) == pytest.approx(hypervolume(points, np.full(5, 1.1)), rel=1e-12)


def test_history_is_the_hypervolume_of_every_beginning():
    for points in clouds(sizes=(1, 5, 12), dims=range(1, 6)):
        reference = np.full(points.shape[1], 1.5)
        expected = [hypervolume(points[: i + 1], reference) for i in range(len(points))]
        assert hypervolume_history(points, reference) == pytest.approx(expected, abs=1e-9)
    assert hypervolume_history(np.zeros((0, 2)), [1, 1]).shape == (0,)


# Selection


def front_of(points):
    return np.unique(points[non_dominated(points)], axis=0)


def value(front, chosen, reference=1.1):
    return hypervolume(normalise(front)[list(chosen)], np.full(front.shape[1], reference))


def best_value(front, k, forced=()):
    subsets = itertools.combinations(range(len(front)), min(k, len(front)))
    return max(value(front, subset) for subset in subsets if set(forced) <= set(subset))


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("keep_extremes", [True, False])
def test_in_two_objectives_the_choice_is_the_best_of_all(k, keep_extremes):
    for seed in range(25):
        front = front_of(np.random.default_rng(seed).random((60, 2)) if seed % 2 else sphere(11, 2, seed))
        forced = {0, len(front) - 1} if keep_extremes and k >= 2 else ()
        found = select(front, k, keep_extremes=keep_extremes)
        assert len(found) == min(k, len(front))
        assert value(front, found) == pytest.approx(best_value(front, k, forced))


def chain_value(scaled, k):
    """Best 2-D hypervolume of k points by the recurrence in O(n^2 k), without the envelope."""
    x, y = scaled.T
    best = (1.1 - x) * (1.1 - y)
    for _ in range(k - 1):
        best = np.array([max((best[:i] + (1.1 - x[i]) * (y[:i] - y[i])), default=-np.inf) for i in range(len(x))])
    return best.max()


@pytest.mark.parametrize("k", [2, 4, 9])
def test_in_two_objectives_long_ragged_fronts_too(k):
    for seed in range(20):
        steps = np.random.default_rng(seed).exponential(size=(2, 70)) ** 2
        front = np.stack([np.cumsum(steps[0]), -np.cumsum(steps[1])], axis=1)
        found = select(front, k, keep_extremes=False)
        assert value(front, found) == pytest.approx(chain_value(normalise(front), k))


def test_in_two_objectives_the_ends_are_kept():
    front = sphere(200, 2, 0)
    found = select(front, 4)
    assert {front[:, 0].argmin(), front[:, 1].argmin()} <= set(found)


@pytest.mark.parametrize(("n", "d", "k"), [(14, 3, 3), (14, 5, 4), (12, 4, 5), (18, 5, 2)])
@pytest.mark.parametrize("keep_extremes", [True, False])
def test_above_two_objectives_the_choice_equals_enumeration(n, d, k, keep_extremes):
    for seed in range(4):
        front = sphere(n, d, seed)
        scaled = normalise(front)
        forced = {scaled[:, 0].argmin(), scaled[:, 1:].mean(1).argmin()} if keep_extremes else set()
        found = select(front, k, keep_extremes=keep_extremes)
        assert forced <= set(found) and len(set(found)) == k
        assert value(front, found) == pytest.approx(best_value(front, k, forced), rel=1e-9)


def test_greedy_alone_reaches_its_bound():
    for seed, k in itertools.product(range(5), (1, 2, 4)):
        front = normalise(sphere(13, 4, seed))
        assert value(front, greedy(front, k, 1.1, [])) >= (1 - 1 / math.e) * best_value(front, k)


@pytest.mark.parametrize("k", [3, 8])
def test_no_single_exchange_improves_the_choice(k):
    front = sphere(50, 5, 3)
    found = select(front, k, keep_extremes=False)
    reached = value(front, found)
    for out, into in itertools.product(found, range(50)):
        assert value(front, [*(i for i in found if i != out), into]) <= reached + 1e-9


@pytest.mark.parametrize("d", [2, 3, 5])
def test_the_same_points_in_another_order_give_the_same_choice(d):
    points = np.concatenate([sphere(40, d, 7), sphere(10, d, 7)])  # with copies
    chosen = points[select(points, 5)]
    for seed in range(5):
        shuffled = np.random.default_rng(seed).permutation(points)
        assert np.array_equal(shuffled[select(shuffled, 5)], chosen)


def test_the_scale_of_an_objective_does_not_matter():
    points = sphere(50, 4, 2)
    assert select(points * [1, 1e-6, 1e6, 3] + [0, 5, -7, 0], 4) == select(points, 4)


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_fuzz(d):
    for seed in range(30):
        draw = np.random.default_rng(seed)
        points = draw.integers(0, 5, (draw.integers(1, 25), d)).astype(float)
        front, k = front_of(points), int(draw.integers(1, 7))
        found = select(points, k, seed=seed)
        assert len(found) == len(set(found)) == min(k, len(front))
        assert non_dominated(points)[found].all() and len(np.unique(points[found], axis=0)) == len(found)
        assert points[found, 0].tolist() == sorted(points[found, 0])
        if k >= 2:
            assert points[:, 0].min() in points[found, 0]
        full = value(front, range(len(front)))
        inside = [np.flatnonzero((front == points[i]).all(1))[0] for i in found]
        assert kept(points, found) == pytest.approx(value(front, inside) / full)


def test_more_points_keep_more():
    front = sphere(80, 5, 5)
    shares = [kept(front, select(front, k)) for k in range(2, 9)]
    assert shares == sorted(shares) and shares[-1] < 1
    assert kept(front, range(80)) == pytest.approx(1) and kept(front, []) == 0


def test_as_many_as_there_are_returns_all():
    front = sphere(6, 3, 0)
    by_first = np.argsort(front[:, 0]).tolist()
    assert select(front, 6) == select(front, 60) == by_first


def test_kept_by_hand():
    # Scaled, the front is (0, 1), (1, 0); the reference 1.1. Each end dominates 1.1 x 0.1, together less 0.1 x 0.1.
    front = [[10.0, 5.0], [20.0, 1.0], [30.0, 30.0]]
    assert kept(front, [0]) == pytest.approx(0.11 / 0.21)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: select(np.zeros((0, 2)), 1), "at least one point"),
        (lambda: select([[1, 2]], 0), "got 0"),
        (lambda: select([[1, 2], [math.nan, 0]], 1), "NaN in point 1"),
        (lambda: select([[1, math.inf]], 1), "expected finite"),
        (lambda: select([[1, 2]], 1, reference=1.0), "above 1"),
        (lambda: non_dominated([1, 2, 3]), r"shape \(3,\)"),
        (lambda: non_dominated([[math.nan, 1]]), "NaN in point 0"),
        (lambda: hypervolume([[1, 2]], [3, 3, 3]), r"shape \(2,\), got \(3,\)"),
        (lambda: hypervolume([[1, 2]], [3, math.inf]), "finite reference"),
        (lambda: normalise([[1, math.inf]]), "expected finite"),
        (lambda: kept([[1, 2]], [1]), r"got \[1\]"),
        (lambda: kept(np.zeros((0, 2)), []), "at least one point"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
