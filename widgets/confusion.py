"""Which class is taken for which, as a table that mouse and arrow keys walk through."""

from __future__ import annotations

from collections.abc import Sequence

from widgets import words
from widgets.words import attribute

ROOMY = 14  # classes up to which counts are written into the cells
SHORT = 4  # letters of a class's name that fit above a column
PAIRS = 5


def confusion_html(confusion: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    """The table of counts, row true class, column answer, with the recall of each class; then the most frequent errors.

    A cell is the darker, the larger its share of its row. The line below says the cell under the mouse or the keyboard in
    words (`grid.js`).
    """
    named = all(len(name) <= SHORT for name in classes)
    heads = "".join(
        f'<th scope="col" data-name="{attribute(name)}" title="{attribute(name)}">{attribute(name) if named else place}</th>'
        for place, name in enumerate(classes, 1)
    )
    rows = "".join(_row(true, row, classes[true], "" if named else f"{true + 1} ") for true, row in enumerate(confusion))
    small = "" if len(classes) <= ROOMY else " pn-dense"
    return (
        f'<div class="pn-confusion{small}"><table role="grid" aria-label="Confusion matrix of {len(classes)} classes: '
        f'rows are the true classes, columns the answers"><thead><tr><th scope="col">true class, answer →</th>{heads}'
        f'<th scope="col">recall</th></tr></thead><tbody>{rows}</tbody></table>'
        '<p class="pn-note" aria-live="polite">Point at a cell, or walk with the arrow keys.</p>'
        f"{_errors(confusion, classes)}</div>"
    )


def _row(true: int, row: Sequence[int], name: str, place: str) -> str:
    total = sum(row)
    cells = "".join(_cell(count, total, first=true == 0 and i == 0, right=i == true) for i, count in enumerate(row))
    recall = words.percent(row[true] / total if total else None, 0)
    note = f"{row[true]} of {total} right"
    return (
        f'<tr><th scope="row" data-name="{attribute(name)}" title="{attribute(name)}">{place}{attribute(name)}</th>{cells}'
        f'<td class="pn-recall" title="{note}">{recall}</td></tr>'
    )


def _cell(count: int, total: int, first: bool, right: bool) -> str:
    share = count / total if total else 0.0
    shade = f' style="--share:{100 * (0.1 + 0.9 * share):.0f}%"' if count else ""
    strong = " class=pn-strong" if share > 0.5 else ""
    kind = " data-right" if right else ""
    return f'<td role="gridcell" tabindex="{0 if first else -1}"{shade}{strong}{kind}>{count}</td>'


def _errors(confusion: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    pairs = [(n, true, answer) for true, row in enumerate(confusion) for answer, n in enumerate(row) if n and answer != true]
    if not pairs:
        return '<p class="pn-note"><b>No error</b> on the whole test set.</p>'
    pairs.sort(key=lambda pair: -pair[0])
    said = "".join(
        f"<li><b>{attribute(classes[true])}</b> taken for <b>{attribute(classes[answer])}</b>: {words.count(n)} of "
        f"{words.count(sum(confusion[true]))}</li>"
        for n, true, answer in pairs[:PAIRS]
    )
    return f'<p class="pn-note">Most frequent errors</p><ul class="pn-errors">{said}</ul>'
