"""The tasks of lesson 1: what a search space is."""

from __future__ import annotations

import itertools
from dataclasses import replace

from pnas_kit.cost import trace
from pnas_kit.space import Arch, ShapeError, count, shapes, space
from widgets.lessons.answers import Verdict, off, right, task, wrong
from widgets.words import count as spelt

DIGITS = (8, 8, 1)
DEEP, LIGHT = 30, 5000


@task(1, 1, wanted="the number of networks that are left, a whole number", kind="a whole number")
def without_seven(answer: int) -> Verdict:
    """The space of digits without the 7-wide kernels."""
    table = space(DIGITS)
    smaller = [replace(c, options=tuple(o for o in c.options if not str(o).startswith("k7"))) for c in table]
    before, after = count(table), count(tuple(smaller))
    if answer == after:
        return right(f"{spelt(after)} networks, {after / before:.0%} of the space: four small choices less are most of it.")
    if answer == before:
        return wrong("That is the whole space.", "How many pairs of kernel and stride has a group without the 7?")
    if answer * before == after * after:
        return wrong("That is too few.", "Each choice counts once; did you take the 7 out twice?")
    if answer < 1:
        return wrong("That leaves no network at all.", "What is left are all networks without a kernel of 7.")
    return wrong(f"That is {off(answer, after)}.", _left_out(answer, after))


def _left_out(answer: int, truth: int) -> str:
    """Where the factor between the two often comes from."""
    if answer * 4**3 == truth:
        return "Each of the four groups has a depth and a pair of kernel and stride of its own. Did you count one for all?"
    if any(answer * 10**ranges == truth for ranges in range(1, 6)):
        return "A range counts as ten steps: the width, and the sparsity of each of the four groups. Are all five in?"
    return "Multiply the number of options of all fourteen parameters, ten for a range. Four of them lose options."


@task(1, 2, wanted="how many of the four groups may halve an 8x8 picture, a whole number", kind="a whole number")
def most_strides(answer: int) -> Verdict:
    """The most groups with stride 2 that digits can pass through."""
    if not 0 <= answer <= 4:
        return wrong(f"There are four groups, got {answer}.", "The answer is 0 to 4.")
    possible = {sum(s == 2 for s in strides) for strides in itertools.product((1, 2), repeat=4) if _passes(strides)}
    if answer == max(possible):
        return right("The maps are 8, 4, 2 and 1 pixels wide; what is one pixel cannot be halved.")
    if answer not in possible:
        return wrong(f"{answer} groups with stride 2 leave no pixels.", "Start from 8 and halve once for each such group.")
    return wrong(f"{answer} do pass, but more would.", "Set one more stride to 2 and look at `shapes` once more.")


def _passes(strides: tuple[int, ...]) -> bool:
    arch = Arch(
        family="mbednet", depth=(1,) * 4, kernel=(3,) * 4, stride=strides, width=0.5, sparsity=(0.1,) * 4,
        input_shape=DIGITS, classes=10,
    )  # fmt: skip
    try:
        shapes(arch.layers, DIGITS)
    except ShapeError:
        return False
    return True


@task(1, 3, wanted=f"an Arch for digits with {DEEP} layers or more and fewer than {LIGHT} weights", kind=Arch)
def deep_and_light(answer: Arch) -> Verdict:
    """A deep network with few weights."""
    if answer.input_shape != DIGITS or answer.classes != 10:
        return wrong(
            f"It takes inputs of {answer.input_shape} and tells {answer.classes} classes apart.",
            f"Digits need input_shape={DIGITS} and classes=10.",
        )
    try:
        ops = trace(answer.pruned, DIGITS)
    except ShapeError as error:
        return wrong(f"The draft cannot be built: {error}.", "Use fewer strides of 2.")
    weights = sum(op.params for op in ops)
    if len(ops) < DEEP:
        return wrong(f"It has {len(ops)} layers, {DEEP - len(ops)} too few.", "Which parameter adds blocks?")
    if weights >= LIGHT:
        return wrong(
            f"It has {len(ops)} layers, but {spelt(weights)} weights.",
            "Width and sparsity take channels away, and the families differ: which has the cheapest block?",
        )
    return right(f"{len(ops)} layers with {spelt(weights)} weights: deep and large are two different things.")
