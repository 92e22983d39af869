"""The hypervolume of a search while it grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .boxes import Boxes
from .pareto import hypervolume_history, normalise

SETTLED = 64
"""Points after which the scale of the objectives no longer changes."""


class History:
    """The share of objective space that all points so far dominate, exact, one point at a time.

    The objectives are scaled to [0, 1] over the first `SETTLED` points; from then on the scale and the reference stay, so
    that a point costs only what it changes: some milliseconds among thousands. A point better than all of the first counts
    in full (the share may pass 1); one that lies beyond the reference counts nothing.

    Attributes:
        values: the share after each point, float `(points,)`. It never falls. All change until the scale is settled.
    """

    def __init__(self, reference: float = 1.1) -> None:
        """`reference`: corner of the scaled objectives that volumes are measured to."""
        self.values: list[float] = []
        self._reference = reference
        self._first: list[np.ndarray] = []
        self._boxes: Boxes | None = None

    def add(self, point: Sequence[float]) -> float:
        """The share after one more point, `(d,)`, minimised.

        Raises:
            ValueError: a value is not finite.
        """
        point = np.asarray(point, dtype=np.float64)
        if not np.isfinite(point).all():
            raise ValueError(f"expected finite values, got {point}; leave failed candidates out")
        if self._boxes is None:
            self._unsettled(point)
        else:
            self.values.append(self.values[-1] + self._share(point))
        return self.values[-1]

    def _unsettled(self, point: np.ndarray) -> None:
        self._first.append(point)
        corner = np.full(len(point), self._reference)
        scaled = normalise(self._first)
        self.values = (hypervolume_history(scaled, corner) / self._reference ** len(point)).tolist()
        if len(self._first) == SETTLED:
            self._low = np.min(self._first, axis=0)
            span = np.max(self._first, axis=0) - self._low
            self._span = np.where(span > 0, span, 1.0)
            self._boxes = Boxes(corner)
            for row in scaled:
                self._boxes.insert(row)

    def _share(self, point: np.ndarray) -> float:
        scaled = (point - self._low) / self._span
        inside = (scaled < self._reference).all()
        return self._boxes.insert(scaled) / self._reference ** len(point) if inside else 0.0
