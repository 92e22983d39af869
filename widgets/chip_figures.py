"""Where a network's memory and time go, operator by operator, as SVG for the page or a notebook.

In a notebook: `IPython.display.HTML(costs_html(arch.pruned, arch.input_shape, board))`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pnas_kit.cost import Board, Op, Timeline, latency, latency_by_op, memory_timeline, planned_ops, speed, trace
from pnas_kit.cost.memory import scratch_name
from pnas_kit.cost.scratch import CMSIS_NN
from pnas_kit.space.layers import INPUT, Layers, Shape
from widgets import words
from widgets.words import KIB, attribute

WIDTH, HEIGHT = 580, 216
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 30, 22
COLOURS = {
    "written": "#0072b2",
    "read": "#56b4e9",
    "kept": "#e69f00",
    "scratch": "#cc79a7",
}  # Okabe-Ito: told apart by everyone
KINDS = {"conv": "#0072b2", "pointwise": "#009e73", "depthwise": "#e69f00", "linear": "#cc79a7"}
MEANINGS = {"written": "output", "read": "inputs", "kept": "kept for a later operator", "scratch": "the kernel's scratch"}
KEY = (
    '<span style="white-space:nowrap;margin-right:10px"><i style="display:inline-block;width:10px;height:10px;'
    'border-radius:2px;margin-right:4px;background:{}"></i>{}</span>'
)
SCRATCH = " The scratch is what CMSIS-NN's source asks for; it was not measured."
INK, DIM, LINE = "currentColor", "color-mix(in srgb, currentColor 66%, transparent)", "rgb(128 128 128 / 35%)"


def costs_html(layers: Layers, input_shape: Shape, board: Board, engine: str | None = None) -> str:
    """Both pictures with their words, for a network as it is deployed on a board with an engine (default: the core's)."""
    ops = trace(layers, input_shape)
    name = engine or speed(board.core).engine
    planned = planned_ops(layers, input_shape, name, board.core)
    timeline = memory_timeline(planned, input_shape)
    return (
        '<div class="pn-costs" style="display:grid;grid-template-columns:repeat(auto-fit,minmax(380px,1fr));gap:12px 24px">'
        f'<figure style="margin:0"><figcaption>{_title("Memory for feature maps")}{_legend(COLOURS, MEANINGS)}</figcaption>'
        f"{memory_svg(timeline, ops)}<p>{attribute(timeline.hint)} The top line is what the planner takes, "
        f"{words.figure(timeline.arena_bytes / KIB)} KiB.{SCRATCH if name == CMSIS_NN else ''}</p></figure>"
        f'<figure style="margin:0"><figcaption>{_title("Time")}{_legend(_kinds(ops), {})}</figcaption>'
        f"{latency_svg(ops, board, engine)}<p>{attribute(latency_words(ops, board, name))}</p></figure></div>"
    )


def memory_svg(timeline: Timeline, ops: Sequence[Op]) -> str:
    """Bytes that are alive while each operator runs, stacked by what they are for; the peak is marked.

    Args:
        timeline: `pnas_kit.cost.memory_timeline(ops, input_shape)`.
    """
    top = max(timeline.arena_bytes, 1)
    bars = []
    for index, (moment, op) in enumerate(zip(timeline.moments, ops, strict=True)):
        parts = dict.fromkeys(COLOURS, 0)
        for buffer in moment.live:
            parts[_use(buffer.name, op)] += buffer.size
        alive = ", ".join(f"{_called(buffer.name)} {words.kib(buffer.size)}" for buffer in moment.live)
        tip = f"{op.name}: {words.kib(moment.bytes)} ({alive})"
        bars.append(_bar(index, len(ops), [(size / top, COLOURS[use]) for use, size in parts.items()], tip))
    peak = timeline.moments[timeline.peak]
    mark = _mark(timeline.peak, len(ops), peak.bytes / top, f"peak {words.figure(peak.bytes / KIB)} KiB at {peak.op}")
    label = f"Memory over the {len(ops)} operators: most at {peak.op}, {words.kib(peak.bytes)} of {words.kib(top)} planned"
    return _frame(label, _grid(top / KIB, "KiB") + "".join(bars) + mark, ops)


def _use(buffer: str, op: Op) -> str:
    if buffer == scratch_name(op.name):
        return "scratch"
    return "written" if buffer == op.name else "read" if buffer in op.inputs else "kept"


def latency_svg(ops: Sequence[Op], board: Board, engine: str | None = None) -> str:
    """Estimated milliseconds of each operator; the slowest is marked."""
    times = latency_by_op(ops, board, engine)
    top = max(time for _, time in times) or 1.0
    slowest = max(range(len(times)), key=lambda i: (times[i][1], -i))
    bars = [
        _bar(i, len(ops), [(time / top, KINDS.get(op.kind, INK))], f"{name}, {op.kind}: {words.milliseconds(time)}")
        for i, ((name, time), op) in enumerate(zip(times, ops, strict=True))
    ]
    name, time = times[slowest]
    mark = _mark(slowest, len(ops), time / top, f"slowest {words.milliseconds(time)} at {name}")
    whole = latency(ops, board, engine)
    label = (
        f"Time of the {len(ops)} operators: most at {name}, {words.milliseconds(time)} of {words.milliseconds(whole.value)}"
    )
    return _frame(label, _grid(top, "ms") + "".join(bars) + mark, ops)


def latency_words(ops: Sequence[Op], board: Board, engine: str) -> str:
    """The whole latency, its band, and what kind of estimate it is."""
    whole, known = latency(ops, board, engine), speed(board.core, engine)
    how = {
        "measured": "from published measurements of this core with it",
        "derived": "derived from measurements of another engine or core",
        "assumed": "assumed, since nothing is published for this core with it",
    }[known.how]
    return (
        f"{words.milliseconds(whole.value)} in all with {engine}: an estimate, likely {words.span(whole)} ms. "
        f"Cycles per MAC are {how}. Operators without MACs show 0; the others' figures carry their time."
    )


def _called(name: str) -> str:
    return "the input" if name == INPUT else name


def _kinds(ops: Sequence[Op]) -> dict[str, str]:
    """Colours of the kinds that this net has."""
    present = {op.kind for op in ops}
    return {kind: colour for kind, colour in KINDS.items() if kind in present}


def _title(text: str) -> str:
    return f'<b style="margin-right:10px">{text}</b> '


def _legend(colours: dict[str, str], meanings: dict[str, str]) -> str:
    return "".join(KEY.format(colour, meanings.get(name, name)) for name, colour in colours.items())


def _place(index: int, count: int) -> tuple[float, float]:
    """Left edge and width of an operator's bar."""
    step = (WIDTH - LEFT - RIGHT) / count
    return LEFT + step * index + 0.1 * step, 0.8 * step


def _height(share: float) -> float:
    return (HEIGHT - TOP - BOTTOM) * share


def _bar(index: int, count: int, parts: Sequence[tuple[float, str]], tip: str) -> str:
    x, wide = _place(index, count)
    y, drawn = HEIGHT - BOTTOM, []
    for share, colour in parts:
        if share > 0:
            y -= _height(share)
            drawn.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{_height(share):.1f}" fill="{colour}"/>')
    return f'<g data-op="{index}"><title>{attribute(tip)}</title>{"".join(drawn)}</g>'


def _mark(index: int, count: int, share: float, text: str) -> str:
    """An arrow above a bar, and words beside it on the side where there is room."""
    x, wide = _place(index, count)
    x, y = x + wide / 2, HEIGHT - BOTTOM - _height(share)
    left = x > WIDTH / 2
    return (
        f'<path class="pn-peak" d="M{x:.1f} {y - 3:.1f}l-5 -8h10z" fill="{INK}"/>'
        f'<text x="{x + (-9 if left else 9):.1f}" y="{y - 4:.1f}" text-anchor="{"end" if left else "start"}" '
        f'font-weight="600" fill="{INK}">{attribute(text)}</text>'
    )


def _grid(top: float, unit: str) -> str:
    """Lines at nothing, half and all of the highest value."""
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = HEIGHT - BOTTOM - _height(share)
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{DIM}">{words.figure(share * top)}</text>'
        )
    return "".join(lines) + f'<text x="{LEFT - 6}" y="12" text-anchor="end" fill="{DIM}">{unit}</text>'


def _frame(label: str, inside: str, ops: Sequence[Op]) -> str:
    y = HEIGHT - 6
    names = (
        f'<text x="{LEFT}" y="{y}" fill="{DIM}">{attribute(ops[0].name)}</text>'
        f'<text x="{(LEFT + WIDTH) / 2}" y="{y}" text-anchor="middle" fill="{DIM}">operators in the order they run</text>'
        f'<text x="{WIDTH - RIGHT}" y="{y}" text-anchor="end" fill="{DIM}">{attribute(ops[-1].name)}</text>'
    )
    return (
        f'<svg role="img" aria-label="{attribute(label)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'style="display:block;width:100%;font:12px system-ui,sans-serif">{inside}{names}</svg>'
    )
