"""The app of lesson 1: the fourteen parameters, and the network that they stand for."""

from __future__ import annotations

import random

import ipywidgets

from pnas_kit.cost import trace
from pnas_kit.space import Arch, Choice, ShapeError, count, space
from pnas_kit.space.choices import GROUPS, KERNEL_STRIDES
from widgets import words
from widgets.cards import tile
from widgets.controls import button, group, heading
from widgets.layer_strip import layers_html
from widgets.lessons.app import App, dropdown, slider
from widgets.lessons.input_and_family import InputAndFamily
from widgets.pane import Pane
from widgets.words import attribute

NOTE = (
    "Fourteen choices make a network. Move one, and look at the strip: every box is a layer, as high as the maps it "
    "gives and as wide as they have channels."
)
STARTING = [KERNEL_STRIDES.index("k3s2" if g in (0, 2) else "k3s1") for g in range(GROUPS)]


class SearchSpace(App):
    """Controls for the fourteen parameters; the layer strip and the figures follow."""

    number, title = 1, "What a search space is"

    def __init__(self) -> None:
        redraw = self.guard(self.draw)
        self._held = False  # while all are set at once
        self.choice = InputAndFamily(self.guard, self.draw)
        self.width = slider("Width", 0.5, 0.1, 1.0, 0.05, "Scale of the channels of every convolution", redraw)
        self.depth = [slider("Blocks", 2, 1, 4, 1, f"Blocks of group {g}", redraw) for g in range(GROUPS)]
        pairs = [(f"{pair[1]} wide, stride {pair[3]}", pair) for pair in KERNEL_STRIDES]
        self.kernel_stride = [
            dropdown("Kernel", pairs, f"Kernel and stride of group {g}", redraw, STARTING[g]) for g in range(GROUPS)
        ]
        self.sparsity = [
            slider("Pruned share", 0.3, 0.1, 0.9, 0.05, f"Share of group {g}'s channels removed", redraw)
            for g in range(GROUPS)
        ]
        self.strip, self.facts = Pane(), Pane()
        chance = button("Draw one at random", self.guard(self.draw_at_random), "primary", "A random point of the space")
        panels = (self._groups(), group("panel", heading("The network"), self.strip, self.facts))
        super().__init__(NOTE, [self.choice.inputs, self.choice.family, self.width, chance], panels)
        self.draw()

    def _groups(self) -> ipywidgets.Widget:
        columns = [
            group("group-controls", Pane(f"<b>g{g}</b>"), self.depth[g], self.kernel_stride[g], self.sparsity[g])
            for g in range(GROUPS)
        ]
        return group("panel", heading("Four groups of blocks"), group("groups", *columns))

    @property
    def arch(self) -> Arch:
        """The network on show, which may be one that cannot be built."""
        params = {"family": self.choice.family.value, "width": self.width.value}
        for g in range(GROUPS):
            params |= {
                f"depth_{g}": self.depth[g].value - 1,
                f"kernel_stride_{g}": self.kernel_stride[g].value,
                f"sparsity_{g}": round(self.sparsity[g].value, 2),
            }
        return Arch.from_params(params, self.choice.shape, self.choice.classes)

    def draw_at_random(self, seed: int | None = None) -> None:
        """Show a random point of the space; the same one for the same seed."""
        rng = random.Random(seed)
        drawn = {choice.name: _drawn(choice, rng) for choice in space(self.choice.shape)}
        self._held = True
        try:
            self.choice.family.value, self.width.value = drawn["family"], drawn["width"]
            for g in range(GROUPS):
                self.depth[g].value = drawn[f"depth_{g}"] + 1
                self.kernel_stride[g].value = drawn[f"kernel_stride_{g}"]
                self.sparsity[g].value = drawn[f"sparsity_{g}"]
        finally:
            self._held = False
        self.draw()

    def draw(self) -> None:
        """Bring strip and figures in line with the controls."""
        if self._held:
            return
        arch = self.arch
        self.strip.html = layers_html(arch.pruned, arch.input_shape)
        self.facts.html = facts_html(arch)


def _drawn(choice: Choice, rng: random.Random) -> str | int | float:
    return round(rng.uniform(choice.low, choice.high), 2) if choice.continuous else rng.choice(choice.options)


def facts_html(arch: Arch) -> str:
    """A network's figures, and how many it is one of."""
    try:
        ops = trace(arch.pruned, arch.input_shape)
        figures = (
            ("Layers", words.count(len(ops))),
            ("Weights", words.count(sum(op.params for op in ops))),
            ("Compute", words.macs(sum(op.macs for op in ops))),
        )
    except ShapeError:
        figures = tuple((name, "–") for name in ("Layers", "Weights", "Compute"))
    size = count(space(arch.input_shape))
    tiles = "".join(tile(name, value) for name, value in (*figures, ("One of", f"{size / 1e9:.0f} billion networks")))
    return (
        f'<div class="pn-tiles pn-four">{tiles}</div><p class="pn-note pn-words" role="status">{attribute(arch.words)}</p>'
    )
