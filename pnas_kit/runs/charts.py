"""Pictures of runs as SVG text that takes the ink of the page around it, light or dark."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Sequence
from html import escape

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pnas_kit.learn.epoch import Epoch
from pnas_kit.search import Candidate

from .compare import on_front
from .run import Run

COLOURS = ("#0072B2", "#D55E00")  # Okabe-Ito; the first run's and the second's
LOOKS = (
    {"color": COLOURS[0], "marker": "o", "markersize": 8, "linewidth": 2.4},
    {"color": COLOURS[1], "marker": "s", "markersize": 5, "linewidth": 1.1},
)
"""Where the two coincide, the first still shows around the second."""

PICKED = "#009E73"
INK, PAPER = "#000000", "#ffffff"
"""What `inline` takes for the page's own."""

SETTINGS = {
    "svg.fonttype": "none", "font.size": 10, "font.family": "sans-serif", "legend.frameon": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.18, "grid.color": INK,
}  # fmt: skip
_lock = threading.Lock()
"""matplotlib's settings are those of the whole process."""


def _svg(name: str, label: str, size: tuple[float, float], draw) -> str:
    """What `draw` makes of one pair of axes, as an `<svg>` without anything of elsewhere in it.

    Args:
        name: tells the ids of this picture from those of others on the same page.
        size: in inches of 72 units.
    """
    with _lock, rc_context({**SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=size, layout="constrained", facecolor="none")
        draw(figure.add_subplot(facecolor="none"))
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return inline(file.getvalue(), label)


def inline(text: str, label: str) -> str:
    """A file of matplotlib's as an `<svg>` inside a page: black is the page's ink in it, and white its paper.

    Args:
        text: of the file, as `savefig(format="svg")` writes it.
        label: what is seen, for who does not see it.
    """
    text = text[text.index("<svg") :].replace(INK, "currentColor").replace(PAPER, "var(--jp-layout-color0, Canvas)")
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)  # its style is for a whole page
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)  # inside HTML the parser knows them
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', text))
    text = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", text)
    # matplotlib leaves a black filling out, which then is what the whole picture has.
    style = "max-width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt"
    attributes = f'role="img" aria-label="{escape(label, quote=True)}" fill="currentColor" style="{style}"'
    return text.replace("<svg", f"<svg {attributes}", 1)


def front_svg(runs: Sequence[Run], names: Sequence[str], picked: Sequence[int] = ()) -> str:
    """The candidates of one or two runs that fit, by compute and score, with the front of these two.

    Args:
        picked: numbers of the first run that are ringed.
    """

    def draw(axes: Axes) -> None:
        axes.set(xscale="log", xlabel="Compute, M MACs", ylabel="Score")
        axes.xaxis.set_major_formatter("{x:g}")
        for run, name, look in zip(runs, names, LOOKS, strict=False):
            scored = _scored(run)
            axes.scatter(*_places(scored), s=14, marker=look["marker"], color=look["color"], alpha=0.35, linewidths=0)
            axes.plot(*_places(on_front(run)), label=f"front of {name}", **look)
        chosen = [c for run in runs[:1] for c in _scored(run) if c.number in picked]
        if chosen:
            axes.scatter(
                *_places(chosen), s=110, marker="s", facecolors="none", edgecolors=PICKED, linewidths=2, label="chosen"
            )
        for c in chosen:
            axes.annotate(str(c.number), _place(c), xytext=(0, 10), textcoords="offset points", ha="center")
        axes.legend(loc="lower right")

    counts = ", ".join(f"{name} {len(_scored(run))} candidates" for run, name in zip(runs, names, strict=True))
    return _svg(f"front-{'-'.join(run.name for run in runs)}", f"Score over compute: {counts}", (7.2, 4.0), draw)


def _scored(run: Run) -> list[Candidate]:
    return [c for c in run.candidates() if c.feasible and c.score is not None]


def _place(candidate: Candidate) -> tuple[float, float]:
    return candidate.cost.macs / 1e6, candidate.score


def _places(candidates: Sequence[Candidate]) -> tuple[list[float], list[float]]:
    places = [_place(c) for c in candidates]
    return [x for x, _ in places], [y for _, y in places]


def volumes_svg(curves: Sequence[Sequence[tuple[int, float]]], names: Sequence[str], key: str) -> str:
    """The hypervolume over the candidates tried, from pairs of a candidate's number and the share after it."""

    def draw(axes: Axes) -> None:
        axes.set(xlabel="Candidates tried", ylabel="Hypervolume, share of the box")
        for curve, name, look in zip(curves, names, LOOKS, strict=False):
            steps = [(0, 0.0), *((number + 1, value) for number, value in curve)]
            every = max(1, len(steps) // 8)
            axes.step(*zip(*steps, strict=True), where="post", markevery=every, label=name, **look)
        axes.set_ylim(bottom=0)
        if len(curves) > 1:
            axes.legend(loc="lower right")

    ends = ", ".join(f"{name} {curve[-1][1]:.3f}" for curve, name in zip(curves, names, strict=True) if curve)
    return _svg(f"volumes-{key}", f"Hypervolume over the candidates tried: {ends}", (7.2, 3.0), draw)


def learning_svg(epochs: Sequence[Epoch], measure: str, key: str) -> str:
    """Accuracy and share of channels removed (left), training loss (right), over the epochs."""
    last = epochs[-1]
    figure = f"validation {measure}" if last.held_out else f"{measure} on the training samples"

    def draw(axes: Axes) -> None:
        numbers = [epoch.number for epoch in epochs]
        mark = "o" if len(epochs) == 1 else ""
        axes.plot(numbers, [100 * e.accuracy for e in epochs], color=COLOURS[0], marker=mark, label=figure)
        axes.plot(numbers, [100 * e.sparsity for e in epochs], ":", color=PICKED, marker=mark, label="channels removed")
        axes.set(xlabel="Epoch", ylabel="%", ylim=(0, 103))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        loss = axes.twinx()
        loss.grid(False)
        loss.spines["right"].set_visible(True)
        loss.plot(numbers, [e.loss for e in epochs], "--", color=COLOURS[1], marker=mark, label="training loss")
        loss.set_ylabel("Loss")
        loss.set_ylim(bottom=0)
        lines = axes.get_lines() + loss.get_lines()
        axes.legend(lines, [line.get_label() for line in lines], loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3)

    label = f"Learning curve over {last.number} epochs: {figure} {100 * last.accuracy:.1f} %, loss {last.loss:.3f}"
    return _svg(f"learning-{key}", label, (6.0, 2.6), draw)
