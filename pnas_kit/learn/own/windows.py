"""Cuts recordings into windows of one class each, after deciding which recordings, or pieces of them, are for testing."""

import itertools
from dataclasses import dataclass

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.found import TEST, TRAIN
from pnas_kit.learn.own.parts import grouped
from pnas_kit.learn.own.settings import Settings

LENGTHS = (512, 256, 128, 64, 32, 16)
SECONDS = 2.56
IN_TIME = (
    "ours: in time, the last piece of every stretch of one class for testing (some class has a single {0}, so whole ones "
    "cannot be set aside)"
)
SAME = (
    "Training and test windows come from the same {0}s, though never from the same seconds: a new {0} will be "
    "harder than the "
    "test says. Record every class at least twice, better by several people."
)
_MOST_PIECES = 4


@dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a recording without gaps and of one class.

    Attributes:
        values: float32 `(samples, channels)`.
        label: Place of the class.
        group: Number of the recording or person it comes from.
        part: 0 for training, 1 for test; None where that is still to be drawn.
    """

    values: np.ndarray
    label: int
    group: int
    part: int | None = None


@dataclass(frozen=True, eq=False)
class Cut:
    """Windows `(windows, 1, length, channels)` with label, group and part (None: by group, still to be drawn) of each."""

    x: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    part: np.ndarray | None
    split: str
    notes: list[str]
    warnings: list[str]


def cut(stretches: list[Stretch], word: str, hz: float | None, settings: Settings, title: str) -> Cut:
    """Windows of all stretches.

    Whole recordings (or persons) are set aside for testing where every class then is on both sides. Where a class was
    recorded once, each stretch is cut into pieces in time, and the last piece is for testing: no window reaches over.

    Raises:
        DataError: No stretch is as long as a window, or a class has none that is.
    """
    classes = 1 + max(stretch.label for stretch in stretches)
    given = stretches[0].part is not None
    # A window is at most half a recording, or where recordings are cut in time, as long as the piece for testing.
    most = 0.5 if given or _separable(stretches, classes, settings) else settings.test_share
    length = settings.window or _length(stretches, hz, most)
    step = settings.step or max(1, length // 2)
    long = [stretch for stretch in stretches if len(stretch.values) >= length]
    split, warnings = "", []
    if given or _separable(long, classes, settings):
        pieces, part = long, [s.part for s in long] if given else None
    else:
        pieces, part = _in_time(stretches, settings.test_share, length)
        split = IN_TIME.format(word)
        warnings.append(SAME.format(word))
    counts = [max(0, 1 + (len(s.values) - length) // step) for s in pieces]
    _all_there(pieces, None if given else part, counts, stretches, length, title)
    limits.room_for(sum(counts), (1, length, pieces[0].values.shape[1]), 4, title)
    notes = [_said(length, step, hz)]
    if 0 in counts:
        notes.append(f"{counts.count(0)} stretches shorter than a window were left out.")
    return Cut(
        x=np.concatenate([_windows(s.values, length, step) for s, count in zip(pieces, counts, strict=True) if count]),
        y=np.repeat([s.label for s in pieces], counts).astype(np.int64),
        groups=np.repeat([s.group for s in pieces], counts).astype(np.int64),
        part=None if part is None else np.repeat(np.array(part, np.int8), counts),
        split=split,
        notes=notes,
        warnings=warnings,
    )


def _separable(stretches: list[Stretch], classes: int, settings: Settings) -> bool:
    """Whether whole recordings can be set aside so that every class is on both sides."""
    labels, groups = np.array([(s.label, s.group) for s in stretches], np.int64).reshape(-1, 2).T
    return len(set(labels)) == classes and grouped(labels, groups, settings.test_share, settings.seed) is not None


def _all_there(pieces: list[Stretch], part, counts: list[int], stretches: list[Stretch], length: int, title: str) -> None:
    """Refuses windows so long that a class has none, on one side of a split in time."""
    sides = part or [TRAIN] * len(pieces)
    present = {(s.label, side) for s, side, count in zip(pieces, sides, counts, strict=True) if count}
    longest = _longest(stretches)
    missing = [label for label in longest for side in ((TRAIN, TEST) if part else (TRAIN,)) if (label, side) not in present]
    if missing:
        raise DataError(
            f"{title}: some class has no stretch as long as a window of {length} samples (its longest has "
            f"{longest[missing[0]]}, to be cut for training and testing). Choose a shorter window."
        )


def _windows(values: np.ndarray, length: int, step: int) -> np.ndarray:
    view = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)[::step]
    return np.ascontiguousarray(view.transpose(0, 2, 1)[:, None], np.float32)


def _length(stretches: list[Stretch], hz: float | None, share: float) -> int:
    """2.56 s as UCI HAR has it, to the nearest power of two, or 128; less where recordings are too short for it."""
    wanted = 128 if hz is None else SECONDS * hz
    most = int(min(_longest(stretches).values()) * share)
    fitting = [length for length in LENGTHS if length <= most] or [max(4, most)]
    return min(fitting, key=lambda length: abs(np.log2(length / wanted)))


def _in_time(stretches: list[Stretch], share: float, length: int) -> tuple[list[Stretch], list[int]]:
    """Every stretch in pieces, the last for testing; the group of a training piece is its place in time."""
    training = round((1 - share) * min(_longest(stretches).values()))
    count = min(_MOST_PIECES, max(1, training // (2 * length)))
    pieces, part = [], []
    for stretch in stretches:
        edges = [*np.linspace(0, round((1 - share) * len(stretch.values)), count + 1).astype(int), len(stretch.values)]
        for number, (start, end) in enumerate(itertools.pairwise(edges)):
            pieces.append(Stretch(stretch.values[start:end], stretch.label, number))
            part.append(TEST if number == count else TRAIN)
    return pieces, part


def _longest(stretches: list[Stretch]) -> dict[int, int]:
    """The length of each class's longest stretch."""
    longest: dict[int, int] = {}
    for stretch in stretches:
        longest[stretch.label] = max(longest.get(stretch.label, 0), len(stretch.values))
    return longest


def _said(length: int, step: int, hz: float | None) -> str:
    seconds = f" ({length / hz:.3g} s)" if hz else ""
    return f"Recordings are cut into windows of {length} samples{seconds}, a new one every {step}."
