"""The live chart of candidates: our own canvas, fed by differences."""

import threading
from collections.abc import Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets

from widgets.asset import asset

FIXED = 3  # columns before the axes: number, feasible, place of its group
SCRIPTS = (
    "scale", "marks", "paint", "table", "parts", "tip", "limits", "filter", "trails", "pointing", "scatter", "parallel",
    "listing", "curve", "heat", "tabs", "player", "front",
)  # fmt: skip


class Front(anywidget.AnyWidget):
    """Candidates over any two of their figures, in parallel coordinates and as a table, and how the search gets on.

    Attributes:
        axes: one dictionary per figure: ``key``, ``label``, ``short``, ``unit``, ``better`` ("low" or "high"), ``limit``
            (the budget in the same unit, or None), ``detail`` (told in the tooltip only while it is an axis), ``band`` (how
            far off an estimate may be, as in `pnas_kit.cost.Estimated`), ``missing`` (why nobody has one).
        groups: what candidates are told apart by, ``key`` and ``label`` each; ``hidden`` are the keys filtered out.
        brushes: range by key of an axis, None for an end that is open; a candidate outside of one is filtered out.
        x, y: keys of the axes shown. x_scale, y_scale: "auto", "log" or "linear". size: key of the figure that points are
            as large as; empty: all are alike.
        proposed, picked: candidate numbers. ``picked`` is what the user chose; at most ``most`` of them.
        reference, best: the candidate that others are compared with, and the one that is recommended; -1 for none.
        locked: why nothing can be picked, in words; empty where it can.
        replaying: the past is shown: the first ``until`` candidates, and picking is off. playing: it moves on.
        agreement: ``labels``, ``taus`` and ``count``, see `widgets.figures.agreement`.
        stage: how the search stands, as `pnas_kit.runs.Status.state` says; empty where there is none.
        empty: what to say while there is no candidate.
    """

    _esm = "\n".join(asset(f"{name}.js") for name in SCRIPTS)
    _css = asset("theme.css") + asset("front.css") + asset("panels.css") + asset("player.css")
    axes = traitlets.List(traitlets.Dict()).tag(sync=True)
    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)
    brushes = traitlets.Dict().tag(sync=True)
    x = traitlets.Unicode().tag(sync=True)
    y = traitlets.Unicode().tag(sync=True)
    x_scale = traitlets.Enum(["auto", "log", "linear"], "auto").tag(sync=True)
    y_scale = traitlets.Enum(["auto", "log", "linear"], "auto").tag(sync=True)
    size = traitlets.Unicode().tag(sync=True)
    reference = traitlets.Int(-1).tag(sync=True)
    best = traitlets.Int(-1).tag(sync=True)
    locked = traitlets.Unicode().tag(sync=True)
    replaying = traitlets.Bool(False).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    until = traitlets.Int(-1).tag(sync=True)
    proposed = traitlets.List(traitlets.Int()).tag(sync=True)
    picked = traitlets.List(traitlets.Int()).tag(sync=True)
    most = traitlets.Int(8).tag(sync=True)
    agreement = traitlets.Dict().tag(sync=True)
    stage = traitlets.Unicode().tag(sync=True)
    empty = traitlets.Unicode("No candidates yet: they appear here as the search finds them.").tag(sync=True)

    def __init__(self, axes: list[dict], x: str, y: str, **traits: Any) -> None:
        self._lock = threading.RLock()
        self._epoch = 0
        self._rows = np.empty((0, FIXED + len(axes)), np.float32)
        self._told = self._rows.copy()  # as the page has them
        self._words: list[str] = []
        self._curve = np.empty((0, 2), np.float32)
        super().__init__(axes=axes, x=x, y=y, **traits)
        self.on_msg(self._received)

    def __len__(self) -> int:
        return len(self._words)

    def replay(self, play: bool = True) -> None:
        """Show the search from its beginning, and let it run."""
        with self.hold_sync():
            self.until, self.replaying, self.playing = 0, True, play

    def present(self) -> None:
        """Show all that is known, as it is now."""
        with self.hold_sync():
            self.playing, self.replaying, self.until = False, False, -1

    def reset(self) -> None:
        """Forget all candidates and the curve."""
        with self._lock:
            self._epoch += 1
            self._rows, self._told, self._curve = self._rows[:0], self._told[:0], self._curve[:0]
            self._words = []
            self._send_all()

    def extend(self, rows: np.ndarray, words: Sequence[str]) -> None:
        """Add candidates.

        Args:
            rows: float ``(n, 3 + axes)``: number, feasible (0 or 1), place of its group, then a figure per axis in its
                display unit; nan where there is none.
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
            self._told = np.concatenate([self._told, rows])
            self._words += words
            message = {"type": "extend", "epoch": self._epoch, "from": start, "words": list(words)}
            self.send(message, buffers=[rows.tobytes()])

    def replace(self, key: str, values: np.ndarray, tolerance: float = 0.0) -> None:
        """Give one figure of the first ``len(values)`` candidates anew (a rank changes with every newcomer).

        Only what differs by more than ``tolerance`` from what the page has is sent.
        """
        index = FIXED + [axis["key"] for axis in self.axes].index(key)
        values = np.asarray(values, np.float32)
        with self._lock:
            self._rows[: len(values), index] = values
            told = self._told[: len(values), index]
            same = (np.abs(values - told) <= tolerance) | (np.isnan(values) & np.isnan(told))
            at = np.flatnonzero(~same).astype(np.uint32)
            if not len(at):
                return
            self._told[at, index] = values[at]
            message = {"type": "cells", "epoch": self._epoch, "index": index}
            self.send(message, buffers=[values[at].tobytes(), at.tobytes()])

    def curve(self, points: Sequence[tuple[int, float]]) -> None:
        """Show a curve of (candidate, hypervolume); only what is new of it is sent."""
        found = np.asarray(points, np.float32).reshape(len(points), 2)
        with self._lock:
            common = min(len(found), len(self._curve))
            differs = np.flatnonzero((found[:common] != self._curve[:common]).any(axis=1))
            start = int(differs[0]) if len(differs) else common
            if start == len(found) == len(self._curve):
                return
            self._curve = found
            self._send_curve(start)

    def _send_curve(self, start: int) -> None:
        message = {"type": "curve", "epoch": self._epoch, "from": start}
        self.send(message, buffers=[self._curve[start:].tobytes()])

    def _send_all(self) -> None:
        message = {"type": "full", "epoch": self._epoch, "words": self._words}
        self._told = self._rows.copy()
        self.send(message, buffers=[self._rows.tobytes()])
        self._send_curve(0)

    def _received(self, _: Any, content: dict, __: Any) -> None:
        if content.get("type") == "resync":
            with self._lock:
                self._send_all()
