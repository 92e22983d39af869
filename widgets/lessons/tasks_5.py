"""The tasks of lesson 5: training, pruning and quantising."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.deploy import Affine
from pnas_kit.learn import Recipe
from pnas_kit.space.channels import channel_sets
from pnas_kit.space.layers import Layer, Layers
from widgets.lessons.answers import Verdict, right, task, wrong
from widgets.words import percent

if TYPE_CHECKING:
    from pnas_kit.space.net import Net

LOW, HIGH = -1.2, 3.9
"""The values that the tensor of task 1 takes."""

CHANNELS, LEAVE = 8, 4
SHAPE = (6, 6, 3)
LAYERS: Layers = (
    Layer("conv", "conv", ("input",), CHANNELS, kernel=(3, 3), act="relu", group=0),
    Layer("pool", "global_pool", ("conv",), CHANNELS),
    Layer("classes", "linear", ("pool",), 2),
)
EPOCHS, FULL_WIDTH, FINAL_FROM = 20, 4, 10


def block() -> Net:
    """A convolution with eight channels, its batch norm as if it had been trained."""
    import torch

    from pnas_kit.space.net import build

    net = build(LAYERS, SHAPE, 5)
    generator = torch.Generator().manual_seed(5)
    norm = net.blocks["conv"].norm
    with torch.no_grad():
        norm.weight.copy_(torch.rand(CHANNELS, generator=generator) + 0.2)
        norm.running_var.copy_(torch.rand(CHANNELS, generator=generator) * 2 + 0.1)
    return net.eval()


@task(5, 1, wanted="scale and zero point, a list of two numbers", kind="a list of numbers")
def scale_and_zero_point(answer: list) -> Verdict:
    """The reading that spreads 256 integers over a range."""
    if len(answer) != 2:
        return wrong(f"Two numbers are wanted, got {len(answer)}.", "First the scale, then the zero point.")
    scale, zero = answer
    if not scale > 0 or zero != int(zero):
        return wrong(
            "A scale is above 0, and a zero point a whole number.",
            "The zero point is the integer that stands for 0. Is the scale first in the list, and the zero point second?",
        )
    if not -128 <= zero <= 127:
        return wrong(f"The zero point {zero:g} is no int8 value.", "int8 reaches from -128 to 127; the range contains 0.")
    reading = Affine(float(scale), int(zero))
    if not np.isclose(scale, (HIGH - LOW) / 255, rtol=1e-3):
        used = int(reading.quantise(HIGH)) - int(reading.quantise(LOW))
        lost = HIGH - float(reading.real(reading.quantise(HIGH)))
        seen = f"only {used + 1} of the 256 integers are used" if used < 255 else f"{HIGH} reads back as {HIGH - lost:.3g}"
        return wrong(f"With this reading {seen}.", "There are 255 steps between 256 integers. How long is the range?")
    stored = [int(reading.quantise(value)) for value in (LOW, HIGH)]
    if stored != [-128, 127]:
        return wrong(
            f"With this reading {LOW} is stored as {stored[0]} and {HIGH} as {stored[1]}.",
            f"{LOW} is to become -128. How many steps above it is 0?",
        )
    return right(
        f"{LOW} is stored as -128, {HIGH} as 127 and 0 as {int(zero)}; nothing is off by more than {scale / 2:.3f}."
    )


@task(5, 2, wanted="the numbers of the four channels that go, a list", kind="a list of numbers")
def channels_that_go(answer: list) -> Verdict:
    """The weakest half of a layer's channels."""
    from pnas_kit.learn.prune import importance, strongest

    net = block()
    sets = channel_sets(LAYERS, SHAPE[2])
    (which,) = sets.of["conv"]
    norms = importance(net, sets)[which]
    if sorted(set(answer)) != sorted(answer) or not set(answer) <= set(range(CHANNELS)):
        return wrong(f"Expected different numbers from 0 to {CHANNELS - 1}.", "Channels are numbered from 0.")
    if len(answer) != CHANNELS - LEAVE:
        return wrong(f"You name {len(answer)} channels; {CHANNELS - LEAVE} go.", "Half of the eight.")
    stay = strongest(net, sets, sets.size | {which: LEAVE})[which].tolist()
    if set(answer) == set(stay):
        return wrong("Those are the four that stay.", "The weakest go.")
    if mistaken := set(answer) & set(stay):
        plain = net.blocks["conv"].conv.weight.detach().abs().mean((1, 2, 3)).argsort()[: CHANNELS - LEAVE].tolist()
        hint = "Sort the norms and take the smallest four."
        if set(answer) == set(plain):
            hint = "You looked at the weights alone. The batch norm multiplies each channel by a gain of its own."
        return wrong(f"Channel {min(mistaken):g} is stronger than one that you keep.", hint)
    share = float(norms[[int(n) for n in answer]].sum() / norms.sum())
    return right(f"These four have {percent(share, 0)} of the layer's norm, and half of its channels.")


@task(5, 3, wanted=f"a `Recipe` of {EPOCHS} epochs", kind=Recipe)
def when_to_prune(answer: Recipe) -> Verdict:
    """A schedule that leaves time before and after."""
    if answer.epochs != EPOCHS:
        return wrong(f"It has {answer.epochs} epochs.", f"Recipe(epochs={EPOCHS}, ...)")
    shares = [answer.pruned_share(epoch) for epoch in range(EPOCHS)]
    if shares[FULL_WIDTH - 1] > 0:
        return wrong(
            f"Before epoch {FULL_WIDTH - 1} already {percent(shares[FULL_WIDTH - 1], 0)} of what must go is gone.",
            "`prune_from` is a share of the epochs.",
        )
    if shares[FULL_WIDTH] == 0:
        return wrong(f"Nothing is removed before epoch {FULL_WIDTH} either.", "Begin earlier, but not too early.")
    if shares[FINAL_FROM] < 1:
        return wrong(
            f"Before epoch {FINAL_FROM} not all that must go is gone, only {percent(shares[FINAL_FROM])}.",
            "`prune_until` is a share of the epochs as well. Print pruned_share for all of them.",
        )
    if shares[FINAL_FROM - 1] == 1:
        return wrong(f"It has its final size before epoch {FINAL_FROM - 1} already.", "Let it take one epoch longer.")
    return right("Time to learn at full width, time to lose channels slowly, and half of the epochs to recover.")
