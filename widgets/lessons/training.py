"""Lesson 5's app: a tiny network that is trained while one prunes it and takes bits from its numbers."""

from __future__ import annotations

import threading
import time

import ipywidgets
import numpy as np

from widgets import words
from widgets.cards import tile
from widgets.controls import button, group
from widgets.lessons.app import App, dropdown, slider
from widgets.lessons.plane import PROBLEMS, field_svg, grid, problem
from widgets.lessons.tiny_net import FLOAT_BITS, TinyNet, accuracy
from widgets.pane import Pane

NOTE = (
    "A network learns which colour belongs where. <b>Train</b> it; then <b>prune</b> half of its neurons and watch it "
    "recover; then take <b>bits</b> away until the right picture, the one the chip would see, falls apart."
)
MOST_EPOCHS = 600
EPOCHS_A_LOOK, LOOK_SECONDS = 2, 0.16
MARKS = 120  # test samples drawn
CURVE = (880, 112)  # width, height


class TrainPruneQuantise(App):
    """A network of two hidden layers on points of the plane, trained in a thread of this kernel."""

    number = 5
    title = "Train, prune, quantise"

    def __init__(self) -> None:
        again, look = self.guard(self.restart), self.guard(self._changed)
        self.task = dropdown("Problem", [(name, name) for name in PROBLEMS], "What is to be learnt", again)
        self.pruned = slider("Neurons pruned (%)", 0, 0, 90, 10, "The weakest of each hidden layer are switched off", look)
        self.bits = slider("Bits per number", 8, 2, 8, 1, "Of weights and of values between the layers", look)
        self.aware = ipywidgets.Checkbox(value=False, description="Train with rounded numbers", indent=False)
        self.go = button("Train", self.guard(self.toggle), "primary")
        restart = button("Start over", again, hint="New weights; nothing pruned")
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._running = False
        self._figures, self._fields, self._below = Pane(), Pane(), Pane()
        controls = [self.task, group("row", self.go, restart), self.pruned, self.bits, self.aware, self._figures]
        super().__init__(NOTE, controls, [group("panel", self._fields), group("panel", self._below)])
        self.restart()

    # ---- what a notebook or a test does

    def restart(self) -> None:
        """New weights, nothing learnt; training stops."""
        self.pause()
        with self._lock:
            (self._x, self._y), (self._test_x, self._test_y) = problem(self.task.value)
            self.net, self.epoch = TinyNet(), 0
            self.history: list[tuple[float, float]] = []
            self._rng = np.random.default_rng(0)
            self.pruned.value = 0
            self._show()

    def toggle(self) -> None:
        """Train, or pause."""
        if self._running:
            self.pause()
        else:
            self.train()

    def train(self) -> None:
        """Go on training, in a thread, up to `MOST_EPOCHS` in all."""
        if self._running or self.epoch >= MOST_EPOCHS:
            return
        self._running = True
        self._name_button()
        self._thread = threading.Thread(target=self.guard(self._work, locked=False), daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Stop training after the epoch under way."""
        self._running = False
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(5)
        self._name_button()

    def advance(self, epochs: int) -> None:
        """Train for some epochs at once, and show where that leads."""
        with self._lock:
            for _ in range(epochs):
                self.net.train(self._x, self._y, self._rng, self.bits.value if self.aware.value else FLOAT_BITS)
                self.epoch += 1
            self._show(keep=True)

    def close(self) -> None:
        """Stop and leave the page."""
        self.pause()
        super().close()

    # ---- the thread and the page

    def _work(self) -> None:
        try:
            while self._running and self.epoch < MOST_EPOCHS:
                self.advance(EPOCHS_A_LOOK)
                time.sleep(LOOK_SECONDS)
        finally:
            self._running = False
            self._name_button()

    def _name_button(self) -> None:
        over = getattr(self, "epoch", 0) >= MOST_EPOCHS
        self.go.description = "Pause" if self._running else "Trained" if over else "Train"
        self.go.disabled = over and not self._running

    def _changed(self) -> None:
        with self._lock:
            self.net.prune(self.pruned.value / 100)
            self._show()

    @property
    def scores(self) -> tuple[float, float]:
        """Shares of the test samples that are right: with exact numbers, and with rounded ones."""
        exact, few = (accuracy(self._answers(self._test_x, bits), self._test_y) for bits in (FLOAT_BITS, self.bits.value))
        return exact, few

    def _answers(self, x: np.ndarray, bits: int) -> np.ndarray:
        return self.net.run(x, bits, self.net.ranges(self._x))

    def _show(self, keep: bool = False) -> None:
        scores, bits = self.scores, self.bits.value
        if keep:
            self.history.append(scores)
        self._figures.html = figures_html(self.epoch, scores, self.net, bits)
        x, y = self._test_x[:MARKS], self._test_y[:MARKS]
        shown = [
            (title, field_svg(self._answers(grid(), used), x, y, f"Answers over the plane, {title}"), score)
            for title, used, score in zip(("Exact numbers", f"{bits} bits"), (FLOAT_BITS, bits), scores, strict=True)
        ]
        self._fields.html = fields_html(shown)
        self._below.html = curve_html(self.history, bits) + neurons_html(self.net)


def figures_html(epoch: int, scores: tuple[float, float], net: TinyNet, bits: int) -> str:
    """The figures as tiles."""
    size = (net.left * bits + 7) // 8
    tiles = (
        tile("Epoch", f"{epoch} of {MOST_EPOCHS}"),
        tile("Weights left", str(net.left)),
        tile("Right, exact", words.percent(scores[0])),
        tile(f"Right, {bits} bits", words.percent(scores[1])),
        tile("Weights take", f"{size} bytes instead of {4 * TinyNet().left}"),
    )
    return f'<div class="pn-tiles">{"".join(tiles)}</div>'


def fields_html(shown: list[tuple[str, str, float]]) -> str:
    """The two pictures side by side, each with its share of right answers."""
    figures = "".join(
        f"<figure><figcaption><b>{title}</b> {words.percent(score)} right</figcaption>{picture}</figure>"
        for title, picture, score in shown
    )
    return f'<div class="pn-fields-two">{figures}</div>'


def curve_html(history: list[tuple[float, float]], bits: int) -> str:
    """Shares of right answers since the start: a line for exact numbers, a dashed one for rounded ones."""
    wide, tall = CURVE
    left, top, bottom = 52, 8, tall - 8
    step = (wide - left - 8) / max(1, MOST_EPOCHS // EPOCHS_A_LOOK - 1)
    grid_lines = "".join(
        f'<line class="pn-curve-grid" x1="{left}" x2="{wide}" y1="{y}" y2="{y}"/>'
        f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{share} %</text>'
        for share, y in ((100, top), (75, (top + bottom) / 2), (50, bottom))
    )
    lines = ""
    for place, kind in enumerate(("accuracy", "loss")):
        path = " ".join(
            f"{left + step * i:.1f},{bottom - (bottom - top) * max(0.0, scores[place] - 0.5) / 0.5:.1f}"
            for i, scores in enumerate(history)
        )
        lines += f'<polyline class="pn-curve-{kind}" points="{path}"/>'
    now = f"{words.percent(history[-1][0])} and {words.percent(history[-1][1])}" if history else "nothing yet"
    return (
        '<p class="pn-curve-legend pn-lesson-key"><span>exact numbers</span>'
        f'<span class="pn-curve-loss">{bits} bits</span></p>'
        f'<svg class="pn-curve" role="img" aria-label="Right answers over training: {now}" viewBox="0 0 {wide} {tall}">'
        f"{grid_lines}{lines}</svg>"
    )


def neurons_html(net: TinyNet) -> str:
    """A bar for every hidden neuron, as high as its weights are strong; pruned ones are hollow."""
    rows = []
    for layer, (norms, alive) in enumerate(zip(net.importance, net.alive, strict=True), 1):
        most = norms.max() or 1.0
        bars = "".join(
            f'<i class="{"" if lives else "pn-gone"}" style="height:{max(6.0, 100 * norm / most):.0f}%"></i>'
            for norm, lives in zip(norms, alive, strict=True)
        )
        left = f"{int(alive.sum())} of {len(alive)} neurons"
        caption = f"<figcaption>Layer {layer}: {left}; the higher a bar, the stronger; the weakest go first</figcaption>"
        rows.append(f'<figure>{caption}<div class="pn-neurons" aria-hidden="true">{bars}</div></figure>')
    return f'<div class="pn-fields-two pn-strengths">{"".join(rows)}</div>'
