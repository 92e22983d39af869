"""The app of lesson 2: what a network takes of a board, and where in the network."""

from __future__ import annotations

from pnas_kit.cost import Board, Cost, Estimated, boards, energy, estimate, latency, trace
from pnas_kit.search import Limits
from pnas_kit.space import Arch, ShapeError
from pnas_kit.space.choices import GROUPS
from widgets import words
from widgets.cards import bar, core, memory
from widgets.chip_figures import costs_html
from widgets.controls import button, group, heading
from widgets.lessons.app import App, dropdown, slider
from widgets.lessons.input_and_family import InputAndFamily
from widgets.pane import Pane
from widgets.words import attribute

NOTE = (
    "Change the network or the board. <b>Bars:</b> how much of the board is taken. <b>Pictures:</b> where in the network "
    "memory and time go; point at a column to read it."
)
HALVINGS = (
    ("nowhere", (1, 1, 1, 1)),
    ("in the last group", (1, 1, 1, 2)),
    ("in the first group", (2, 1, 1, 1)),
    ("in the first two groups", (2, 2, 1, 1)),
    ("in every other group", (2, 1, 2, 1)),
    ("in the first three groups", (2, 2, 2, 1)),
)
FIGURES = (("RAM", "ram_bytes"), ("Flash", "flash_bytes"), ("MACs", "macs"), ("Latency", "latency_ms"))


class ChipCost(App):
    """A network of a few controls on a board; bars, memory and time follow."""

    number, title = 2, "What a network costs on a chip"

    def __init__(self) -> None:
        redraw = self.guard(self.draw)
        self._kept: tuple[Arch, Board, Cost] | None = None
        self.board = dropdown("Board", [(b.name, b.id) for b in boards().values()], "What it runs on", redraw)
        self.choice = InputAndFamily(self.guard, self.draw, 1)
        self.depth = slider("Blocks in each group", 2, 1, 4, 1, "Depth of all four groups", redraw)
        self.width = slider("Width", 0.5, 0.1, 1.0, 0.05, "Scale of the channels of every convolution", redraw)
        self.kernel = dropdown("Kernel", [(f"{k} wide", k) for k in (3, 5, 7)], "Of all four groups", redraw)
        self.halving = dropdown("Maps are halved", HALVINGS, "Where the stride is 2", redraw, 4)
        self.sparsity = slider("Pruned share", 0.3, 0.1, 0.9, 0.05, "Share of every group's channels removed", redraw)
        keep = button("Keep it to compare with", self.guard(self.keep), hint="Later networks are compared with this one")
        self.bars, self.costs = Pane(), Pane()
        controls = [
            *(self.board, self.choice.inputs, self.choice.family, self.halving, self.kernel),
            *(self.depth, self.width, self.sparsity, keep),
        ]
        super().__init__(NOTE, controls, [group("panel", heading("On the board"), self.bars), group("panel", self.costs)])
        self.draw()

    @property
    def arch(self) -> Arch:
        """The network on show, which may be one that cannot be built."""
        return Arch(
            family=self.choice.family.value,
            depth=(self.depth.value,) * GROUPS,
            kernel=(self.kernel.value,) * GROUPS,
            stride=self.halving.value,
            width=self.width.value,
            sparsity=(round(self.sparsity.value, 2),) * GROUPS,
            input_shape=self.choice.shape,
            classes=self.choice.classes,
        )

    def keep(self) -> None:
        """Compare what follows with the network on show."""
        arch, board = self.arch, boards()[self.board.value]
        self._kept = (arch, board, estimate(arch.pruned, arch.input_shape, board))
        self.draw()

    def draw(self) -> None:
        """Bring bars and pictures in line with the controls."""
        arch, board = self.arch, boards()[self.board.value]
        try:
            cost = estimate(arch.pruned, arch.input_shape, board)
        except ShapeError as error:
            self.bars.html = f'<p class="pn-failed" role="status"><b>Cannot be built.</b> {attribute(error)}.</p>'
            self.costs.html = ""
            return
        self.bars.html = bars_html(arch, board, cost) + (compared_html(cost, *self._kept) if self._kept else "")
        self.costs.html = costs_html(arch.pruned, arch.input_shape, board)


def bars_html(arch: Arch, board: Board, cost: Cost) -> str:
    """A network's four figures beside what the board has, and the board in a line."""
    limits, ops = Limits.of(board), trace(arch.pruned, arch.input_shape)
    time, power = latency(ops, board), energy(ops, board)
    bars = (
        _against("RAM", words.kib(cost.ram_bytes), cost.ram_bytes / limits.ram_bytes, "of the board's RAM")
        + _against("Flash", words.kib(cost.flash_bytes), cost.flash_bytes / limits.flash_bytes, "of the board's flash")
        + _against("MACs", words.macs(cost.macs).removesuffix(" MACs"), cost.macs / limits.macs, "of what it does in 0.5 s")
        + _against("Latency", words.milliseconds(cost.latency_ms), cost.latency_ms / 500, "of half a second")
    )
    facts = (
        f"{board.name}: {core(board.core)} at {board.clock_mhz:g} MHz, {words.kib(board.ram_bytes)} of RAM, "
        f"{memory(board.flash_bytes)} of flash. Latency is an estimate, likely {words.span(time)} ms. {_energy(power)}"
    )
    return f'<div class="pn-bars">{bars}</div><p class="pn-note pn-words" role="status">{attribute(facts)}</p>'


def _against(label: str, text: str, share: float, note: str) -> str:
    return bar(label, f"{text} <small>{100 * share:.0f} %</small>", share, f"{label}, share {note}")


def _energy(power: Estimated | None) -> str:
    if power is None:
        return "Its power is not published, so there is no energy."
    return f"One answer takes about {words.figure(power.value)} mJ, likely {words.span(power)}."


def compared_html(cost: Cost, arch: Arch, board: Board, kept: Cost) -> str:
    """How the figures differ from those of the network that was kept."""
    times = ", ".join(f"{label} {getattr(cost, name) / getattr(kept, name):.2f}×" for label, name in FIGURES)
    net = attribute(f"{arch.words}, {board.name}")
    return f'<p class="pn-words" role="status"><b>{times}</b> of the kept one: {net}.</p>'
