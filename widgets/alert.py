"""Errors on the screen, in words, and in the run's log."""

from __future__ import annotations

import functools
import itertools
import re
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pnas_kit.runs.recorded import Recorded
from widgets.pane import Pane
from widgets.state import Problem, State
from widgets.words import attribute

LOG = "workbench.log"


class Guard:
    """Wraps callbacks and threads: what they raise is shown and logged.

    Voilà drops exceptions of callbacks and threads silently; a button that does nothing is worse than any message.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(
        self,
        call: Callable[..., Any],
        safe: str = "Everything that was finished before is kept.",
        todo: str = "Try again; if it stays, the details below help to report it.",
        locked: bool = True,
    ) -> Callable[..., Any]:
        """``call`` that never raises.

        Args:
            safe: what the user need not worry about when it fails.
            todo: what the user can do then.
            locked: hold the state's lock meanwhile; a long call takes it itself where it changes the state.
        """

        @functools.wraps(call)
        def guarded(*arguments: Any, **options: Any) -> Any:
            try:
                if not locked:
                    return call(*arguments, **options)
                with self._state.lock:
                    return call(*arguments, **options)
            except Exception as error:
                self._show(error, safe, todo)

        return guarded

    def _show(self, error: Exception, safe: str, todo: str) -> None:
        detail = traceback.format_exc()
        what = _words_of(error)
        with self._state.lock:
            run = self._state.run
            folder = run.path if run and not isinstance(run, Recorded) else None
            if run and not run.exists:  # whatever it ran into: this is why
                what, safe, detail = "The run was deleted in another window.", "Every other run is kept.", ""
                todo = "Open another one from Runs, or begin a new one."
            self._state.problem = Problem(what, safe, todo, detail)
        if folder:
            _log(folder, detail)


def _words_of(error: Exception) -> str:
    """What went wrong: our own words, the system's without its number, and of what nobody foresaw only its kind."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {Path(str(error.filename)).name}" if error.filename else error.strerror
    kind = type(error)
    ours = kind.__module__.partition(".")[0] in ("pnas_kit", "widgets") or kind in (ValueError, RuntimeError, OSError)
    return str(error) if ours and str(error) else f"Something went wrong that nobody foresaw ({kind.__name__})."


def _log(folder: Path, detail: str) -> None:
    try:
        with open(folder / LOG, "a", encoding="utf-8") as log:
            log.write(f"{datetime.now().isoformat(timespec='seconds')}\n{detail}\n")
    except OSError:
        pass  # a full or read-only disk; the message on the screen is what counts


def message_html(text: str) -> str:
    """A message as paragraphs, the first one bold, and of lines that begin with "- " a list."""
    text = text[:1].upper() + text[1:] if re.match("[a-z]+ ", text) else text
    first, *rest = text.splitlines() or [""]
    html = f"<p><b>{attribute(first)}{'' if first.endswith(('.', '!', '?', ':')) else '.'}</b></p>"
    for listed, lines in itertools.groupby(rest, lambda line: line.startswith("- ")):
        made = "".join(f"<li>{attribute(line[2:])}</li>" if listed else f"<p>{attribute(line)}</p>" for line in lines)
        html += f"<ul>{made}</ul>" if listed else made
    return html


def alert_html(problem: Problem | None) -> str:
    """The message on the page; empty when there is none."""
    if problem is None:
        return ""
    detail = f"<details><summary>Details</summary><pre>{attribute(problem.detail)}</pre></details>" if problem.detail else ""
    return (
        '<div class="pn-alert" role="alert"><div>'
        f"{message_html(problem.what)}<p>{attribute(problem.safe)} {attribute(problem.todo)}</p>{detail}"
        '</div><button class="pn-plain" data-action="dismiss">Dismiss</button></div>'
    )


def alert(state: State) -> Pane:
    """The place of messages."""
    pane = Pane(dismiss=lambda _: setattr(state, "problem", None))
    state.observe(lambda change: setattr(pane, "html", alert_html(change.new)), "problem")
    return pane
