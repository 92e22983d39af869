"""The tray of picked candidates: a card each, against the budget and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pnas_kit.cost import Estimated
from pnas_kit.runs import Result
from pnas_kit.search import Candidate, Problem
from widgets import words
from widgets.figures import bands
from widgets.shares import MEASURES, shares_html, shares_key
from widgets.words import attribute

PROPOSED = (
    '<span class="pn-proposed" title="Proposed: together the proposals cover the front of MACs and score best">'
    '<svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><path d="M8 1 15 8 8 15 1 8Z"/></svg>'
    '<span class="pn-unseen">proposed</span></span>'
)
ESTIMATED, MEASURED = "estimated", "measured"
MARKS = {
    ESTIMATED: '<em class="pn-est" title="Estimated: {}">est.</em>',
    MEASURED: '<em class="pn-meas" title="Measured: {}">measured</em>',
}


TOOLS = (
    '<button type="button" class="pn-plain" data-action="compare" data-key="{number}" aria-pressed="{pressed}" '
    'aria-label="Compare the others with candidate {number}" title="Show how the others differ from it">compare</button>'
    '<button type="button" class="pn-plain" data-action="drop" data-key="{number}" '
    'aria-label="Remove candidate {number}" title="Remove">×</button>'
)
FLASH = {
    ESTIMATED: "the file's size as planned, to the byte for every network that was checked",
    MEASURED: "the file's size",
}
MINUS = "\u2212"


@dataclass(frozen=True)
class Row:
    """One figure on a card.

    Attributes:
        write: a value, or an amount of difference, in words.
        share: length of the bar, 1 is full; None draws none.
        how: "estimated", "measured", or "" for what is counted.
        why: what was estimated or measured, in words.
        note: the band, or the share of the budget.
        delta: the difference to the same figure of another card.
    """

    label: str
    value: float
    write: Callable[[float], str]
    share: float | None = None
    how: str = ""
    why: str = ""
    note: str = ""
    delta: str = ""


def tray_html(
    candidates: Sequence[Candidate],
    problem: Problem,
    *,
    proposed: Iterable[int] = (),
    results: Mapping[int, Result] | None = None,
    reference: int = -1,
    by: str = "macs",
    past: bool = False,
) -> str:
    """Cards of the candidates in order of their MACs.

    Args:
        results: verified figures of those that were trained, by number.
        reference: the candidate that the others are compared with; -1 for none.
        by: what the layers' shares are of, a key of `widgets.shares.MEASURES`.
        past: of a replay: nothing can be removed or compared.
    """
    shown = sorted(candidates, key=lambda candidate: candidate.cost.macs)
    results = {} if past or results is None else results
    other = next((c for c in shown if c.number == reference), None)
    slowest = max((c.cost.latency_ms for c in shown), default=1.0)
    beside = rows(other, problem, results.get(other.number), slowest) if other else ()
    marked = set(proposed)
    items = "".join(
        _card(
            c,
            rows(c, problem, results.get(c.number), slowest, () if c is other else beside),
            PROPOSED if c.number in marked else "",
            c is other,
            shares_html(c.arch, by),
            past,
        )
        for c in shown
    )
    return f'<ol class="pn-picks" data-picked="{len(shown)}">{items}</ol>'


def rows(
    candidate: Candidate, problem: Problem, result: Result | None, slowest: float, beside: Sequence[Row] = ()
) -> list[Row]:
    """The figures of a card; beside those of another card, with the differences to them."""
    cost, limits, known = candidate.cost, problem.limits, bands(problem.board, problem.engine)
    flash = MEASURED if result and result.tflite_bytes == cost.flash_bytes else ESTIMATED
    found = [
        _bounded("RAM", cost.ram_bytes, limits.ram_bytes, words.kib, ESTIMATED, _ram_words(result)),
        _bounded("Flash", cost.flash_bytes, limits.flash_bytes, words.kib, flash, FLASH[flash]),
        _bounded("MACs", cost.macs, limits.macs, lambda number: words.macs(number).removesuffix(" MACs")),
        _banded("Latency", cost.latency_ms, known["latency"], words.milliseconds, cost.latency_ms / slowest),
    ]
    if cost.energy_mj is not None:
        found.append(_banded("Energy", cost.energy_mj, known["energy"], lambda energy: f"{words.figure(energy)} mJ"))
    if result:
        found.append(_accuracy(result))
    elif candidate.score is not None:
        why = "A rank, not an accuracy: untrained networks are compared by it"
        found.append(Row("Score", candidate.score, lambda score: f"{score:.2f}", why=why, note="not trained"))
    return [_against(row, beside) for row in found]


def _bounded(label: str, value: float, limit: float, write: Callable[[float], str], how: str = "", why: str = "") -> Row:
    share = value / limit
    return Row(label, value, write, share, how, why or "Counted", f"{100 * share:.0f} %")


def _banded(label: str, value: float, band: float, write: Callable[[float], str], share: float | None = None) -> Row:
    """An estimate; the bar is a share of the slowest one shown, for there is no budget for it."""
    why = "from published measurements of the core; the likely range is below. The bar is a share of the slowest one here"
    return Row(label, value, write, share, ESTIMATED, why, words.span(Estimated(value, band)))


def _accuracy(result: Result) -> Row:
    label = "Accuracy" if result.metric == "accuracy" else result.metric
    why = f"of the int8 file on all {words.count(result.test_count)} test samples"
    return Row(label, result.int8_accuracy, words.percent, result.int8_accuracy, MEASURED, why)


def _ram_words(result: Result | None) -> str:
    planned = "the arena is planned exactly, the runtime's own part is derived"
    if result is None or result.arena_measured is None:
        return planned
    return f"{planned}; its feature maps were measured in TensorFlow Lite Micro, {words.kib(result.arena_measured)}"


def _against(row: Row, beside: Sequence[Row]) -> Row:
    other = next((other for other in beside if other.label == row.label), None)
    if other is None:
        return row
    more = row.value - other.value
    amount = f"{100 * abs(more):.1f} points" if row.how == MEASURED and row.write is words.percent else row.write(abs(more))
    return replace(row, delta=f"{'+' if more > 0 else MINUS}{amount}" if more else "=")


def _card(candidate: Candidate, shown: Sequence[Row], marks: str, reference: bool, shares: str, past: bool) -> str:
    """One card: what it is, its figures, its layers."""
    number = candidate.number
    layers = sum(layer.kind in ("conv", "depthwise", "linear") for layer in candidate.arch.pruned)
    tools = "" if past else TOOLS.format(number=number, pressed=str(reference).lower())
    return (
        f'<li class="pn-pick" data-key="{number}"><div class="pn-pick-head"><b>{number}</b>'
        f"<span>{words.unbroken(f'{candidate.arch.words}, {layers} layers')}</span>{marks}{tools}</div>"
        f'<div class="pn-bars">{"".join(map(_figure, shown))}</div>{shares}</li>'
    )


def _figure(row: Row) -> str:
    over = " pn-over" if row.share is not None and row.share > 1 else ""
    drawn = "" if row.share is None else f'<i><i style="width:{100 * min(1.0, max(0.0, row.share)):.1f}%"></i></i>'
    mark = MARKS[row.how].format(attribute(row.why)) if row.how else ""
    delta = f'<span class="pn-delta">{row.delta}</span>' if row.delta else ""
    value = row.write(row.value)
    return (
        f'<div class="pn-bar{over}" title="{attribute(row.why)}"><p><span>{row.label}</span><b>{value}</b></p>'
        f"{drawn or '<i class=pn-none></i>'}<small>{mark}<span>{row.note}</span>{delta}</small></div>"
    )


def shares_bar_html(by: str) -> str:
    """What the layers' shares are of, as a choice, and the key of their colours."""
    options = "".join(f'<option value="{name}">{label}</option>' for name, label in MEASURES.items())
    return (
        f'<div class="pn-tray-bar"><label>Layers by <select data-action="shares" data-chosen="{by}">{options}</select>'
        f'</label><p class="pn-shares-key">{shares_key()}</p></div>'
    )
