"""Points in a box that a reader sets and drags: cost across, score up."""

import anywidget
import traitlets

from widgets.asset import asset


class Points(anywidget.AnyWidget):
    """The picture; what is computed from the points is given to it.

    Attributes:
        points: ``[cost, score]`` each as shares of the box, 0 to 1. The page changes them.
        axes: for "x" and "y": ``title``, ``low``, ``high`` and whether it is ``log``.
        front, chosen: positions in ``points``, by cost.
        alone: share of the box that only this point dominates, one a point.
        beaten: how many others dominate it, one a point.
        most: how many points there may be.
    """

    _esm = "\n".join(asset(f"{name}.js") for name in ("scale", "points"))
    points = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    axes = traitlets.Dict().tag(sync=True)
    front = traitlets.List(traitlets.Int()).tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    alone = traitlets.List(traitlets.Float()).tag(sync=True)
    beaten = traitlets.List(traitlets.Int()).tag(sync=True)
    most = traitlets.Int(60).tag(sync=True)
