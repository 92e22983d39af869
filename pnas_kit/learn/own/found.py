"""What a reader makes of files: samples with labels or boxes, and what it understood on the way."""

import re
from dataclasses import dataclass, field

import numpy as np

from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.data.front_end import FrontEnd

TRAIN, TEST = 0, 1
_WRITTEN_OTHERWISE = re.compile(r"_|^[-+]?0\d")
"""Labels that Python would take for numbers: 1_1 is not 11, and 007 not 7."""


@dataclass(kw_only=True, eq=False)
class Found:
    """The content of files in one format.

    Attributes:
        form: Name of the format.
        task: "image", "series" or "detection".
        x: uint8 or float32 `(samples, height, width, channels)`; a series has height 1.
        y: int64 `(samples,)`, places in `classes`; empty for detection.
        classes: Names.
        unit: What one number of a sample means.
        part: int8 `(samples,)`, 0 for training and 1 for test, where the data bring a split.
        groups: int64 `(samples,)`: samples of different parts never share one.
        group_word: What a group is: "recording", "person", "picture".
        split: How training and test were separated, where the reader did it.
        boxes: For detection.
        sampling_hz: Of series.
        front_end: Of sound.
        notes: What was understood, in sentences.
        warnings: What to look at before going on.
    """

    form: str
    task: str
    x: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...]
    unit: str
    part: np.ndarray | None = None
    groups: np.ndarray | None = None
    group_word: str = "recording"
    split: str = ""
    boxes: Boxes | None = None
    sampling_hz: float | None = None
    front_end: FrontEnd | None = None
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def numbered(labels: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """int64 places and the names in order: by value where all are numbers, else by alphabet."""
    names = set(labels)
    try:
        order = sorted(names, key=lambda name: (float(name), name))
    except ValueError:
        order = sorted(names)
    places = {name: place for place, name in enumerate(order)}
    return np.array([places[label] for label in labels], dtype=np.int64), tuple(order)


def number(cell: str) -> float:
    """The number in a cell; ValueError where there is none, or an underscore, which Python would pass over."""
    if "_" in cell:
        raise ValueError(cell)
    return float(cell)


def plain_label(text: str) -> str:
    """A label as people read it: 1.0 and 1.0000000e+00 are 1."""
    text = text.strip().strip("'\"").strip()
    if _WRITTEN_OTHERWISE.search(text):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else text
