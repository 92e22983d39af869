"""HTML of the list of runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pnas_kit.runs import Status
from pnas_kit.runs.shelf import LONGEST_TITLE
from widgets import cards, words
from widgets.shelf import Row
from widgets.words import attribute

STATES = {
    "new": "not started", "starting": "starting", "queued": "waiting for its turn", "running": "running",
    "paused": "paused", "stopped": "stopped", "done": "finished", "failed": "failed", "crashed": "ended unexpectedly",
    "limited": "ended at a limit",
}  # fmt: skip
PHASES = {"search": "search", "train": "training"}
MOST_COMPARED = 2


def state_words(status: Status) -> str:
    """How a run stands: "search running", "training finished"."""
    state = (status.state == "queued" and status.message) or STATES.get(status.state, status.state)
    return f"{PHASES.get(status.phase, status.phase)} {state}" if status.phase else state


def rows_html(rows: Sequence[Row], shown: str, marked: Collection[str], asking: str, focus: str) -> str:
    """The table of runs.

    Args:
        shown: name of the run on show.
        marked: names of those to compare.
        asking: "delete:NAME" or "rename:NAME" while that is asked of a run.
        focus: "ACTION:NAME" of the button that has the keyboard after a question was answered.
    """
    if not rows:
        return cards.empty("No run yet", "Choose a data set and a board, then start a search: it appears here.")
    body = "".join(_row(row, row.name == shown, marked, focus) + _question(row, asking) for row in rows)
    return f'<table class="pn-table pn-run-table pn-stacked" data-rows="{len(rows)}">{HEAD}<tbody>{body}</tbody></table>'


HEAD = (
    '<thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col">Data set, board</th>'
    '<th scope="col">Candidates</th><th scope="col">Verified</th><th scope="col">On disk</th><th scope="col">What to do</th>'
    "</tr></thead>"
)


def _row(row: Row, here: bool, marked: Collection[str], focus: str) -> str:
    badge = '<span class="pn-badge pn-good">on show</span>' if here else ""
    began = f"{row.began:%d %b %Y, %H:%M}"
    called = f"<b>{attribute(row.given or began)}</b>{badge}" + (f"<small>{began}</small>" if row.given else "")
    return (
        f'<tr data-key="{attribute(row.name)}" data-state="{row.status.state}">'
        f'<th scope="row" class="pn-half" title="{attribute(row.name)}">{called}</th>'
        f'<td class="pn-half">{_state(row)}</td>'
        f'<td data-label="Data set, board">{attribute(row.data)}<small>{attribute(row.board)}</small></td>'
        f'<td data-label="Candidates">{words.count(row.tried)} of {words.count(row.trials)}</td>'
        f'<td data-label="Verified">{row.verified}</td><td data-label="On disk">{words.kib(row.size)}</td>'
        f'<td class="pn-run-actions"><div>{_buttons(row, marked, focus)}</div></td></tr>'
    )


def _state(row: Row) -> str:
    status = row.status
    pill = f'<span class="pn-pill pn-{status.state}">{attribute(state_words(status))}</span>'
    if not status.alive or not status.total:
        return pill
    left = f"<small>{words.duration(status.seconds_left)} left</small>" if status.seconds_left is not None else ""
    label = attribute(f"{PHASES.get(status.phase, 'work')} of {row.title}")
    return f'{pill}<progress max="{status.total}" value="{status.done}" aria-label="{label}"></progress>{left}'


def _buttons(row: Row, marked: Collection[str], focus: str) -> str:
    here = row.name in marked
    full = len(marked) >= MOST_COMPARED and not here
    made = [
        _button("open", row, "Open", focus),
        _button("mark", row, "Compare", focus, f' aria-pressed="{str(here).lower()}"{" disabled" if full else ""}'),
        _button("report", row, "Report", focus),
        _button("rename", row, "Rename", focus),
        _button("delete", row, "Delete", focus, " disabled" if row.status.alive else ""),
    ]
    if row.resumable:
        made.insert(1, _button("resume", row, "Resume", focus))
    return "".join(made)


def _button(action: str, row: Row, text: str, focus: str, more: str = "") -> str:
    key = attribute(row.name)
    aimed = f' data-focus="{action}:{key}"' if focus == f"{action}:{row.name}" else ""
    return (
        f'<button type="button" class="pn-plain" data-action="{action}" data-key="{key}"{aimed}{more} '
        f'aria-label="{text}: {attribute(row.title)}, {row.began:%d %b %H:%M}">{text}</button>'
    )


def _question(row: Row, asking: str) -> str:
    """What is asked below a run before it is renamed or deleted."""
    key = attribute(row.name)
    cancel = f'<button type="button" class="pn-plain" data-action="cancel" data-key="{key}" data-escape>Cancel</button>'
    if asking == f"rename:{row.name}":
        inside = (
            f'<form data-action="title" data-key="{key}"><label>Title<input name="value" value="{attribute(row.given)}" '
            f'placeholder="{attribute(row.title)}" '
            f'maxlength="{LONGEST_TITLE}" data-focus="title:{key}"></label>'
            f'<button class="pn-plain pn-main">Save</button>{cancel}</form>'
        )
    elif asking == f"delete:{row.name}":
        many = "" if row.verified == 1 else "s"
        inside = (
            f'<div class="pn-ask" role="alertdialog" aria-label="Delete this run?"><p><b>Delete {attribute(row.title)}?</b> '
            f"Its {words.count(row.tried)} candidates and {row.verified} verified model{many} go with it, for everybody. "
            "This cannot be undone.</p>"
            f'<button type="button" class="pn-plain pn-bad" data-action="remove" data-key="{key}">Delete it</button>'
            f'{cancel.replace("data-escape", f"""data-escape data-focus="cancel:{key}" """)}</div>'
        )
    else:
        return ""
    return f'<tr class="pn-more" data-key="{key}:asked"><td colspan="7">{inside}</td></tr>'
