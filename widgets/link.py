"""The page's line to its kernel: hello, address, and a banner when the line is cut."""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from widgets.asset import asset


class Link(anywidget.AnyWidget):
    """Calls ``on_hello(url)`` when a browser has opened the page.

    The notebook of a preheated kernel runs before there is a visitor, so what depends on the visit (which run to
    show) waits for this. ``run`` is written into the page's address, so that a reload leads back to it.
    """

    _esm = asset("address.js") + asset("link.js")
    _css = asset("theme.css") + asset("steps.css") + asset("runs.css")
    run = traitlets.Unicode().tag(sync=True)

    def __init__(self, on_hello: Callable[[str], None]) -> None:
        super().__init__()
        self._on_hello = on_hello
        self.on_msg(self._received)

    def switch_theme(self) -> None:
        """Reload the page in the other theme."""
        self.send({"type": "theme"})

    def _received(self, _: Any, content: dict, __: Any) -> None:
        self.send({"type": "pong"})
        if content.get("type") == "hello":
            self._on_hello(str(content.get("url", "")))
