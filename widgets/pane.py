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
    with "key=value". Whoever writes the HTML escapes what he puts into it.
    """

    _esm = asset("grid.js") + asset("pane.js")
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, html: str = "", **actions: Callable[[str], None]) -> None:
        super().__init__(html=html)
        self._actions = actions
        self.on_msg(self._clicked)

    def _clicked(self, _: Any, content: dict, __: Any) -> None:
        action = self._actions.get(content.get("action", ""))
        if action:
            action(str(content.get("key", "")))

    def press(self, action: str, key: str = "") -> None:
        """What a click on that element does (for tests and notebooks)."""
        self._clicked(self, {"action": action, "key": key}, [])
