"""The frame that the lessons' small apps share: a title, a sentence, controls on the left, pictures on the right."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import traitlets

from widgets.alert import Guard, alert
from widgets.asset import asset
from widgets.controls import button, group
from widgets.lessons.range import Range
from widgets.link import Link
from widgets.logo import LOGO
from widgets.pane import Pane


class Page(Link):
    """The line to the kernel, which also brings the lessons' style."""

    _css = asset("theme.css") + asset("steps.css") + asset("lessons.css") + asset("lesson_apps.css")


class Trouble(traitlets.HasTraits):
    """What a `Guard` needs of a state: a place for the message and a lock. A small app has no run."""

    problem = traitlets.Any(None)
    run = None

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()


class App(ipywidgets.VBox):
    """A small app of a lesson, for a notebook or a page of its own.

    A subclass sets ``number`` and ``title`` and calls this with its controls and pictures. Every callback goes through
    ``self.guard``, because Voilà drops exceptions of callbacks silently.

    Args:
        note: a sentence or two above the controls: what to do and what to look at. HTML that we wrote.
        controls: on the left.
        pictures: on the right, below each other.
    """

    number = 0
    title = ""

    def __init__(self, note: str, controls: Sequence[ipywidgets.Widget], pictures: Sequence[ipywidgets.Widget]) -> None:
        self._trouble = getattr(self, "_trouble", None) or Trouble()
        self._page = Page(lambda _: None)
        panel = group("panel", Pane(f'<p class="pn-note">{note}</p>'), *controls)
        body = group("lesson", panel, group("lesson-pictures", *pictures))
        super().__init__([self._page, self._head(), alert(self._trouble), body])
        self.add_class("pn")
        self.add_class("pn-small-app")

    @property
    def guard(self) -> Callable[..., Callable[..., Any]]:
        """Wraps a callback: what it raises is shown above the app."""
        if getattr(self, "_trouble", None) is None:  # callbacks are wired before the frame is made
            self._trouble = Trouble()
        return Guard(self._trouble)

    def _head(self) -> ipywidgets.Widget:
        words = f'<h1 class="pn-title">{LOGO}{self.title} <span>lesson {self.number}</span></h1>'
        back = Pane('<a class="pn-plain pn-back" href="../../">All lessons and apps</a>')
        theme = button("Light / dark", self.guard(self._page.switch_theme), "quiet", "Switch between light and dark")
        theme.add_class("pn-theme")
        return group("head", Pane(words), back, theme)


def slider(label: str, value: float, low: float, high: float, step: float, hint: str, call: Callable[[], Any]) -> Range:
    """A slider with its label above it; ``call`` is told after each move. Whole numbers where ``step`` is one."""
    whole = isinstance(step, int)
    made = Range(value=value, min=low, max=high, step=step, whole=whole, description=label, tooltip=hint)
    made.observe(lambda _: call(), "value")
    return made


def dropdown(
    label: str, options: Sequence[tuple[str, Any]], hint: str, call: Callable[[], Any], chosen: int = 0
) -> ipywidgets.Widget:
    """A choice among named values with its label above it; ``call`` is told after each change.

    Args:
        chosen: which of them is chosen at first.
    """
    at = chosen if options else None
    made = ipywidgets.Dropdown(options=list(options), index=at, description=label, tooltip=hint)
    made.add_class("pn-field")
    made.observe(lambda _: call(), "value")
    return made
