"""What may be built: the choices, the families, and a network as plain data. Nothing here needs torch but `net`."""

from .arch import Arch, space, task_of
from .choices import Choice, count
from .families import FAMILIES, Family, families_for
from .layers import Layer, Layers, Shape, ShapeError, outputs, shapes

__all__ = [
    "FAMILIES", "Arch", "Choice", "Family", "Layer", "Layers", "Shape", "ShapeError",
    "count", "families_for", "outputs", "shapes", "space", "task_of",
]  # fmt: skip
