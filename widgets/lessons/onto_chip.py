"""Lesson 6's app: a trained network, a board, an engine; does it fit, how long does it take, are the bytes the same?"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from pnas_kit.cost import Board, boards, estimate, latency, speed, trace
from pnas_kit.cost.speed import speeds
from pnas_kit.deploy.read_back import read_back
from pnas_kit.learn.data import load
from pnas_kit.runs import Run
from pnas_kit.search import Candidate
from widgets import words
from widgets.cards import bar, memory
from widgets.chip_figures import costs_html
from widgets.controls import button, group
from widgets.lessons.app import App, dropdown, slider
from widgets.lessons.same_bytes import compare, table_html
from widgets.pane import Pane
from widgets.words import attribute

NOTE = (
    "Networks that were searched, trained and quantised before. Choose one, a <b>board</b> and the <b>engine</b> that runs "
    "it. Does it fit? Which operator needs the memory, which the time?"
)
INPUTS = 20


class OntoChip(App):
    """What becomes of a recorded run's prototypes on a board.

    Args:
        run: with trained prototypes; None takes the recorded run of the digits.
    """

    number = 6
    title = "Onto the chip"

    def __init__(self, run: Run | None = None) -> None:
        self.run = run or _recorded()
        trained = {c.number: c for c in self.run.candidates() if self.run.result(c.number)}
        self._trained = dict(sorted(trained.items(), key=lambda pair: pair[1].cost.macs))
        look = self.guard(self._look)
        named = [(self._name(candidate), number) for number, candidate in self._trained.items()]
        self.prototype = dropdown("Network and its accuracy", named, "Prototypes of the recorded run", look)
        self.board = dropdown("Board", [(b.name, b.id) for b in boards().values()], "Where it is to run", look)
        self.engine = dropdown("Engine", [], "The software that runs the network", look)
        hint = "The rest is taken by your own program, its libraries and their data"
        self.left = slider("Memory left for the network (%)", 100, 5, 100, 5, hint, look)
        self.compare = button("Compare the bytes", self.guard(self.start), "primary")
        self._fits, self._costs, self._bytes = Pane(), Pane(), Pane()
        self._thread: threading.Thread | None = None
        controls = [self.prototype, self.board, self.left, self.engine, self._fits, self.compare]
        super().__init__(NOTE, controls, [group("panel", self._bytes), group("panel", self._costs)])
        self.prototype.value = max(self._trained.values(), key=lambda c: c.cost.ram_bytes).number  # the hardest to place
        self._look()

    @property
    def chosen(self) -> tuple[Candidate, Board]:
        """The network and the board on show, with the memory that is left on it."""
        board, left = boards()[self.board.value], self.left.value / 100
        rest = {name: int(left * getattr(board, name)) for name in ("ram_bytes", "flash_bytes")}
        return self._trained[self.prototype.value], replace(board, **rest)

    def start(self) -> None:
        """Run the network in every way there is, in a thread, and show which bytes differ."""
        if self._thread is None or not self._thread.is_alive():
            self.compare.disabled = True
            self._thread = threading.Thread(target=self.guard(self._run_all, locked=False), daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Until a comparison under way is done."""
        if self._thread is not None:
            self._thread.join()

    def _name(self, candidate: Candidate) -> str:
        right = self.run.result(candidate.number).int8_accuracy
        return f"{candidate.number}: {words.percent(right)}, {words.macs(candidate.cost.macs)}"

    def _look(self) -> None:
        candidate, board = self.chosen
        known = list(speeds(board.core))
        if list(self.engine.options) != known:
            self.engine.options = known
            self.engine.value = known[0]  # which comes back here
            return
        layers, shape = candidate.arch.pruned, candidate.arch.input_shape
        self._fits.html = fits_html(candidate, board, self.engine.value)
        self._costs.html = costs_html(layers, shape, board, self.engine.value)
        self._bytes.html = _asked(candidate, board)

    def _run_all(self) -> None:
        candidate, board = self.chosen
        try:
            file = self.run.file(candidate.number, "model.tflite").read_bytes()
            model = read_back(file, candidate.arch.pruned, candidate.arch.input_shape)
            data = load(self.run.config.data)
            samples = data.test_x[np.linspace(0, len(data.test_x) - 1, INPUTS).astype(int)]
            found = compare(model, model.tensors["input"].quantise(samples), board, self._tell)
            self._bytes.html = table_html(found) + f'<p class="pn-note">{INPUTS} test samples, {CLOSING}</p>'
        except BaseException:
            self._bytes.html = _asked(candidate, board)
            raise
        finally:
            self.compare.disabled = False

    def _tell(self, doing: str) -> None:
        self._bytes.html = f'<p role="status">Running: {attribute(doing)} …</p>'


CLOSING = (
    "every byte of every answer. What runs on the board gives exactly the answers that were tested here; only the fast "
    "kernels of a desktop may round a value the other way."
)


def _recorded() -> Run:
    from pnas_kit.runs import recorded

    return recorded("digits")


def _asked(candidate: Candidate, board: Board) -> str:
    return (
        f"<p><b>The same bytes?</b> Network {candidate.number} can be run here in four ways, one of them C on an emulated "
        f"{attribute(board.name)}. Compare them: some seconds.</p>"
    )


def fits_html(candidate: Candidate, board: Board, engine: str) -> str:
    """RAM and flash against the board's, the latency with its band, and a sentence that says whether it fits."""
    layers, shape = candidate.arch.pruned, candidate.arch.input_shape
    cost = estimate(layers, shape, board, engine=engine)
    time, how = latency(trace(layers, shape), board, engine), speed(board.core, engine).how
    parts = (("RAM", cost.ram_bytes, board.ram_bytes), ("Flash", cost.flash_bytes, board.flash_bytes))
    bars = "".join(
        bar(name, f"{words.kib(used)} of {memory(there)}", used / there, f"{used / there:.0%} of what is left")
        for name, used, there in parts
    )
    over = [f"{words.kib(used - there)} of {name.replace('Flash', 'flash')}" for name, used, there in parts if used > there]
    verdict = f"It does not fit: {' and '.join(over)} too much." if over else "It fits what is left of the board's memory."
    return (
        f'<div class="pn-bars pn-bars-two">{bars}</div>'
        f'<p role="status" class="{"pn-failed" if over else "pn-fitting"}"><b>{verdict}</b></p>'
        f'<p class="pn-lesson-words">One inference takes about <b>{words.milliseconds(time.value)}</b>, likely '
        f"{words.span(time)} ms; cycles per MAC are {how}.</p>"
    )
