"""A network drawn as a strip: one box per layer, as high as its maps, as wide as they have channels.

In a notebook: `IPython.display.HTML(layers_html(arch.pruned, arch.input_shape))`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pnas_kit.space import Layer, Layers, Shape, ShapeError, shapes
from widgets.chip_figures import DIM, INK, KEY, KINDS, LINE
from widgets.words import attribute

WIDTH, HEIGHT, EDGE = 880, 206, 8
MIDDLE, TALL, LOW = 104, 104, 9
"""Middle of the boxes; height of one as high as the input, and what every box is higher by."""
WIDEST = 4.5
"""Most pixels per square root of a channel, so that a small net does not fill the page."""
JOIN, FAILED = "#999999", "#d55e00"
LINE_KEY = KEY.replace("height:10px", "height:2px;vertical-align:4px")
LABELS = {"other": "joins and pools", "shortcut": "a map that waits for a later layer"}


@dataclass(frozen=True)
class Box:
    """Where a layer is drawn: left edge, width and height."""

    layer: Layer
    shape: Shape
    x: float
    wide: float
    tall: float

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2


def layers_html(layers: Layers, input_shape: Shape) -> str:
    """The strip with its legend. A draft that cannot be built is drawn as far as it goes, with what stops it.

    Args:
        layers: `arch.layers`, or `arch.pruned` for what is deployed.
    """
    built, reason = passable(layers, input_shape)
    failed = f'<p style="margin:6px 0 0"><b>Cannot be built.</b> {attribute(reason)}.</p>' if reason else ""
    drawing = layers_svg(built, input_shape, reason)
    return (
        f'<figure class="pn-layers" data-layers="{len(built)}" style="margin:0 0 10px">{drawing}'
        f'<figcaption style="font-size:12.5px">{_legend(built)}</figcaption>{failed}</figure>'
    )


def passable(layers: Layers, input_shape: Shape) -> tuple[Layers, str]:
    """The layers from the first that the input can pass through, and what stops it at the next; empty if nothing does."""
    reason = ""
    for stop in range(len(layers), 0, -1):
        try:
            shapes(layers[:stop], input_shape)
        except ShapeError as error:
            reason = str(error)
        else:
            return layers[:stop], reason
    return (), reason


def layers_svg(layers: Layers, input_shape: Shape, reason: str = "") -> str:
    """The strip alone; ``reason`` marks its end as the place where the draft breaks off.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    boxes = _boxes(layers, input_shape)
    end = boxes[-1].x + boxes[-1].wide if boxes else EDGE
    cross = (
        f'<path class="pn-broken" d="M{end + 6:.1f} {MIDDLE - 9}l18 18m0 -18l-18 18" stroke="{FAILED}" stroke-width="4"/>'
        if reason
        else ""
    )
    label = f"{len(layers)} layers from an input of {_side(input_shape)}" + (f"; it breaks off: {reason}" if reason else "")
    inside = "".join(map(_drawn, boxes)) + "".join(_arcs(boxes)) + "".join(_sections(boxes)) + cross
    return (
        f'<svg role="img" aria-label="{attribute(label)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'style="display:block;width:100%;font:12px system-ui,sans-serif">{inside}</svg>'
    )


def _boxes(layers: Layers, input_shape: Shape) -> list[Box]:
    sizes, longest = shapes(layers, input_shape), max(input_shape[:2])
    roots = [math.sqrt(layer.channels) for layer in layers]
    room = WIDTH - 2 * EDGE - 30
    gap = min(3.0, room / 4 / max(1, len(layers)))
    scale = min(WIDEST, (room - gap * len(layers)) / max(1.0, sum(roots)))
    found, x = [], float(EDGE)
    for layer, root in zip(layers, roots, strict=True):
        shape = sizes[layer.name]
        tall = LOW + (TALL - LOW) * math.sqrt(max(shape[:2]) / longest)
        found.append(Box(layer, shape, x, scale * root, tall))
        x += scale * root + gap
    return found


def _drawn(box: Box) -> str:
    layer = box.layer
    taps = f", {'×'.join(map(str, layer.kernel))} kernel" if max(layer.kernel) > 1 else ""
    step = f", stride {max(layer.stride)}" if max(layer.stride) > 1 else ""
    tip = f"{layer.name}: {_kind(layer)}{taps}{step}, gives {_side(box.shape)} × {box.shape[2]} channels"
    return (
        f'<g data-layer="{attribute(layer.name)}"><title>{attribute(tip)}</title><rect x="{box.x:.1f}" '
        f'y="{MIDDLE - box.tall / 2:.1f}" width="{box.wide:.1f}" height="{box.tall:.1f}" rx="1.5" '
        f'fill="{KINDS.get(_kind(layer), JOIN)}"/></g>'
    )


def _kind(layer: Layer) -> str:
    if layer.kind == "conv":
        return "pointwise" if max(layer.kernel) == 1 else "conv"
    return layer.kind.replace("_", " ")


def _side(shape: Shape) -> str:
    height, width, _ = shape
    return f"{width} steps" if height == 1 and width > 1 else f"{height}×{width}"


def _arcs(boxes: Sequence[Box]) -> list[str]:
    """Lines over the boxes from a layer to one that reads it later than the next."""
    at = {box.layer.name: i for i, box in enumerate(boxes)}
    found = []
    for i, box in enumerate(boxes):
        for name in box.layer.inputs:
            if name in at and at[name] < i - 1:
                start = boxes[at[name]]
                top = MIDDLE - max(b.tall for b in boxes[at[name] : i + 1]) / 2
                bend = top - min(34.0, 10 + (box.middle - start.middle) / 4)
                path = f"M{start.middle:.1f} {MIDDLE - start.tall / 2:.1f}C{start.middle:.1f} {bend:.1f} "
                path += f"{box.middle:.1f} {bend:.1f} {box.middle:.1f} {MIDDLE - box.tall / 2:.1f}"
                found.append(f'<path class="pn-arc" d="{path}" fill="none" stroke="{DIM}" stroke-width="1.4"/>')
    return found


def _sections(boxes: Sequence[Box]) -> list[str]:
    """Lines under the stem, each group and the head, with their names and the size of their maps where there is room."""
    found, y = [], MIDDLE + TALL / 2 + 12
    for _, run in groupby(boxes, key=_section):
        part = list(run)
        left, right = part[0].x, part[-1].x + part[-1].wide
        name, size = _section(part[0]), _side(part[-1].shape)
        found.append(f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}" stroke="{LINE}" stroke-width="3"/>')
        for line, (text, ink) in enumerate(((name, INK), (size, DIM))):
            if 7 * len(text) + 4 <= right - left:
                found.append(f'<text x="{left:.1f}" y="{y + 15 + 15 * line}" fill="{ink}">{text}</text>')
    return found


def _section(box: Box) -> str:
    """The stem, the group or the head; what a family has after its last group is pruned with that group."""
    if box.layer.group is not None:
        return f"g{box.layer.group}"
    return "stem" if box.layer.name == "stem" else "head"


def _legend(layers: Layers) -> str:
    kinds = dict.fromkeys(_kind(layer) for layer in layers)
    found = [KEY.format(colour, kind) for kind, colour in KINDS.items() if kind in kinds]
    if any(kind not in KINDS for kind in kinds):
        found.append(KEY.format(JOIN, LABELS["other"]))
    names = [layer.name for layer in layers]
    if any(n in names and names.index(n) < i - 1 for i, layer in enumerate(layers) for n in layer.inputs):
        found.append(LINE_KEY.format(DIM, LABELS["shortcut"]))
    return "".join(found)
