"""Small line charts as SVG: learning curves and sparklines."""

from collections.abc import Sequence

from pnas_kit.learn.epoch import Epoch

WIDTH, HEIGHT = 372, 112
LEFT, RIGHT, TOP, BOTTOM = 38, 34, 8, 18


def _points(values: Sequence[float], total: int, low: float, high: float) -> list[tuple[float, float]]:
    """Places of values 1..n on a plot for ``total`` of them; the range is ``low`` to ``high``."""
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    span = (high - low) or 1.0
    step = wide / max(1, total - 1)
    return [
        (LEFT + step * i, TOP + tall * (1 - (min(max(value, low), high) - low) / span)) for i, value in enumerate(values)
    ]


def _line(places: Sequence[tuple[float, float]], kind: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return (
        f'<polyline class="pn-curve-{kind}" points="{path}"/>'
        f'<circle class="pn-curve-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
    )


def curve_svg(epochs: Sequence[Epoch]) -> str:
    """Validation accuracy and sparsity (left, 0 to 100 %) and loss (right, 0 to its highest) over the epochs."""
    if not epochs:
        return ""
    total, last = epochs[-1].total, epochs[-1]
    loss = max(epoch.loss for epoch in epochs) or 1.0
    bottom = HEIGHT - BOTTOM
    grid = "".join(
        f'<line class="pn-curve-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text x="{LEFT - 5}" y="{y + 4}" text-anchor="end">{share} %</text>'
        f'<text x="{WIDTH - RIGHT + 9}" y="{y + 4}">{loss * share / 100:.2g}</text>'
        for share, y in ((100, TOP), (50, (TOP + bottom) / 2), (0, bottom))
    )
    lines = "".join(
        _line(_points([getattr(epoch, name) for epoch in epochs], total, 0, high), name)
        for name, high in (("sparsity", 1.0), ("loss", loss), ("accuracy", 1.0))
    )
    best = max((epoch.number for epoch in epochs if epoch.best), default=0)
    judged = "validation accuracy" if last.held_out else "accuracy on the training samples"
    label = (
        f"Learning curve, epoch {last.number} of {total}: loss {last.loss:.3f}, {judged} "
        f"{100 * last.accuracy:.1f} %, {100 * last.sparsity:.0f} % of the channels removed"
    ) + (f"; best so far: epoch {best}, {100 * epochs[best - 1].accuracy:.1f} %" if best else "")
    return (
        f'<svg class="pn-curve" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}">{grid}{lines}'
        f"{_best_mark(epochs, best) if best else ''}"
        f'<text x="{LEFT}" y="{HEIGHT - 4}">epoch 1</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">{total}</text></svg>'
    )


def _best_mark(epochs: Sequence[Epoch], best: int) -> str:
    """A diamond on the epoch whose weights are kept, and its number on the axis, where there is room for it."""
    values = [epoch.accuracy for epoch in epochs]
    x, y = _points(values, epochs[-1].total, 0, 1.0)[best - 1]
    text = ""
    if LEFT + 60 < x < WIDTH - RIGHT - 60:
        text = f'<text x="{x:.1f}" y="{HEIGHT - 4}" text-anchor="middle">best: {best}</text>'
    return (
        f'<line class="pn-curve-grid" x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        f'<path class="pn-curve-best" d="M{x:.1f} {y - 6:.1f} l6 6 l-6 6 l-6 -6 Z"/>{text}'
    )


def sparkline(values: Sequence[float], width: int = 96, height: int = 22) -> str:
    """A line without axes, from 0 to the highest value; empty for fewer than two."""
    if len(values) < 2:
        return ""
    high = max(values) or 1.0
    step = (width - 4) / (len(values) - 1)
    path = " ".join(f"{2 + step * i:.1f},{height - 2 - (height - 4) * v / high:.1f}" for i, v in enumerate(values))
    return (
        f'<svg class="pn-spark" aria-hidden="true" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<polyline points="{path}"/></svg>'
    )
