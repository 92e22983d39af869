"""The live chart of candidates: our own canvas, fed by differences."""

import threading
from collections.abc import Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets

from widgets.asset import asset

FIXED = 2  # columns before the axes: number, feasible


class Front(anywidget.AnyWidget):
    """Candidates over any two of their figures.

    Attributes:
        axes: one dictionary per figure: ``key``, ``label``, ``unit``, ``better`` ("low" or "high"), ``limit``
            (the budget in the same unit, or None), ``detail`` (told in the tooltip only while it is an axis).
        x, y: keys of the axes shown. x_scale, y_scale: "auto", "log" or "linear".
        proposed, picked: candidate numbers. ``picked`` is what the user chose; at most ``most`` of them.
        empty: what to say while there is no candidate.
    """

    _esm = "\n".join(map(asset, ("scale.js", "paint.js", "table.js", "parts.js", "front.js")))
    _css = asset("theme.css") + asset("front.css")
    axes = traitlets.List(traitlets.Dict()).tag(sync=True)
    x = traitlets.Unicode().tag(sync=True)
    y = traitlets.Unicode().tag(sync=True)
    x_scale = traitlets.Enum(["auto", "log", "linear"], "auto").tag(sync=True)
    y_scale = traitlets.Enum(["auto", "log", "linear"], "auto").tag(sync=True)
    proposed = traitlets.List(traitlets.Int()).tag(sync=True)
    picked = traitlets.List(traitlets.Int()).tag(sync=True)
    most = traitlets.Int(8).tag(sync=True)
    empty = traitlets.Unicode("No candidates yet: they appear here as the search finds them.").tag(
        sync=True
    )

    def __init__(self, axes: list[dict], x: str, y: str, **traits: Any) -> None:
        self._lock = threading.RLock()
        self._epoch = 0
        self._rows = np.empty((0, FIXED + len(axes)), np.float32)
        self._words: list[str] = []
        super().__init__(axes=axes, x=x, y=y, **traits)
        self.on_msg(self._received)

    def __len__(self) -> int:
        return len(self._words)

    def reset(self) -> None:
        """Forget all candidates."""
        with self._lock:
            self._epoch += 1
            self._rows = self._rows[:0]
            self._words = []
            self._send_all()

    def extend(self, rows: np.ndarray, words: Sequence[str]) -> None:
        """Add candidates.

        Args:
            rows: float ``(n, 2 + axes)``: number, feasible (0 or 1), then a figure per axis in its display unit;
                nan where there is none.
            words: the architecture of each in words.

        Raises:
            ValueError: the rows do not have the columns that the axes ask for.
        """
        rows = np.asarray(rows, np.float32)
        if rows.shape != (len(words), FIXED + len(self.axes)):
            raise ValueError(f"rows are {(len(words), FIXED + len(self.axes))}, got {rows.shape}")
        with self._lock:
            start = len(self._words)
            self._rows = np.concatenate([self._rows, rows])
            self._words += words
            message = {"type": "extend", "epoch": self._epoch, "from": start, "words": list(words)}
            self.send(message, buffers=[rows.tobytes()])

    def replace(self, key: str, values: np.ndarray) -> None:
        """Give one figure of the first ``len(values)`` candidates anew (a rank changes with every newcomer)."""
        index = FIXED + [axis["key"] for axis in self.axes].index(key)
        values = np.asarray(values, np.float32)
        with self._lock:
            if np.array_equal(self._rows[: len(values), index], values, equal_nan=True):
                return
            self._rows[: len(values), index] = values
            self.send({"type": "column", "epoch": self._epoch, "index": index}, buffers=[values.tobytes()])

    def _send_all(self) -> None:
        message = {"type": "full", "epoch": self._epoch, "words": self._words}
        self.send(message, buffers=[self._rows.tobytes()])

    def _received(self, _: Any, content: dict, __: Any) -> None:
        if content.get("type") == "resync":
            with self._lock:
                self._send_all()
