"""Every way to select a subset against enumeration, and against each other."""

import itertools
import math

import numpy as np
import pytest

from pnas_kit.search.evolution import evolved
from pnas_kit.search.pareto import METHODS, curve, hypervolume, non_dominated, normalise, select
from pnas_kit.search.subset import exact, gains, greedy, volume

REFERENCE = 1.1


def fronts(count, dims, seeds=range(5)):
    """Scaled fronts of three shapes: part of a sphere, of a simplex, and what a random cloud leaves undominated."""
    for seed in seeds:
        draw = np.random.default_rng(seed)
        sphere = np.abs(draw.normal(size=(count, dims)))
        yield normalise(1 - sphere / np.linalg.norm(sphere, axis=1, keepdims=True))
        yield normalise(draw.dirichlet(np.full(dims, 0.5), count))
        cloud = draw.random((40 * count, dims))
        yield normalise(cloud[non_dominated(cloud)][:count])


def best_volume(front, k, forced=()):
    subsets = itertools.combinations(range(len(front)), k)
    corner = np.full(front.shape[1], REFERENCE)
    return max(hypervolume(front[list(s)], corner) for s in subsets if set(forced) <= set(s))


@pytest.mark.parametrize("size", [0, 1, 3, 6, 9])
@pytest.mark.parametrize("dims", [3, 5])
def test_gains_are_differences_of_hypervolumes(dims, size):
    for front in fronts(15, dims, range(2)):
        chosen, corner = list(range(size)), np.full(dims, REFERENCE)
        own = hypervolume(front[chosen], corner)
        expected = [hypervolume(front[[*chosen, i]], corner) - own for i in range(len(front))]
        assert gains(front, chosen, REFERENCE) == pytest.approx(expected, abs=1e-12)
        assert volume(front, chosen, REFERENCE) == pytest.approx(own)


@pytest.mark.parametrize(("dims", "k", "forced"), [(3, 3, []), (5, 3, [2]), (4, 4, [0, 5]), (5, 1, []), (3, 2, [1, 4])])
def test_branch_and_bound_equals_enumeration(dims, k, forced):
    for front in fronts(14, dims):
        found = exact(front, k, REFERENCE, forced, seed=0)
        assert set(forced) <= set(found) and len(set(found)) == k
        assert volume(front, found, REFERENCE) == pytest.approx(best_volume(front, k, forced), rel=1e-12)


def test_branch_and_bound_finds_the_best_from_the_worst_start(monkeypatch):
    import pnas_kit.search.subset as subset

    monkeypatch.setattr(subset, "greedy_with_swaps", lambda front, k, *_: list(np.argsort(front.sum(axis=1))[-k:]))
    for front in fronts(16, 5):
        found = subset.exact(front, 3, REFERENCE, [], seed=0)
        assert volume(front, found, REFERENCE) == pytest.approx(best_volume(front, 3), rel=1e-12)


@pytest.mark.parametrize("forced", [[], [3]])
def test_evolution_finds_the_best_of_a_small_front(forced):
    for front in fronts(14, 4, range(2)):
        found = evolved(front, 3, REFERENCE, forced, seed=0, generations=15, population=60)
        assert set(forced) <= set(found) and len(set(found)) == 3
        assert volume(front, found, REFERENCE) == pytest.approx(best_volume(front, 3, forced), rel=1e-9)


def test_evolution_is_the_same_for_the_same_seed_and_gets_no_worse():
    front = next(fronts(60, 5))
    short, again, long = (evolved(front, 5, REFERENCE, [], 1, generations=n, population=40) for n in (3, 3, 30))
    assert short == again
    assert volume(front, long, REFERENCE) >= volume(front, short, REFERENCE)


def test_no_method_is_beaten_by_another_library_which_is_greedy():
    solve = pytest.importorskip("optuna._hypervolume")._solve_hssp
    for front in fronts(80, 5, range(3)):
        theirs = solve(front, np.arange(len(front)), 5, np.full(5, REFERENCE))
        least = volume(front, theirs.tolist(), REFERENCE) - 1e-12
        assert volume(front, greedy(front, 5, REFERENCE, []), REFERENCE) >= (1 - 1 / math.e) * least
        assert volume(front, select(front, 5, keep_extremes=False), REFERENCE) >= least


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dims", [2, 4])
def test_every_method_chooses_k_of_the_front_with_its_extremes(method, dims):
    draw = np.random.default_rng(dims)
    points = draw.random((60, dims))
    front = np.flatnonzero(non_dominated(points))
    found = select(points, 3, method=method)
    assert len(set(found)) == 3 and set(found) <= set(front)
    assert front[points[front, 0].argmin()] in found


def test_the_curve_is_the_best_share_for_each_k():
    for front in fronts(9, 3, range(1)):
        whole = hypervolume(front, np.full(3, REFERENCE))
        expected = [best_volume(front, k) / whole for k in range(1, 5)]
        assert curve(front, 4, keep_extremes=False, method="exact") == pytest.approx(expected)
        assert curve(front, 99)[-1] == pytest.approx(1) and len(curve(front, 99)) == len(front)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="expected a method of"):
        select([[1.0, 2.0]], 1, method="genetic")
    with pytest.raises(ValueError, match="at least 1, got 0"):
        curve([[1.0, 2.0]], 0)
