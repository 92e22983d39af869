"""Two runs side by side as HTML: both fronts on one chart, budgets, hypervolume, prototypes with their differences."""

from __future__ import annotations

from collections.abc import Sequence

from pnas_kit.cost import Estimated, speed
from pnas_kit.runs import Run
from pnas_kit.runs.charts import COLOURS, front_svg, volumes_svg
from pnas_kit.runs.compare import Comparison, Prototype, compare, on_front
from pnas_kit.search import titles
from pnas_kit.search.sampler import SAMPLER_TITLES
from pnas_kit.space import FAMILIES
from widgets import words
from widgets.words import attribute, begun, run_title

LETTERS = ("A", "B")
MINUS = "\u2212"
MARKS = ('<circle cx="8" cy="8" r="5.5"/>', '<rect x="3" y="3" width="10" height="10"/>')  # as on the charts
BACK = '<button type="button" class="pn-plain" data-action="back" data-focus="back" data-escape>Back to the list</button>'
FIGURES = {
    "int8_accuracy": ("Accuracy, int8", lambda v: words.percent(v, 2), 100, "{:+.2f} points", +1),
    "flash_bytes": ("Flash", words.kib, 1 / words.KIB, "{:+.1f} KiB", -1),
    "ram_bytes": ("RAM", words.kib, 1 / words.KIB, "{:+.1f} KiB", -1),
    "macs": ("Compute", words.macs, 1e-6, "{:+.2f} M", -1),
    "latency_ms": ("Latency, estimated", words.milliseconds, 1, "{:+.2f} ms", -1),
    "score": ("Score", lambda v: f"{v:.3f}", 1, "{:+.3f}", +1),
}
"""Per figure: label, how it is written, scale and form of a difference, and the direction that is better."""

OF_THE_DATA = {"int8_accuracy", "score"}


def compared_html(first: Run, second: Run) -> str:
    """All that can be said of two runs, and why where something cannot."""
    found = compare(first, second)
    head = "".join(
        f"<li>{mark(i)}<b>{LETTERS[i]}</b>{attribute(run_title(run))}, {begun(run):%d %b %H:%M}</li>"
        for i, run in enumerate(found.runs)
    )
    return (
        f'<div class="pn-compared" data-comparable="{str(found.comparable).lower()}"><div class="pn-compared-head">'
        f"<h3>Two runs compared</h3><ul>{head}</ul>{BACK}</div>{_notes(found)}{_charts(found)}"
        f'<div class="pn-compared-tables">{_budgets(found)}{_prototypes(found)}</div></div>'
    )


def mark(place: int) -> str:
    """The colour and shape of a run."""
    return (
        f'<svg class="pn-compared-mark" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" '
        f'fill="{COLOURS[place]}">{MARKS[place]}</svg>'
    )


def _notes(found: Comparison) -> str:
    if not found.comparable:
        return f'<p class="pn-failed" role="status">{attribute(found.why_not)}</p>'
    return "".join(f'<p class="pn-note">{attribute(note)}</p>' for note in found.notes)


def _charts(found: Comparison) -> str:
    if not found.comparable:
        return ""
    drawn = []
    if any(on_front(run) for run in found.runs):
        drawn.append(("Fronts of compute and score", front_svg(found.runs, LETTERS)))
    if any(found.volumes):
        names = titles(found.objectives)
        key = "-".join(run.name for run in found.runs)
        drawn.append((f"Hypervolume of {names}; one scale and reference for both", volumes_svg(found.volumes, LETTERS, key)))
    figures = "".join(f"<figure><figcaption>{attribute(text)}</figcaption>{svg}</figure>" for text, svg in drawn)
    return f'<div class="pn-compared-charts">{figures}</div>'


def _budgets(found: Comparison) -> str:
    columns = [_facts(run, curve) for run, curve in zip(found.runs, found.volumes, strict=True)]
    rows = []
    for label in columns[0]:
        values = [column[label] for column in columns]
        differs = values[0] != values[1]
        sign = '<abbr title="differs">≠</abbr>' if differs else ""
        cells = "".join(f"<td>{attribute(value)}</td>" for value in values)
        rows.append(f'<tr{" class=pn-differs" if differs else ""}><th scope="row">{label}</th>{cells}<td>{sign}</td></tr>')
    return (
        '<div><h3>Task and budget</h3><table class="pn-table pn-budgets">'
        f"<thead><tr><th></th>{_heads()}<th></th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _heads() -> str:
    return "".join(f'<th scope="col">{mark(i)} {letter}</th>' for i, letter in enumerate(LETTERS))


def _facts(run: Run, curve: Sequence[tuple[int, float]]) -> dict[str, str]:
    config, limits, candidates = run.config, run.problem.limits, run.candidates()
    return {
        "Data set": run.card.title,
        "Board": run.problem.board.name,
        "RAM limit": words.kib(limits.ram_bytes),
        "Flash limit": words.kib(limits.flash_bytes),
        "Compute limit": words.macs(limits.macs),
        "Objectives": titles(run.problem.objectives),
        "Sampler, seed": f"{SAMPLER_TITLES[config.sampler]}, {config.seed}",
        "Candidates tried": f"{words.count(len(candidates))} of {words.count(config.trials)}",
        "Fit the budget": words.count(sum(c.feasible for c in candidates)),
        "On the front": words.count(len(on_front(run))),
        "Hypervolume, together": f"{curve[-1][1]:.3f}" if curve else "–",
        "Verified prototypes": str(len(run.verified)),
    }


def _prototypes(found: Comparison) -> str:
    names = [name for name in FIGURES if found.comparable or name not in OF_THE_DATA]
    rows = [
        _row(place, prototype, found.reference, names)
        for place, prototypes in enumerate(found.prototypes)
        for prototype in prototypes
    ]
    if not rows:
        return '<div><h3>Prototypes</h3><p class="pn-note">Neither run has a prototype yet.</p></div>'
    lacking = [LETTERS[i] for i, some in enumerate(found.prototypes) if not any(p.result for p in some)]
    note = f"The small figures are differences to the first row, bold where that is better. {_bands(found)}"
    if lacking:
        note += f" {' and '.join(lacking)}: nothing verified yet, so {'these are' if len(lacking) > 1 else 'it shows'} the "
        note += "picked or proposed candidates."
    heads = "".join(f'<th scope="col">{FIGURES[name][0]}</th>' for name in names)
    return (
        '<div><h3>Prototypes</h3><table class="pn-table pn-stacked"><thead><tr><th scope="col">Prototype</th>'
        f'{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table><p class="pn-note pn-beneath">{note}</p></div>'
    )


def _bands(found: Comparison) -> str:
    """How far off the latencies may be."""
    bands = {speed(run.problem.board.core, run.problem.engine).band for run in found.runs}
    ranges = [f"{Estimated(1.0, band).low:.2f} to {Estimated(1.0, band).high:.2f}" for band in sorted(bands)]
    return f"Latencies are estimates, likely right within {' or '.join(ranges)} times the figure."


def _row(place: int, prototype: Prototype, reference: Prototype | None, names: Sequence[str]) -> str:
    candidate, against = prototype.candidate, None if prototype is reference else reference
    cells = "".join(f'<td data-label="{FIGURES[name][0]}">{_cell(name, prototype, against)}</td>' for name in names)
    state = "verified" if prototype.result else "not trained"
    return (
        f'<tr><th scope="row" title="{attribute(candidate.arch.words)}">{mark(place)} '
        f"<b>{LETTERS[place]} {candidate.number}</b><small>{FAMILIES[candidate.arch.family].title}, {state}</small></th>"
        f"{cells}</tr>"
    )


def _cell(name: str, prototype: Prototype, against: Prototype | None) -> str:
    _, write, scale, form, better = FIGURES[name]
    value = prototype.figures[name]
    if value is None:
        return "–"
    other = against.figures[name] if against else None
    if other is None:
        return write(value)
    difference = (value - other) * scale
    verdict = "" if difference == 0 else "pn-better" if difference * better > 0 else "pn-worse"
    told = {"pn-better": " better", "pn-worse": " worse"}.get(verdict, "")
    signed = form.format(difference).replace("-", MINUS)
    return f'{write(value)}<small class="{verdict}">{signed}<span class="pn-unseen">{told}</span></small>'
