"""A whole run as one HTML page that opens anywhere and loads nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from pnas_kit.cost import Estimated, energy, speed
from pnas_kit.deploy.report import confusion_table, page, pairs, section
from pnas_kit.search import Candidate, History, points, titles
from pnas_kit.search.sampler import SAMPLER_TITLES
from pnas_kit.space import FAMILIES

from .again import python_lines
from .boxes_svg import boxes_svg
from .charts import front_svg, learning_svg, volumes_svg
from .compare import on_front
from .examples import read_examples
from .folder import read_json, write_text
from .large import compared_with
from .records import Result
from .run import Run

SETTLED = ("done", "new")
ONE_LINE = 32
"""Characters up to which a cell of a table is not broken."""


def run_report(run: Run) -> str:
    """What a run was asked for, what it found, what became of the prototypes, and how to do it again.

    One self-contained page: pictures are inside, there is no script. A run that is still at work, or was stopped, is
    reported as far as it got.
    """
    name = run.title or f"{run.card.title} on {run.problem.board.name}"
    numbers = _chosen(run)
    parts = [
        f"<h1>{escape(name)}</h1>",
        f'<p class="soft">{escape(_subtitle(run))}</p>',
        section("What was asked for", pairs(_task(run))),
        section("What the search found", _search(run, numbers)),
        section("Chosen prototypes", _prototypes(run, numbers)),
        *(section(f"Prototype {number}", _prototype(run, number)) for number in numbers),
        section("To do it again", _again(run)),
    ]
    return page(f"{name}: search and prototypes", parts)


def write_report(run: Run) -> Path:
    """Write the report into the run's folder and return its path."""
    path = run.path / "report.html"
    write_text(path, run_report(run))
    return path


def _chosen(run: Run) -> list[int]:
    """The picked and the verified, the most accurate first."""
    results = {number: run.result(number) for number in run.verified}
    known = {c.number for c in run.candidates()}
    numbers = [n for n in dict.fromkeys([*results, *run.picks]) if n in known]
    return sorted(numbers, key=lambda n: -results[n].int8_accuracy if n in results else 0.0)


def _subtitle(run: Run) -> str:
    tried, verified, status = len(run.candidates()), len(run.verified), run.status
    begun = datetime.fromtimestamp((run.path / "config.json").stat().st_mtime)
    told = f"Begun on {begun:%d %B %Y at %H:%M}. {tried:,} of {run.config.trials:,} candidates tried, "
    told += f"{verified} prototype{'' if verified == 1 else 's'} trained and verified."
    if status.state not in SETTLED:
        told += (
            f" When this was written, the {status.phase} was {status.state}: {status.error or 'there may be more to come'}."
        )
    return told


def _task(run: Run) -> list[tuple[str, object]]:
    card, board, limits, config = run.card, run.problem.board, run.problem.limits, run.config
    shape = " × ".join(map(str, card.shape))
    known = speed(board.core, run.problem.engine)
    return [
        ("Data set", f"{card.title}, {card.task}, {shape}, {len(card.classes)} classes"),
        ("What", card.summary),
        ("Samples", f"{card.train:,} training, {card.test:,} test: {card.split}" if card.train else card.split),
        ("Licence", card.licence),
        ("Citation", card.citation),
        ("Source", card.source),
        ("Board", f"{board.name}, {board.mcu}, {board.core}, {board.clock_mhz:g} MHz"),
        ("Memory of the board", f"{_kib(board.ram_bytes)} RAM, {_kib(board.flash_bytes)} flash"),
        ("Runs with", known.engine),
        ("Limits", f"{_kib(limits.ram_bytes)} RAM, {_kib(limits.flash_bytes)} flash, {limits.macs:,} MACs"),
        ("Objectives", titles(run.problem.objectives)),
        ("Candidates", f"{config.trials:,}, {config.lookahead} under way at a time"),
        ("Sampler", SAMPLER_TITLES[config.sampler]),
        ("Seed", str(config.seed)),
    ]


def _search(run: Run, chosen: Sequence[int]) -> str:
    candidates = run.candidates()
    fit = [c for c in candidates if c.feasible]
    if not fit:
        return f"<p>{len(candidates)} candidates were tried, and none that meets every limit was found so far.</p>"
    history = History()
    for row in points(fit, run.problem):
        history.add(row)
    curve = list(zip([c.number for c in fit], history.values, strict=True))
    best = on_front(run)
    counted = (
        f"<p>{len(candidates):,} candidates tried, {len(fit):,} of them within every limit, {len(best)} on the front of "
        f"compute and score. Hypervolume of all objectives: {curve[-1][1]:.3f} of the box.</p>"
    )
    name = "this run"
    chart = f"<figure>{front_svg([run], [name], chosen)}</figure>" if best else ""
    return f"{counted}{chart}<figure>{volumes_svg([curve], [name], run.name)}</figure>{_front_table(run, best)}"


def _front_table(run: Run, best: Sequence[Candidate]) -> str:
    rows = []
    for c in best:
        sizes = (f"{c.cost.macs:,}", _kib(c.cost.ram_bytes), _kib(c.cost.flash_bytes))
        rows.append((str(c.number), c.arch.words, *sizes, _time(run, c.cost), f"{c.score:.3f}"))
    head = ("No.", "Network", "MACs", "RAM", "Flash", "Latency, estimated", "Score")
    return f"<h3>The front</h3>{_table(head, rows)}" if rows else ""


def _prototypes(run: Run, numbers: Sequence[int]) -> str:
    if not numbers:
        return "<p>None was chosen yet.</p>"
    by_number = {c.number: c for c in run.candidates()}
    rows = [_row(run, by_number[number], run.result(number)) for number in numbers]
    metric = next((result.metric for n in numbers if (result := run.result(n))), "accuracy")
    head = (
        "No.", "Family", f"int8 {metric}", f"float {metric}", "RAM planned", "RAM measured", "Flash estimated", ".tflite",
        "Latency, estimated", "Energy, estimated",
    )  # fmt: skip
    note = (
        "int8 is the .tflite on the whole test set. RAM is that for feature maps: what our planner takes beside what "
        "TensorFlow Lite Micro allocates. Latency and energy are estimates; in brackets the range in which a measured "
        "value is expected."
    )
    if large := compared_with(run):
        rows.append(("", large.network, "", f"{100 * large.accuracy:.2f} %", *[""] * (len(head) - 4)))
        size = f"{large.params:,} parameters, trained for {large.epochs} epochs on the same data"
        note += f" The last row is to compare: a large network of {size}."
    return f'{_table(head, rows)}<p class="soft">{escape(note)}</p>'


def _row(run: Run, candidate: Candidate, result: Result | None) -> tuple[str, ...]:
    cost, head = candidate.cost, (str(candidate.number), FAMILIES[candidate.arch.family].title)
    estimated = (_kib(cost.arena_bytes), _kib(cost.flash_bytes), _time(run, cost), _energy(run, cost))
    if result is None:
        return (*head, "not trained", "", estimated[0], "", estimated[1], "", *estimated[2:])
    measured = "not measured" if result.arena_measured is None else _kib(result.arena_measured)
    return (
        *head, f"{100 * result.int8_accuracy:.2f} %", f"{100 * result.float_accuracy:.2f} %", estimated[0], measured,
        estimated[1], _kib(result.tflite_bytes), *estimated[2:],
    )  # fmt: skip


def _prototype(run: Run, number: int) -> str:
    epochs, result = run.epochs(number), run.result(number)
    measure = "mAP50" if run.card.task == "detection" else "accuracy"
    parts = [f"<p>{escape(run.candidates()[number].arch.words)}</p>"]
    if epochs:
        parts.append(f"<figure>{learning_svg(epochs, measure, f'{run.name}-{number}')}</figure>")
    if result is None:
        return "".join([*parts, "<p>Not verified yet: train it to the end.</p>"])
    parts.append(pairs(_facts(run, number, result)))
    parts.append(confusion_table(result.confusion, run.card.classes))
    found = [boxes_svg(example, run.card.classes) for example in read_examples(run.prototype(number))]
    if found:
        kind = "Synthetic compositions. " if run.card.synthetic else ""
        parts.append(
            f'<p class="soft">{kind}Solid: found, with class and score. Dashed: the real box.</p>' + " ".join(found)
        )
    parts.append(_files(run, number, result))
    return "\n".join(parts)


def _facts(run: Run, number: int, result: Result) -> list[tuple[str, object]]:
    emulation, balanced, held_out = run.emulation(number), result.balanced_accuracy, result.validation_accuracy
    on_board = None
    if emulation and emulation.state == "done":
        on_board = (
            f"{emulation.different:,} of {emulation.bytes:,} output bytes differ over {emulation.tests} inputs, "
            f"{emulation.instructions:,} instructions per inference, on {emulation.machine} ({emulation.how})"
        )
    return [
        ("Quantised", result.quantisation),
        ("Validation, in training", None if held_out is None else f"{100 * held_out:.2f} %"),
        ("Test samples", f"{result.test_count:,}"),
        ("Balanced, int8", None if balanced is None else f"{100 * balanced:.2f} %"),
        ("mAP50-95, int8", None if result.int8_strict is None else f"{100 * result.int8_strict:.2f} %"),
        ("Training", f"{result.epochs} epochs in {result.train_seconds:,.0f} s"),
        ("Weights and biases", f"{result.params:,}"),
        ("On an emulated board", on_board),
    ]


def _files(run: Run, number: int, result: Result) -> str:
    """The files made for the user with their SHA-256, and whether they still are what was written."""
    rows = []
    for name, digest in (result.files or {"model.tflite": result.sha256}).items():
        path = run.prototype(number) / name
        content = path.read_bytes() if path.is_file() else None
        same = content is not None and hashlib.sha256(content).hexdigest() == digest
        state = "as written" if same else "missing" if content is None else "changed since"
        rows.append((name, "" if content is None else _kib(len(content)), digest, state))
    return "<h3>Files</h3>" + _table(("File", "Size", "SHA-256", "Now"), rows)


def _time(run: Run, cost: object) -> str:
    band = speed(run.problem.board.core, run.problem.engine).band
    return _span(Estimated(cost.latency_ms, band), "ms")


def _energy(run: Run, cost: object) -> str:
    known = energy((), run.problem.board, run.problem.engine)  # for its band, which the operators have no part in
    return "not known" if known is None or cost.energy_mj is None else _span(Estimated(cost.energy_mj, known.band), "mJ")


def _span(value: Estimated, unit: str) -> str:
    return f"{value.value:.3g} {unit} ({value.low:.3g} to {value.high:.3g})"


def _kib(size: int) -> str:
    return f"{size / 1024:,.1f} KiB"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>\n{body}</tbody></table></div>'


def _cell(text: str) -> str:
    """Figures stay on one line; a network's words and a checksum break where they must."""
    kept = ' style="white-space:nowrap"' if len(text) < ONE_LINE else ' style="overflow-wrap:anywhere"'
    return f"<td{kept}>{escape(text)}</td>"


def _again(run: Run) -> str:
    versions = read_json(run.path / "versions.json", {})
    lines = f'<div class="wide"><pre><code>{escape(python_lines(run))}</code></pre></div>'
    note = "<p>The same seed and versions give the same candidates, whatever the number of workers.</p>"
    return lines + note + pairs([("Folder", run.name), *((f"Version of {name}", found) for name, found in versions.items())])
