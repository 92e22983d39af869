"""A few test samples with what the int8 file makes of them, for whoever looks at a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import Dataset

EXAMPLES = 8
FILE = "examples.npz"
ANSWERS_FILE = "answers.npz"
WRONG, ANSWERS = 24, 32
"""The most wrong answers that are kept, and the most answers in all."""


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


def examples_of(data: Dataset, model: bytes, least: float) -> list[Example]:
    """What a detector's `.tflite` finds in a few test images with at least this score, 0 to 1."""
    from pnas_kit.deploy.detections import found_by

    chosen = np.linspace(0, len(data.test_x) - 1, EXAMPLES).astype(int)
    x = data.test_x[chosen]
    found = found_by(model, x, least=least)
    boxes = [np.column_stack([f.classes, f.boxes, f.scores]).astype(np.float32) for f in found]
    pictures = np.clip(np.round(data.raw(x)), 0, 255).astype(np.uint8)
    return [Example(*one) for one in zip(pictures, data.test_y[chosen], boxes, strict=True)]


def examples_file(data: Dataset, model: bytes, least: float) -> bytes:
    """The content of `examples.npz` for a detector's `.tflite`; see `examples_of`."""
    from pnas_kit.deploy.stored import arrays_file

    made = examples_of(data, model, least)
    arrays = {"pictures": np.stack([example.picture for example in made])}
    for name in ("truth", "found"):
        rows = [getattr(example, name) for example in made]
        arrays |= {name: np.concatenate(rows), f"{name}_counts": np.array([len(row) for row in rows])}
    return arrays_file(arrays)


def read_examples(folder: Path) -> list[Example]:
    """The examples in a prototype's folder; none where it is no detector or not done."""
    path = folder / FILE
    if not path.is_file():
        return []
    with np.load(path, allow_pickle=False) as file:
        parts = [np.split(file[name], np.cumsum(file[f"{name}_counts"])[:-1]) for name in ("truth", "found")]
        return [Example(*one) for one in zip(file["pictures"], *parts, strict=True)]


@dataclass(frozen=True, eq=False)
class Answer:
    """One test sample of a classification.

    Attributes:
        index: its place in the test split.
        sample: `(height, width, channels)`, uint8 of a picture over the full range of brightness, float32 of a series in its
            unit.
        truth, answer: its class, and the one that the `.tflite` gives.
        confidence: the softmax of the file's answer, 0 to 1. Networks are often surer than they should be.
    """

    index: int
    sample: np.ndarray
    truth: int
    answer: int
    confidence: float


def answers_file(data: Dataset, model: bytes, answers: np.ndarray) -> bytes:
    """The content of `answers.npz`: wrong answers first, the surest of them first, then right ones from all over the split.

    Args:
        answers: int8 `(test samples, classes)`, as `evaluate` has them from the `.tflite`.
    """
    from pnas_kit.deploy import Interpreter
    from pnas_kit.deploy.stored import arrays_file

    logits = Interpreter(model).dequantise(answers)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    given = answers.argmax(axis=1)
    sure = (odds / odds.sum(axis=1, keepdims=True))[np.arange(len(given)), given]
    wrong = np.flatnonzero(given != data.test_y)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")][:WRONG]
    right = np.flatnonzero(given == data.test_y)
    more = min(len(right), ANSWERS - len(wrong))
    chosen = np.concatenate([wrong, right[np.linspace(0, len(right) - 1, more).astype(int)] if more else right])
    samples = data.raw(data.test_x[chosen]).astype(np.float32)
    if data.card.task == "image":
        low, high = float(samples.min()), float(samples.max())
        samples = np.uint8(np.round(255 * (samples - low) / ((high - low) or 1)))
    return arrays_file(
        {
            "index": chosen,
            "samples": samples,
            "truth": np.asarray(data.test_y)[chosen],
            "answer": given[chosen],
            "confidence": sure[chosen].astype(np.float32),
        }
    )


def read_answers(folder: Path) -> list[Answer]:
    """The answers in a prototype's folder; none where it is a detector, not done, or of a version that kept none."""
    path = folder / ANSWERS_FILE
    if not path.is_file():
        return []
    with np.load(path, allow_pickle=False) as file:
        columns = [file[name] for name in ("index", "samples", "truth", "answer", "confidence")]
    return [Answer(int(i), x, int(y), int(a), float(c)) for i, x, y, a, c in zip(*columns, strict=True)]
