"""A few test images with what the int8 file finds in them, for whoever looks at a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import Dataset
from pnas_kit.learn.detection.decode import SHOWN_SCORE

EXAMPLES = 8
FILE = "examples.npz"


@dataclass(frozen=True, eq=False)
class Example:
    """One test image.

    Attributes:
        picture: uint8 `(height, width, channels)`, as it came.
        truth: float32 `(objects, 5)`: class and corners in pixels.
        found: float32 `(boxes, 6)`: class, corners, score.
    """

    picture: np.ndarray
    truth: np.ndarray
    found: np.ndarray


def examples_file(data: Dataset, model: bytes) -> bytes:
    """The content of `examples.npz` for a detector's `.tflite`."""
    from pnas_kit.deploy import Interpreter
    from pnas_kit.deploy.detections import found
    from pnas_kit.deploy.stored import arrays_file

    chosen = np.linspace(0, len(data.test_x) - 1, EXAMPLES).astype(int)
    x, interpreter = data.test_x[chosen], Interpreter(model)
    answers = interpreter.run(interpreter.quantise_input(x))
    boxes = [
        np.column_stack([f.classes, f.boxes, f.scores]).astype(np.float32)
        for f in found(interpreter.outputs, answers, *x.shape[1:3], least=SHOWN_SCORE)
    ]
    truth = data.test_y[chosen]
    arrays = {
        "pictures": np.clip(np.round(data.raw(x)), 0, 255).astype(np.uint8),
        "truth": truth.rows, "truth_counts": truth.counts,
        "found": np.concatenate([np.zeros((0, 6), np.float32), *boxes]), "found_counts": np.array([len(b) for b in boxes]),
    }  # fmt: skip
    return arrays_file(arrays)


def read_examples(folder: Path) -> list[Example]:
    """The examples in a prototype's folder; none where it is no detector or not done."""
    path = folder / FILE
    if not path.is_file():
        return []
    with np.load(path, allow_pickle=False) as file:
        parts = [np.split(file[name], np.cumsum(file[f"{name}_counts"])[:-1]) for name in ("truth", "found")]
        return [Example(*one) for one in zip(file["pictures"], *parts, strict=True)]
