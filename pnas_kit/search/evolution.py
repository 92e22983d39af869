"""Hypervolume subset selection by an evolutionary algorithm, the way of the paper, to compare with."""

from __future__ import annotations

import numpy as np

POPULATION = 2000
MUTATION = 0.3
GENERATIONS = 100
"""The paper runs 10,000; the choice has mostly settled after a hundred."""


def evolved(
    front: np.ndarray,
    k: int,
    reference: float,
    forced: list[int],
    seed: int,
    *,
    generations: int = GENERATIONS,
    population: int = POPULATION,
) -> list[int]:
    """Positions of k points of large hypervolume, the forced ones among them.

    An individual is the set of ones in a bit string over the front (PrototypeNAS, arXiv 2603.15106, step 2: population
    2,000, mutation 0.3, greedy repair). What the paper leaves open is decided here: a child is the union of two parents,
    each the better of two drawn at random, with a random point more at the mutation rate; repair keeps the k points that
    add most, one after another; the best of parents and children live on.

    Args:
        front: float64 `(n, d)` in [0, 1], n > k.
        k, reference, forced: as in `subset`.
        seed: of everything random.
        generations: how often all are replaced.
        population: sets of points alive at once.
    """
    draw = np.random.default_rng(seed)
    free = np.setdiff1d(np.arange(len(front)), forced)
    alive = np.stack([draw.choice(free, k - len(forced), replace=False) for _ in range(population)])
    alive = np.concatenate([np.broadcast_to(np.array(forced, dtype=int), (population, len(forced))), alive], axis=1)
    alive, volumes = _repaired(front, alive, k, reference, len(forced))
    for _ in range(generations):
        pairs = draw.integers(0, population, (population, 2, 2))
        parents = np.where(volumes[pairs[..., 0]] >= volumes[pairs[..., 1]], pairs[..., 0], pairs[..., 1])
        new = np.where(draw.random(population) < MUTATION, draw.choice(free, population), alive[parents[:, 0], -1])
        union = np.concatenate([alive[parents[:, 0]], alive[parents[:, 1]][:, len(forced) :], new[:, None]], axis=1)
        children, theirs = _repaired(front, union, k, reference, len(forced))
        everyone, everything = np.concatenate([alive, children]), np.concatenate([volumes, theirs])
        # Copies would soon fill the population.
        _, first = np.unique(np.sort(everyone, axis=1), axis=0, return_index=True)
        order = first[np.argsort(-everything[first], kind="stable")]
        order = np.resize(order, population)
        alive, volumes = everyone[order], everything[order]
    return [int(i) for i in alive[0]]


def _repaired(front: np.ndarray, sets: np.ndarray, k: int, reference: float, fixed: int) -> tuple[np.ndarray, np.ndarray]:
    """The k points `(sets, k)` of each set `(sets, m)` that a greedy choice takes after the first `fixed`; their volumes."""
    count, dims = len(sets), front.shape[1]
    chosen = np.empty((count, k), dtype=int)
    volumes = np.zeros(count)
    points, rows = front[sets], np.arange(count)
    corners, signs = np.full((count, 1, dims), -np.inf), np.ones(1)
    for place in range(k):
        # Inclusion and exclusion over the points chosen so far.
        added = np.zeros(sets.shape)
        for corner, sign in zip(np.moveaxis(corners, 1, 0), signs, strict=True):
            added += sign * np.prod(reference - np.maximum(points, corner[:, None]), axis=2)
        added[(sets[:, :, None] == chosen[:, None, :place]).any(axis=2)] = -1.0
        best = np.full(count, place) if place < fixed else np.argmax(added, axis=1)
        chosen[:, place] = sets[rows, best]
        volumes += added[rows, best]
        corners = np.concatenate([corners, np.maximum(corners, points[rows, best][:, None])], axis=1)
        signs = np.concatenate([signs, -signs])
    return chosen, volumes
