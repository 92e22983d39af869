"""Step 5: the verified models and their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets

from pnas_kit.cost import Estimated, energy, speed
from pnas_kit.runs import Result, Run
from pnas_kit.runs.large import compared_with
from pnas_kit.space import Arch
from widgets import cards, words
from widgets.chip_figures import costs_html
from widgets.controls import group, heading
from widgets.download import Download
from widgets.emulated import emulation_html
from widgets.pane import Pane
from widgets.state import State, unbalanced
from widgets.words import attribute

FILES = {
    "model.tflite": ("Model", ".tflite", "application/octet-stream"),
    "model-softmax.tflite": ("With softmax", ".tflite", "application/octet-stream"),
    "model_data.h": ("C array", ".h", "text/plain"),
    "report.html": ("Report", ".html", "text/html"),
    "firmware.zip": ("Firmware", ".zip", "application/zip"),
}

FLOAT_BYTES = 4
SOFTMAX = "model-softmax.tflite"
"""Made when it is asked for; only of a classifier."""


class StepDeploy:
    """A table of what was measured, downloads, runs on an emulated board, and pictures of the cost."""

    def __init__(
        self, state: State, guard: Callable, download: Download, hurry: Callable[[], None], report: ipywidgets.Widget
    ) -> None:
        """`report` is the way to the report of the whole run."""
        self._state = state
        self._download = download
        self._hurry = hurry
        self._explained: set[int] = set()  # prototypes whose pictures are on show
        self._table = Pane(
            file=guard(self._offer, todo="Train the prototype again."),
            emulate=guard(self._emulate, todo="Then try again."),
            halt=guard(self._halt, todo="Try again, or wait until it is done."),
            costs=guard(self._explain),
        )
        note = "Verified: every int8 file was run on the whole test set, and on TensorFlow Lite Micro for its RAM."
        self.view = group("deploy", group("panel", group("row", heading("Models", note), report), self._table))
        state.observe(guard(lambda _: self._explained.clear()), "run")  # before it is drawn
        state.observe(guard(lambda _: self.draw()), ["results", "picked", "run", "status", "emulations"])
        self.draw()

    def _offer(self, key: str) -> None:
        number, _, name = key.partition(":")
        run = self._state.run
        content = run.with_softmax(int(number)) if name == SOFTMAX else run.delivered(int(number), name)
        self._download.offer(f"{run.config.data}-{number}-{name}", content, FILES[name][2])

    def _emulate(self, key: str) -> None:
        self._state.run.emulate(int(key))
        self._hurry()

    def _halt(self, key: str) -> None:
        self._state.run.stop_emulation(int(key))
        self._hurry()

    def _explain(self, key: str) -> None:
        self._explained ^= {int(key)}
        self.draw()

    def draw(self) -> None:
        """Bring the table in line with the state."""
        state = self._state
        if not state.results:
            text = "Train the prototypes first: each verified model appears here with its files."
            self._table.html = cards.empty("No model yet", text)
            return
        by_number = {candidate.number: candidate for candidate in state.candidates}
        results = sorted(state.results.values(), key=lambda result: -result.int8_accuracy)
        body = "".join(
            self._row(r, by_number[r.number].arch.words, r is results[0]) + self._more(r.number, by_number[r.number].arch)
            for r in results
        )
        waiting = len(state.picked) - len(results)
        more = f'<p class="pn-note">{waiting} more still to be trained.</p>' if waiting else ""
        head = HEAD.replace("SAMPLES", words.count(results[0].test_count))
        if results[0].metric != "accuracy":
            head = head.replace("Accuracy on", f"{results[0].metric} on").replace("test samples", "test images")
        attributes = f'class="pn-table pn-models pn-stacked" data-rows="{len(results)}"'
        self._table.html = f"<table {attributes}>{head}<tbody>{body}</tbody>{_large(state.run)}</table>{more}{FOOT}"

    def _row(self, result: Result, architecture: str, best: bool) -> str:
        measured = "–" if result.arena_measured is None else words.kib(result.arena_measured)
        badge = '<span class="pn-badge pn-good">most accurate</span>' if best and len(self._state.results) > 1 else ""
        files = "".join(
            f'<button type="button" class="pn-plain" data-action="file" data-key="{result.number}:{name}" '
            f'aria-label="Download {title} of prototype {result.number}">{title}<small>{suffix}</small></button>'
            for name, (title, suffix, _) in FILES.items()
            if name != SOFTMAX or result.confusion
        )
        cells = (
            f"<b>{words.percent(result.int8_accuracy, 2)}</b>{self._balanced(result)}",
            words.percent(result.float_accuracy, 2),
            words.kib(result.tflite_bytes),
            words.kib(result.arena_predicted),
            measured,
            self._time(result),
            self._energy(result),
        )
        figures = _labelled(result.metric, cells)
        return (
            f'<tr data-key="{result.number}"><th scope="row"><b>{result.number}</b>{badge}'
            f"<small>{attribute(architecture)}</small></th>{figures}"
            f'<td class="pn-files"><div>{files}</div></td></tr>'
        )

    def _balanced(self, result: Result) -> str:
        """Where some classes are rare: all classes counting the same."""
        if not unbalanced(self._state.run.card):
            return ""
        return f"<small>balanced {words.percent(result.balanced_accuracy, 2)}</small>"

    def _time(self, result: Result) -> str:
        """Latency and its band."""
        problem = self._state.run.problem
        band = speed(problem.board.core, problem.engine).band
        return f"{words.milliseconds(result.latency_ms)}<small>{words.span(Estimated(result.latency_ms, band))}</small>"

    def _energy(self, result: Result) -> str:
        problem = self._state.run.problem
        known = energy((), problem.board, problem.engine)  # for its band, which the operators have no part in
        if result.energy_mj is None or known is None:
            return "–"
        return f"{words.figure(result.energy_mj)} mJ<small>{words.span(Estimated(result.energy_mj, known.band))}</small>"

    def _more(self, number: int, arch: Arch) -> str:
        """The row below a model: the emulated board, and what it costs."""
        shown = number in self._explained
        button = (
            f'<button type="button" class="pn-plain" data-action="costs" data-key="{number}" '
            f'aria-expanded="{str(shown).lower()}" aria-label="What prototype {number} costs">What it costs</button>'
        )
        problem = self._state.run.problem
        pictures = costs_html(arch.pruned, arch.input_shape, problem.board, problem.engine) if shown else ""
        emulation = emulation_html(number, self._state.emulations.get(number))
        return (
            f'<tr class="pn-more" data-key="{number}:more"><td colspan="9"><div class="pn-doing">{button}{emulation}</div>'
            f"{pictures}</td></tr>"
        )


def _labelled(metric: str, cells: Sequence[str]) -> str:
    """The figures of a row, each with what it is."""
    name = "Accuracy" if metric == "accuracy" else attribute(metric)
    return "".join(
        f'<td data-label="{label.replace("METRIC", name)}">{cell}</td>' for label, cell in zip(LABELS, cells, strict=True)
    )


def _large(run: Run) -> str:
    """A row for the large network on the same data, where one is known."""
    large = compared_with(run)
    if large is None:
        return ""
    size = f"{words.kib(FLOAT_BYTES * large.params)}<small>its weights alone</small>"
    about = f"{large.network}, {large.params / 1e6:.1f} M parameters, {large.epochs} epochs, on the same data"
    cells = ("–", words.percent(large.accuracy, 2), size, "–", "–", "–", "–")
    return (
        f'<tbody class="pn-large"><tr><th scope="row"><b>To compare</b>'
        f"<small>{words.unbroken(about)}</small></th>"
        f"{_labelled(large.metric, cells)}<td></td></tr></tbody>"
    )


HEAD = (
    '<thead><tr><th rowspan="2">Prototype</th><th colspan="2" scope="colgroup">Accuracy on SAMPLES test samples</th>'
    '<th rowspan="2">Flash</th><th colspan="2" scope="colgroup">RAM for feature maps</th>'
    '<th rowspan="2">Latency<small>estimate, range</small></th><th rowspan="2">Energy<small>estimate, range</small></th>'
    '<th rowspan="2">Download</th></tr><tr><th>int8</th><th>float</th><th>planned</th><th>measured</th></tr></thead>'
)
LABELS = ("METRIC, int8", "METRIC, float", "Flash", "RAM, planned", "RAM, measured", "Latency, estimate", "Energy, estimate")
"""What each figure is, where the screen is too narrow for the head of the table."""
FOOT = (
    '<dl class="pn-hints"><div><dt>Model .tflite</dt><dd>Runs in TensorFlow Lite on a computer or phone and in TensorFlow '
    "Lite Micro on the board; with softmax it answers with probabilities; its classes are compared "
    "with the model's on stored test samples.</dd></div>"
    "<div><dt>C array .h</dt><dd>The model's bytes as a constant: include it in your "
    "firmware beside TensorFlow Lite Micro.</dd></div><div><dt>Report .html</dt><dd>Every figure with how it was obtained, "
    "the confusion table and what the network looks like.</dd></div><div><dt>Firmware .zip</dt><dd>The network as C with a "
    "self-test, an Arduino sketch, PlatformIO, Make and CMake projects, and a model card.</dd></div></dl>"
    '<p class="pn-note">Flash is the size of the .tflite file. Planned RAM comes from our memory planner; measured RAM is '
    "what TensorFlow Lite Micro allocates for the file. Latency and energy are estimates for the chosen board, not "
    "measurements; the small figures give the likely range. A dash means that no figure is known.</p>"
)
