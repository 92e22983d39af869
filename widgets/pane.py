"""A piece of the page that Python writes as HTML and that reports clicks back."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from widgets.asset import asset


class Pane(anywidget.AnyWidget):
    """HTML on the page.

    Elements with ``data-action="name"`` and ``data-key="..."`` call the action of that name with the key as text; a
    ``select`` with ``data-action`` calls it with the value chosen, and shows the one in ``data-chosen``; a slider calls it
    with "key=value", a ``form`` with the key and what is in its field ``value``. What appears with another ``data-focus``
    than the last one takes the keyboard, and Escape clicks what has ``data-escape``. Whoever writes the HTML escapes what he
    puts into it.
    """

    _esm = asset("grid.js") + asset("pane.js")
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, html: str = "", **actions: Callable[..., None]) -> None:
        super().__init__(html=html)
        self._actions = actions
        self.on_msg(self._clicked)

    def _clicked(self, _: Any, content: dict, __: Any) -> None:
        action = self._actions.get(content.get("action", ""))
        if action:
            action(str(content.get("key", "")), *([str(content["value"])] if "value" in content else []))

    def press(self, action: str, key: str = "", **value: str) -> None:
        """What a click on that element does, or sending a form with that ``value`` (for tests and notebooks)."""
        self._clicked(self, {"action": action, "key": key, **value}, [])
