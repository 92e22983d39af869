"""Explain mode: each control says in a line what it is for; the browser remembers whether it is on."""

from __future__ import annotations

import anywidget

from widgets.asset import asset
from widgets.why import CONTROLS, PLACES, slug


def style() -> str:
    """The style sheet that writes each text beneath its control while the mode is on."""
    texts = {f".pn-why-{slug(label)}": text for label, text in CONTROLS.items()} | {
        at: text for at, (text, _) in PLACES.items()
    }
    places = ",\n".join(f".pn-explaining {selector}::after" for selector in texts)
    rules = [f'.pn-explaining {selector}::after {{ content: "{_quoted(text)}"; }}' for selector, text in texts.items()]
    return asset("explain.css").replace("WHY", places) + "\n".join(rules)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


class Explain(anywidget.AnyWidget):
    """The button that turns the mode on and off."""

    _esm = asset("explain.js")
    _css = style()
