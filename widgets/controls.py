"""Inputs and buttons in the workbench's own clothes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets

from widgets.pane import Pane
from widgets.why import slug


def number(state: traitlets.HasTraits, name: str, label: str, hint: str = "", whole: bool = False) -> ipywidgets.Widget:
    """A number bound to a trait of the state, with its label above it."""
    kind = ipywidgets.IntText if whole else ipywidgets.FloatText
    field = kind(description=label, tooltip=hint or label)
    traitlets.link((state, name), (field, "value"))
    return dressed(field)


def text(state: traitlets.HasTraits, name: str, label: str, hint: str, example: str) -> ipywidgets.Widget:
    """A line of text bound to a trait of the state, with its label above it and an example while it is empty."""
    field = ipywidgets.Text(description=label, tooltip=hint, placeholder=example, continuous_update=False)
    traitlets.link((state, name), (field, "value"))
    return dressed(field)


def choice(
    state: traitlets.HasTraits, name: str, label: str, options: list[tuple[str, Any]], hint: str = ""
) -> ipywidgets.Widget:
    """One of a few named values, bound to a trait of the state, with its label above it."""
    field = ipywidgets.Dropdown(options=options, description=label, tooltip=hint or label)
    traitlets.link((state, name), (field, "value"))
    return dressed(field)


def dressed(field: ipywidgets.DOMWidget) -> ipywidgets.DOMWidget:
    """A field in the workbench's clothes; its label is also what it is explained by (`widgets/why.py`)."""
    field.add_class("pn-field")
    field.add_class(f"pn-why-{slug(field.description)}")
    return field


def button(text: str, call: Callable[[], Any], kind: str = "quiet", hint: str = "") -> ipywidgets.Button:
    """A button; ``kind`` is "primary", "quiet", "danger" or "next" (leads to the next step)."""
    made = ipywidgets.Button(description=text, tooltip=hint or text)
    made.add_class("pn-button")
    made.add_class(f"pn-{kind}")
    made.add_class(f"pn-why-{slug(text)}")
    made.on_click(lambda _: call())
    return made


def show(widget: ipywidgets.DOMWidget, visible: bool) -> None:
    """Show or hide a widget without removing it from the page."""
    widget.layout.display = None if visible else "none"


def group(name: str, *children: ipywidgets.Widget) -> ipywidgets.Box:
    """Children in a box that the style sheet lays out by its class ``pn-NAME``."""
    box = ipywidgets.Box(children=children)
    box.add_class(f"pn-{name}")
    return box


def heading_html(title: str, note: str = "") -> str:
    """A section's title with an optional word of explanation; both are HTML that we wrote."""
    return f'<h2 class="pn-h">{title}</h2>' + (f'<p class="pn-note">{note}</p>' if note else "")


def heading(title: str, note: str = "") -> Pane:
    """`heading_html` where it stands; another note is set as its `html`."""
    pane = Pane(heading_html(title, note))
    pane.add_class("pn-heading")
    return pane
