"""Chooses samples: validation parts, batches for scoring untrained nets, examples to look at."""

from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.data.card import DataError

if TYPE_CHECKING:
    from pnas_kit.learn.data.dataset import Dataset

DRAWS = 200
"""Validation parts that are drawn until one has a box."""
FEWEST_ALIKE = 10
"""Pictures from which on their number of boxes is a kind of its own: one of them is held out."""


def stratified(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits indices so that each class gives the same share to the second part.

    A class gives round(share x size) samples but always keeps one, so that no class is missing in the first part. Where
    all are too small for that, as many classes as the share asks for give one sample.

    Args:
        labels: int `(samples,)`.
        fraction: Share of the second part, more than 0 and less than 1.
        seed: Which samples.

    Returns:
        Ascending indices of the first and of the second part.

    Raises:
        DataError: The fraction is out of range, or one part would be empty.
    """
    _check_fraction(fraction)
    # RandomState, not default_rng: numpy promises that its stream never changes, and published splits rest on it.
    random = np.random.RandomState(seed)
    second = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        second[members[: min(round(len(members) * fraction), len(members) - 1)]] = True
    if not second.any():
        _, first, counts = np.unique(labels, return_index=True, return_counts=True)
        giving = random.permutation(first[counts > 1])
        second[giving[: round(fraction * len(labels))]] = True
    return _both(second, fraction)


def by_group(groups: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits indices so that no group (a person, say) is in both parts.

    Groups in random order go to the second part as long as that brings its share nearer to the fraction; where each is too
    large, the smallest goes.

    Args:
        groups: int `(samples,)`, at least two different ones.
        fraction: Wanted share of the second part, more than 0 and less than 1.
        seed: Which groups.

    Returns:
        Ascending indices of the first and of the second part.

    Raises:
        DataError: The fraction is out of range, or there is only one group.
    """
    _check_fraction(fraction)
    names, counts = np.unique(groups, return_counts=True)
    if len(names) < 2:
        raise DataError(f"Splitting by group needs at least 2 groups, got {len(names)}. Split by class instead.")
    order = np.random.RandomState(seed).permutation(len(names))
    wanted = fraction * len(groups)
    chosen, size = [], 0
    for place in order:
        if len(chosen) < len(names) - 1 and abs(size + counts[place] - wanted) < abs(size - wanted):
            chosen.append(place)
            size += counts[place]
    chosen = chosen or [min(order, key=lambda place: counts[place])]
    return _both(np.isin(groups, names[chosen]), fraction)


def validation_split(dataset: "Dataset", fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits the training part for choosing and stopping: by person where people are known, else by class.

    Pictures with boxes are taken by the number of their boxes, and both parts have some boxes. By person, training keeps
    every class and validation has every class too, if some draw can give it. A fraction of 0 holds nothing out, and of one
    sample a class nothing can be held out: both parts are all of it.

    Returns:
        Ascending indices into `train_x` for training and for validation.

    Raises:
        DataError: The fraction is not between 0 and 1, or a part would be empty or without any box.
    """
    y = dataset.train_y
    if fraction == 0 or (not isinstance(y, Boxes) and len(np.unique(y)) == len(y)):
        everything = np.arange(len(y))
        return everything, everything
    if not isinstance(y, Boxes):
        return stratified(y, fraction, seed) if dataset.groups is None else _by_person(y, dataset.groups, fraction, seed)
    strata = _alike(y.counts)
    for draw in range(seed, seed + DRAWS):
        drawn = stratified(strata, fraction, draw) if dataset.groups is None else by_group(dataset.groups, fraction, draw)
        if all(y.counts[part].any() for part in drawn):
            return drawn
    raise DataError("Expected boxes in pictures for training and in others for validation. Add pictures with objects.")


def _by_person(y: np.ndarray, groups: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The first draw with every class in both parts; else the one with the most in training, then in validation."""
    everything = len(np.unique(y))
    best, drawn = (-1, -1), None
    for draw in range(seed, seed + DRAWS):
        parts = by_group(groups, fraction, draw)
        there = tuple(len(np.unique(y[part])) for part in parts)
        if there > best:
            best, drawn = there, parts
        if best == (everything, everything):
            break
    return drawn


def _alike(counts: np.ndarray) -> np.ndarray:
    """int64 `(pictures,)`: those of so many boxes share a number, rare ones with the next, so that each has ten pictures."""
    values, sizes = np.unique(counts, return_counts=True)
    ends = np.cumsum(sizes)
    kinds, last = np.zeros(len(values), np.int64), 0
    for place in range(1, len(values)):
        begins = ends[place - 1] - last >= FEWEST_ALIKE and ends[-1] - ends[place - 1] >= FEWEST_ALIKE
        last = ends[place - 1] if begins else last
        kinds[place] = kinds[place - 1] + begins
    return kinds[np.searchsorted(values, counts)]


def _strata(dataset: "Dataset") -> np.ndarray:
    """int64 `(samples,)`: the class of each training sample, or how many boxes it has."""
    return dataset.train_y.counts if isinstance(dataset.train_y, Boxes) else dataset.train_y


PROXY_BATCH, LEAST_PROXY_BATCH = 32, 8
"""Samples of a batch for scoring: as many where the training part has them, at least so many."""


def proxy_batches(
    dataset: "Dataset", size: int | None = None, count: int = 2, seed: int = 0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Small batches of the training part in which every class has its place, for scoring untrained nets.

    Classes take turns until size x count samples are chosen; a class that has no more is passed over. No sample is in
    two batches, and the batches' counts of any class differ by at most one. A sample that equals an earlier one or is
    constant over each channel is passed over: on equal samples NASWOT's matrix is singular, on a constant one MeCo's is.

    Args:
        dataset: Where to take from.
        size: Samples per batch; None takes `PROXY_BATCH`, or what a small training part has, down to `LEAST_PROXY_BATCH`.
        count: Number of batches.
        seed: Which samples.

    Returns:
        Batches of float32 `(size, height, width, channels)` and int64 `(size,)`; for detection, where pictures take turns
        by the number of their boxes, float32 `(size, most boxes, 5)` as `Boxes.padded` gives them.

    Raises:
        DataError: Fewer than size x count training samples of use, size or count below 1, values that are not finite,
            labels that are not among the classes, or only one class.
    """
    labels = _strata(dataset)
    least, most = (LEAST_PROXY_BATCH, PROXY_BATCH) if size is None else (size, size)
    if least < 1 or count < 1 or least * count > len(labels):
        raise DataError(
            f"Expected at least one batch and at most {len(labels)} samples in all, got {count} batches of {least}. "
            "Add training samples."
        )
    _check_usable(dataset)
    random = np.random.RandomState(seed)
    queues = [random.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    # Sorting by turn puts the first of every class first, then the second of every class, and so on.
    turns = np.concatenate([np.arange(len(queue)) for queue in queues])
    order = np.concatenate(queues)[np.argsort(turns, kind="stable")]
    chosen = _different(dataset.train_x, order, least * count, most * count)
    chosen = chosen[: len(chosen) // count * count]
    chosen = chosen[np.argsort(labels[chosen], kind="stable")]
    answers = dataset.train_y.padded() if isinstance(dataset.train_y, Boxes) else labels
    batches = []
    for number in range(count):
        batch = random.permutation(chosen[number::count])
        batches.append((dataset.train_x[batch], answers[batch]))
    return batches


def _check_usable(dataset: "Dataset") -> None:
    x, y, classes = dataset.train_x, dataset.train_y, len(dataset.card.classes)
    labels = y.rows[:, 0] if isinstance(y, Boxes) else y
    outside = np.unique(labels[(labels < 0) | (labels >= classes)])
    if len(outside):
        raise DataError(
            f"Expected labels 0 to {classes - 1}, got {outside.tolist()[:20]}. Correct the labels or the classes."
        )
    if not isinstance(y, Boxes) and len(found := np.unique(labels)) < 2:
        raise DataError(f"Expected samples of at least 2 classes, got only class {found.tolist()}. Add the other classes.")
    broken = [i for i in range(len(x)) if not np.isfinite(x[i]).all()]
    if broken:
        raise DataError(
            f"Expected finite values, got NaN or infinity in {len(broken)} training samples, the first number {broken[0]}. "
            "Remove them or fill them in."
        )


def _different(x: np.ndarray, order: np.ndarray, least: int, most: int) -> np.ndarray:
    """The first `most` of `order`, or fewer, that differ from each other and vary over the positions of some channel."""
    chosen, seen = [], set()
    for index in order:
        key = x[index].tobytes()
        varies = x[index].size == x.shape[-1] or np.ptp(x[index].reshape(-1, x.shape[-1]), axis=0).any()
        if varies and key not in seen:
            seen.add(key)
            chosen.append(index)
            if len(chosen) == most:
                break
    if len(chosen) < least:
        raise DataError(
            f"Expected {least} different training samples that vary, got {len(chosen)} among {len(order)}. "
            "Remove repeated and constant samples, or add others."
        )
    return np.array(chosen)


def samples(dataset: "Dataset", per_class: int = 1) -> np.ndarray:
    """Indices into the training part of the first `per_class` samples of each class, class after class.

    A class with fewer samples gives what it has. For detection the classes are numbers of boxes.
    """
    labels = _strata(dataset)
    return np.concatenate([np.flatnonzero(labels == label)[:per_class] for label in np.unique(labels)])


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise DataError(f"Expected a fraction between 0 and 1, got {fraction}.")


def _both(second: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    if not second.any() or second.all():
        raise DataError(f"Expected two parts with samples, got none in one of them for the fraction {fraction}.")
    return np.flatnonzero(~second), np.flatnonzero(second)
