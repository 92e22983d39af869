"""The tasks of lesson 2: what a network costs on a chip."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from pnas_kit.cost import Estimated, Timeline, boards, latency, memory_timeline, trace
from pnas_kit.space import Arch
from widgets.lessons.answers import Verdict, off, right, task, wrong
from widgets.words import count, figure, kib

PICTURE = (28, 28, 1)
NET = Arch(
    family="mbednet", depth=(2,) * 4, kernel=(3,) * 4, stride=(2, 1, 2, 1), width=0.5, sparsity=(0.3,) * 4,
    input_shape=PICTURE, classes=10,
)  # fmt: skip
"""The lesson's `arch`."""
LAYER = "g1b0.pw"
MOST_BYTES = 40 * 1024
MOST_MS, BOARD = 100.0, "nano-33-ble"


@task(2, 1, wanted=f"the multiply-accumulates of the layer {LAYER}, a whole number", kind="a whole number")
def macs_of_a_layer(answer: int) -> Verdict:
    """Output pixels times weights."""
    op = next(op for op in trace(NET.pruned, PICTURE) if op.name == LAYER)
    unpruned = next(op for op in trace(NET.layers, PICTURE) if op.name == LAYER)
    weights = op.params - _biases()
    known = {
        op.macs * op.params // weights: "That takes the biases for weights. A bias is added, it multiplies nothing.",
        op.macs + _biases(): "That counts the biases. They are added, and nothing is multiplied for them.",
        weights: "That is the number of its weights: each is used once for every pixel of the output.",
        2 * op.macs: "That counts the multiplication and the addition as two. A multiply-accumulate is both in one.",
        unpruned.macs: "That is the layer before pruning; the chip runs the pruned one.",
        9 * op.macs: "That takes the kernel for 3 by 3. This layer looks at one pixel only.",
    }
    if answer == op.macs:
        return right(
            f"{count(op.macs)} multiply-accumulates: {count(weights)} weights, each used at {op.macs // weights} pixels."
        )
    if answer in known:
        return wrong(known[answer], "Read the shapes of the layer's input and output off the table again.")
    return wrong(
        f"That is {off(answer, op.macs)}.",
        "Output height × output width × input channels × output channels × kernel height × kernel width.",
    )


def _biases() -> int:
    return next(layer.channels for layer in NET.pruned if layer.name == LAYER)


@task(2, 2, wanted="the strides of the four groups, a list like [1, 1, 1, 1]", kind="a list of numbers")
def few_halvings(answer: list) -> Verdict:
    """The fewest halvings with which the maps fit."""
    if len(answer) != 4 or any(stride not in (1, 2) for stride in answer):
        return wrong(f"Expected four strides, each 1 or 2, got {answer}.", "One stride for each of the groups g0 to g3.")
    peak = _peak(answer)
    fewest = min(s.count(2) for s in itertools.product((1, 2), repeat=4) if _peak(s).arena_bytes <= MOST_BYTES)
    if peak.arena_bytes > MOST_BYTES:
        where = peak.moments[peak.peak].op
        return wrong(
            f"It needs {kib(peak.arena_bytes)}, more than {kib(MOST_BYTES)}; most is needed at {where}.",
            f"A stride in a group before {where} makes its maps smaller; one after it does not.",
        )
    if answer.count(2) > fewest:
        return wrong(
            f"It fits with {kib(peak.arena_bytes)}, but it halves more often than is needed.",
            "Set one stride back to 1, and try each of the groups for it.",
        )
    return right(f"{kib(peak.arena_bytes)} with {fewest} halvings. Where they are matters as much as how many there are.")


def _peak(strides: Sequence[float]) -> Timeline:
    return memory_timeline(trace(replace(NET, stride=tuple(int(s) for s in strides)).pruned, PICTURE), PICTURE)


@task(2, 3, wanted=f"the largest width that surely answers within {MOST_MS:.0f} ms, to two digits", kind="a number")
def surely_in_time(answer: float) -> Verdict:
    """The largest width whose band ends below the limit."""
    if not 0.1 <= answer <= 1:
        return wrong(f"A width is 0.1 to 1, got {answer:g}.", "Try 0.5 first: is that fast enough?")
    time = _time(answer)
    best = max(w / 100 for w in range(10, 101) if _time(w / 100).high <= MOST_MS)
    if time.high <= MOST_MS and answer > best - 1e-9:
        return right(f"Width {answer:g} takes {figure(time.low)} to {figure(time.high)} ms; a little wider may be too late.")
    if time.high <= MOST_MS:
        return wrong(f"It is in time, at most {figure(time.high)} ms, but a wider network is as well.", "Go up by 0.01.")
    if time.value <= MOST_MS:
        return wrong(
            f"The estimate of {figure(time.value)} ms is in time, but it may take up to {figure(time.high)} ms.",
            "Surely means that the upper end of the band is within the limit: look at `.high`.",
        )
    return wrong(f"It takes about {figure(time.value)} ms.", "A narrower network has fewer MACs.")


def _time(width: float) -> Estimated:
    return latency(trace(replace(NET, width=width).pruned, PICTURE), boards()[BOARD])
