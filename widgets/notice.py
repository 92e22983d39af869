"""A sentence that is no error: what happened elsewhere, or what a link asked for, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from widgets.pane import Pane
from widgets.words import attribute


class Notice:
    """The place of such sentences; the last one is shown until it is dismissed.

    Attributes:
        view: the widget.
    """

    def __init__(self, guard: Callable) -> None:
        self._call: Callable[[], None] | None = None
        self.view = Pane(dismiss=guard(lambda _: self.say("")), act=guard(lambda _: self._act()))

    def say(self, text: str, label: str = "", call: Callable[[], None] | None = None) -> None:
        """Show a sentence, with a button that does something if there is a ``label``; an empty one takes the last away."""
        self._call = call
        act = (
            f'<button type="button" class="pn-plain pn-main" data-action="act">{attribute(label)}</button>' if label else ""
        )
        dismiss = '<button type="button" class="pn-plain" data-action="dismiss">Dismiss</button>'
        shown = f'<div class="pn-notice"><p role="status">{attribute(text)}</p>{act}{dismiss}</div>'
        self.view.html = shown if text else ""

    def _act(self) -> None:
        call = self._call
        self.say("")
        if call:
            call()
