"""What became of the trained prototypes: accuracy, cost, where they err."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.cost import Estimated, speed
from pnas_kit.runs import Result
from pnas_kit.runs.examples import read_answers, read_examples
from widgets import cards, words
from widgets.answers import answers_html
from widgets.confusion import confusion_html
from widgets.controls import group, heading, show
from widgets.detections import found_html
from widgets.pane import Pane
from widgets.state import State
from widgets.words import attribute

MEASURED = '<span class="pn-badge pn-good">measured</span>'
ESTIMATED = '<span class="pn-badge">estimated</span>'
NOTE = "Of the int8 file, on the whole test set."


class Outcome:
    """The verified prototypes, one on show; ``view`` is what the page shows."""

    def __init__(self, state: State, guard: Callable) -> None:
        self._state = state
        self._shown: int | None = None
        self._drawn: dict[str, str] = {}  # pictures and table by the file's checksum: drawn once
        self._pane = Pane(outcome=guard(self._choose))
        self.view = group("panel", heading("Outcome", NOTE), self._pane)
        state.observe(guard(lambda _: self.draw()), ["results", "run"])
        self.draw()

    def _choose(self, number: str) -> None:
        self._shown = int(number)
        self.draw()

    def draw(self) -> None:
        """Bring the panel in line with the state; it is away while nothing is verified."""
        results = self._state.results
        show(self.view, bool(results))
        if not results:
            self._pane.html = ""
            return
        if self._shown not in results:
            self._shown = max(results.values(), key=lambda result: result.int8_accuracy).number
        picks = [
            cards.radio("outcome", str(number), number == self._shown, f"<b>{number}</b> {words.percent(r.int8_accuracy)}")
            for number, r in sorted(results.items())
        ]
        chosen = results[self._shown]
        self._pane.html = (
            cards.radios("Verified prototypes", "outcome", picks) + self._figures(chosen) + self._errors(chosen)
        )

    def _figures(self, result: Result) -> str:
        """Accuracy before and after, and each cost with how it is known."""
        problem, of = self._state.run.problem, "" if result.metric == "accuracy" else f" {result.metric}"
        band = Estimated(result.latency_ms, speed(problem.board.core, problem.engine).band)
        lost = round(100 * (result.float_accuracy - result.int8_accuracy), 2)
        change = f"{abs(lost):.2f} points {'below' if lost > 0 else 'above'} float" if lost else "the same as float"
        ram = words.kib(result.arena_predicted)
        tiles = [
            cards.tile(f"Float{of}", words.percent(result.float_accuracy, 2), MEASURED),
            cards.tile(f"int8{of}", words.percent(result.int8_accuracy, 2), f"<small>{change}</small>{MEASURED}"),
            cards.tile("RAM, planned", ram, ESTIMATED),
            cards.tile("RAM, TensorFlow Lite Micro", "–", "<small>its package is not here</small>"),
            cards.tile("Flash, the file", words.kib(result.tflite_bytes), MEASURED),
            cards.tile("Latency", words.milliseconds(result.latency_ms), f"<small>{words.span(band)} ms</small>{ESTIMATED}"),
        ]
        if result.arena_measured is not None:
            tiles[3] = cards.tile("RAM, TensorFlow Lite Micro", words.kib(result.arena_measured), MEASURED)
        made = {"post-training": "after training", "quantisation-aware": "with rounding in the training"}
        how = made.get(result.quantisation, attribute(result.quantisation))
        return (
            f'<div class="pn-tiles pn-outcome" data-key="{result.number}">{"".join(tiles)}</div>'
            f'<p class="pn-note">{words.count(result.test_count)} test samples; quantised {how}.</p>'
        )

    def _errors(self, result: Result) -> str:
        run, key = self._state.run, f"{self._state.run.name}/{result.number}/{result.sha256}"
        if key not in self._drawn:
            folder = run.prototype(result.number)
            html = found_html(read_examples(folder), run.card, result.shown_score)
            if result.confusion:
                wrong = sum(map(sum, result.confusion)) - sum(row[i] for i, row in enumerate(result.confusion))
                answers = answers_html(read_answers(folder), run.card, wrong)
                html = f'<div class="pn-errs">{confusion_html(result.confusion, run.card.classes)}{answers}</div>'
            self._drawn[key] = html
        return self._drawn[key]
