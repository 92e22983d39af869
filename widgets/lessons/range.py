"""A slider. The one of ipywidgets has no name that a screen reader could say."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from widgets.asset import asset


class Range(anywidget.AnyWidget):
    """A native slider with its label above it.

    Attributes:
        value: kept between ``min`` and ``max``; a whole number where ``whole``.
        description, tooltip: the label, and a word more on it.
    """

    _esm = asset("range.js")
    value = traitlets.Any(0).tag(sync=True)  # a number; Float would make whole ones floats
    min = traitlets.Float(0.0).tag(sync=True)
    max = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(1.0).tag(sync=True)
    whole = traitlets.Bool(False).tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    tooltip = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        value = traits.pop("value")
        super().__init__(**traits)
        self.value = value

    @traitlets.validate("value")
    def _kept_inside(self, proposal: dict) -> float:
        inside = min(self.max, max(self.min, proposal["value"]))
        return round(inside) if self.whole else float(inside)

    @traitlets.observe("min", "max")
    def _moved(self, _: dict) -> None:
        self.value = min(self.max, max(self.min, self.value))
