"""Draws what a trained detector finds on a few test pictures, and how it learnt.

    python benchmarks/detection_pictures.py RUN NUMBER docs/tree_crowns.png [--score 0.1]

Solid are the boxes of the finished `.tflite` from the score on that the app shows, or from another one; dashed are people's
boxes. The curve is mAP50 on the validation part after each epoch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pnas_kit.learn import Epoch
from pnas_kit.learn.detection.decode import SHOWN_SCORE
from pnas_kit.runs import Run
from pnas_kit.runs.examples import Example, examples_of

TRUTH, FOUND = "white", "#ffd400"


def boxed(axes: Axes, example: Example) -> None:
    """One picture with its boxes."""
    picture = example.picture
    axes.imshow(picture[..., 0] if picture.shape[-1] == 1 else picture, cmap="gray", interpolation="nearest")
    for _, x0, y0, x1, y1 in example.truth:
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=TRUTH, linestyle="--", linewidth=1))
    for _, x0, y0, x1, y1, score in example.found:
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=FOUND, linewidth=1.4))
        axes.text(x0 + 2, y0 + 9, f"{score:.2f}", color=FOUND, fontsize=6)
    axes.set_axis_off()


def curve(axes: Axes, epochs: list[Epoch]) -> None:
    """mAP50 over the epochs; epochs in which channels were still being removed are dotted."""
    numbers, found = [e.number for e in epochs], [100 * e.accuracy for e in epochs]
    whole = next((i for i, e in enumerate(epochs) if e.sparsity >= epochs[-1].sparsity), 0)
    axes.plot(numbers[: whole + 1], found[: whole + 1], ":", color="black")
    axes.plot(numbers[whole:], found[whole:], color="black")
    axes.set_title("mAP50 on the validation part, %", fontsize=8, loc="left")
    axes.set_xlabel("epoch (dotted: channels are being removed)", fontsize=7)
    axes.tick_params(labelsize=7)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("number", type=int, help="of the prototype")
    parser.add_argument("out", type=Path, help="PNG to write")
    parser.add_argument("--score", type=float, help="of a box, at least (default: as the app shows them)")
    asked = parser.parse_args()
    run = Run(asked.run)
    score = asked.score or run.result(asked.number).shown_score or SHOWN_SCORE
    examples = examples_of(run.load_data(), run.delivered(asked.number, "model.tflite"), score)
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    grid = figure.add_gridspec(2, 6)
    for place, example in enumerate(examples):
        boxed(figure.add_subplot(grid[place // 4, place % 4]), example)
    curve(figure.add_subplot(grid[:, 4:]), run.epochs(asked.number))
    figure.savefig(asked.out, dpi=110)


if __name__ == "__main__":
    main()
