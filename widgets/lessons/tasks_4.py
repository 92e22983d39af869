"""The tasks of lesson 4: search, Pareto fronts and hypervolume."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pnas_kit.paths import DATA
from pnas_kit.search.pareto import curve, hypervolume, kept, non_dominated
from widgets.lessons.answers import Verdict, right, task, wrong
from widgets.words import percent

POINTS = ((2, 9), (3, 6), (4, 8), (6, 4), (9, 2))
CORNER = (10, 10)
EVERY = 5
WANTED = 0.95


@functools.cache
def nets() -> pd.DataFrame:
    """Sixty networks that were trained on the digits to the end (`data/rank_study.csv`), by number.

    Columns: ``family``, ``macs_k`` (thousand multiply-accumulates) and ``mistakes`` (per cent of the test pictures).
    """
    table = pd.read_csv(DATA / "rank_study.csv").query("data == 'digits' and seed == 0")
    found = pd.DataFrame({"family": table.family, "macs_k": table.macs / 1e3, "mistakes": 100 * (1 - table.accuracy)})
    return found.round({"macs_k": 1, "mistakes": 2}).set_index(table.net.rename("number"))


def few() -> pd.DataFrame:
    """A dozen of `nets`."""
    return nets().iloc[::EVERY]


def plane(table: pd.DataFrame) -> np.ndarray:
    """The networks as points to be minimised, float ``(n, 2)``: the logarithm of their MACs and their mistakes."""
    return np.column_stack([np.log(table.macs_k), table.mistakes])


def _known(answer: list, table: pd.DataFrame) -> Verdict | None:
    """A complaint where a number is not in the table, or is there twice."""
    if not answer:
        return wrong("The list names no network.", "The numbers are those of the first column.")
    unknown = [number for number in answer if number not in table.index]
    if unknown:
        return wrong(f"There is no network {unknown[0]:g} in the table.", "The numbers are those of the first column.")
    if len(set(answer)) < len(answer):
        return wrong("A network is named twice.", "Name each once.")
    return None


def _dominator(number: int, table: pd.DataFrame) -> int | None:
    """A network that is nowhere worse and somewhere better; None on the front."""
    own = table.loc[number, ["macs_k", "mistakes"]]
    others = table[["macs_k", "mistakes"]]
    better = others[(others <= own).all(axis=1) & (others < own).any(axis=1)]
    return None if better.empty else int(better.index[0])


@task(4, 1, wanted="the numbers of the networks on the front, a list", kind="a list of numbers")
def on_the_front(answer: list) -> Verdict:
    """The front of a dozen networks."""
    table = few()
    if complaint := _known(answer, table):
        return complaint
    for number in answer:
        if (other := _dominator(number, table)) is not None:
            return wrong(
                f"Network {number:g} is not on the front: network {other} is as cheap or cheaper, and as good or better.",
                "A network is on the front if no other beats it. Compare each with all others.",
            )
    missing = int(non_dominated(table[["macs_k", "mistakes"]]).sum()) - len(answer)
    if missing:
        return wrong(
            f"All that you name are on the front, but {missing} more {'is' if missing == 1 else 'are'}.",
            "The cheapest is always on the front, and so is the best. Then go from cheap to dear: who makes fewer mistakes "
            "than all that are cheaper?",
        )
    return right(
        f"{len(answer)} of {len(table)} networks are worth a second look; for each of the others there is a better one."
    )


@task(4, 2, wanted="the area that the five points dominate, a number", kind="a number")
def by_hand(answer: float) -> Verdict:
    """The hypervolume of five points."""
    area = hypervolume(POINTS, CORNER)
    if abs(answer - area) < 1e-6:
        return right(
            f"The front covers {area:g} of the {CORNER[0] * CORNER[1]} squares; the point in its shadow adds nothing."
        )
    boxes = [(CORNER[0] - x) * (CORNER[1] - y) for x, y in POINTS]
    front = [box for box, keep in zip(boxes, non_dominated(POINTS), strict=True) if keep]
    if answer in (sum(boxes), sum(front)):
        return wrong(
            "That is the sum of the points' rectangles, and where they overlap you counted twice.",
            "Cut the area into upright strips, from one point of the front to the next.",
        )
    if abs(answer - (CORNER[0] * CORNER[1] - area)) < 1e-6:
        return wrong("That is the part of the box that no point dominates.", "Dominated is what is dearer and worse.")
    if abs(answer - _strips(POINTS, CORNER)) < 1e-6:
        return wrong("You gave each of the five points a strip.", "One of them is dominated by another: which?")
    if abs(answer - _strips(POINTS, (CORNER[0], 0))) < 1e-6 or abs(answer - _below()) < 1e-6:
        return wrong("Those strips reach down to the axis.", "What is dominated lies above the points: it reaches up.")
    size = "many" if answer > area else "few"
    return wrong(
        f"That is too {size} squares.",
        "A strip is as wide as the way to the next point of the front (the last one: to the corner), and as high as from "
        "its own point up to the corner.",
    )


def _strips(points: Sequence[tuple[float, float]], corner: tuple[float, float]) -> float:
    """Upright strips from each point to the next, the last one to the corner."""
    ends = [x for x, _ in points[1:]] + [corner[0]]
    return sum((end - x) * abs(corner[1] - y) for (x, y), end in zip(points, ends, strict=True))


def _below() -> float:
    """What a reader measures who takes the strips of the front down to the axis."""
    front = [point for point, keep in zip(POINTS, non_dominated(POINTS), strict=True) if keep]
    return _strips(front, (CORNER[0], 0))


@task(4, 3, wanted="the numbers of as few networks as possible, a list", kind="a list of numbers")
def few_that_keep_much(answer: list) -> Verdict:
    """The fewest networks that keep 95 % of the front's hypervolume."""
    table, points = nets(), plane(nets())
    if complaint := _known(answer, table):
        return complaint
    for number in answer:
        if (other := _dominator(number, table)) is not None:
            return wrong(
                f"Network {number:g} is dominated by {other}.", "Choose among the front: nothing else adds anything."
            )
    share = kept(points, table.index.get_indexer(answer))
    if share < WANTED:
        return wrong(
            f"They keep {percent(share)} of the front's hypervolume, and {percent(WANTED, 0)} are wanted.",
            "Let `select` choose, and ask `curve` how many are needed. Look at keep_extremes, too.",
        )
    fewest = next(k for k, value in enumerate(curve(points, len(table), keep_extremes=False), 1) if value >= WANTED)
    if len(answer) > fewest:
        return wrong(
            f"They keep {percent(share)}, but fewer can keep {percent(WANTED, 0)}.",
            "What is the first k for which `curve` reaches it? Must the two ends of the front be in?",
        )
    return right(
        f"{len(answer)} networks stand for the {int(non_dominated(points).sum())} of the front, with {percent(share)} of it."
    )
