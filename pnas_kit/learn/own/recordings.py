"""Recordings as tables: one file per recording, the class in a column, the folder or the file's name; cut into windows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import acquisition, limits
from pnas_kit.learn.own.clock import rate, seconds, tells, whole_times
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, numbered, plain_label
from pnas_kit.learn.own.naming import classes_of_recordings, parts_of_recordings
from pnas_kit.learn.own.roles import Roles, is_index, rises, roles_of, some
from pnas_kit.learn.own.sensors import read_together, together
from pnas_kit.learn.own.settings import Settings
from pnas_kit.learn.own.table import channel
from pnas_kit.learn.own.windows import Stretch, cut

if TYPE_CHECKING:
    import pandas

NAME = "CSV recordings"
_TABLES = (".csv", ".tsv", ".txt", ".dat")
ENDINGS = (*_TABLES, *acquisition.ENDINGS)
_MOST_MISSING = 0.2
_LONGEST_GAP = 32
"""Missing values in a row, in samples, that a straight line may stand for."""


@dataclass(frozen=True, eq=False)
class Recording:
    """One table, read: values `(samples, channels)`, label and group of every line, where it is interrupted, rate.

    Values are NaN where nothing is known.
    """

    values: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    breaks: np.ndarray
    hz: float | None


def fits(files: Files) -> bool:
    """Whether there are tables, or JSON of recordings."""
    return bool(_names(files))


def read(files: Files, settings: Settings) -> Found:
    """Windows of one class each.

    Raises:
        DataError: Tables that differ, no class to be found, or cells that are no numbers.
    """
    if not _names(files):
        raise DataError(f"{files.title}: expected tables, or JSON with a payload of values, got none. Choose other files.")
    tables, notes = together(_names(files), files.title)
    names, warnings = list(tables), []
    roles, channels, recordings, rows = None, None, [], 0
    for number, name in enumerate(names):
        table = read_together(files, tables[name])
        table = whole_times(table) if settings.time_column is None else table
        rows += len(table)
        if rows > limits.ROWS:
            raise DataError(f"{files.title}: more than {limits.ROWS:,} lines together. Use fewer or shorter recordings.")
        if roles is None:
            roles = roles_of(table, name, settings, len(names), notes)
        made, titles = _recording(table, name, number, roles, settings, notes if number == 0 else [], warnings)
        channels = channels or titles
        if titles != channels:
            raise DataError(f"{name}: expected the channels {some(channels)} of the first file, got {some(titles)}.")
        recordings.append(made)
    part, paths = parts_of_recordings(names, roles.label is not None)
    classes = None
    if roles.label is None:
        classes, said = classes_of_recordings(paths, files.title)
        if len(set(classes)) == 1:
            raise DataError(
                f"{files.title}: all {len(names)} files are of one class by their folders and names ({classes[0]}), and no "
                f"column is known to name another; the columns are {some(list(table.columns))}. Choose the label column, or "
                "add files of what is to be told apart."
            )
        notes.append(said)
    hz = _one_rate([made.hz for made in recordings], settings, warnings)
    stretches, words = _stretches(recordings, classes, part, roles.group)
    word = "recording" if roles.group is None else roles.group
    made = cut(stretches, word, hz, settings, files.title)
    notes.insert(0, f"Channels: {', '.join(channels)}.")
    return Found(
        form=NAME, task="series", x=made.x, y=made.y, classes=words, unit=f"{', '.join(channels)} as in the files",
        part=made.part, groups=made.groups, group_word=word, split=made.split, sampling_hz=hz, notes=notes + made.notes,
        warnings=warnings + made.warnings,
    )  # fmt: skip


def _names(files: Files) -> list[str]:
    """The tables, or where there are none the acquisitions."""
    return files.with_suffix(*_TABLES) or acquisition.acquisitions(files)


def _recording(
    table: pandas.DataFrame, name: str, number: int, roles: Roles, settings: Settings, notes: list[str], warnings: list[str]
) -> tuple[Recording, list[str]]:
    used = [title for title in (roles.label, roles.group, roles.time) if title is not None]
    missing = [title for title in used if title not in table.columns]
    if missing:
        raise DataError(f"{name}: expected a column {missing[0]!r} as in the first file, got {some(list(table.columns))}.")
    size = len(table)
    labels = _words(table[roles.label]) if roles.label else np.full(size, "", object)
    groups = _words(table[roles.group]) if roles.group else np.full(size, str(number), object)
    breaks, hz = np.array([], np.int64), None
    if roles.time is not None:
        times, said = seconds(table[roles.time], name)
        notes.append(f"Time: {said}.")
        hz, breaks, complaints = rate(times, name)
        warnings += complaints
    edges = np.unique(np.concatenate([[0, size], np.flatnonzero(groups[1:] != groups[:-1]) + 1, breaks]))
    values, titles = [], []
    for title in table.columns:
        if title in used:
            continue
        if is_index(title):
            called = f"Column {title!r}" if title else "The column without a name"
            notes.append(f"{called} {'numbers the lines and ' if rises(table[title]) else ''}was left out.")
            continue
        column = channel(table[title], name)
        if column is None:
            notes.append(f"Column {title!r} is text and was left out.")
            continue
        if roles.time is not None and tells(times, column):
            notes.append(f"Column {title!r} tells the time once more and was left out.")
            continue
        values.append(_mended(column, edges, f"{name}, column {title!r}", warnings))
        titles.append(title)
        if number == 0 and rises(table[title]):
            advice = "Remove it" if roles.time else "Choose it as the column of time, or remove it"
            warnings.append(
                f"{name}: {title!r} goes up from line to line, as a clock or a counter does, and is learnt from like a "
                f"sensor. {advice}."
            )
    if not values:
        besides = f" besides {', '.join(used)}" if used else ""
        raise DataError(f"{name}: expected columns of numbers, got none{besides}. Is something else between the numbers?")
    return Recording(np.stack(values, axis=1).astype(np.float32), labels, groups, breaks, hz), titles


def _mended(values: np.ndarray, edges: np.ndarray, where: str, warnings: list[str]) -> np.ndarray:
    """The values with what is missing filled in from neighbours between the same edges: of one recording without a gap.

    More than a few in a row stay NaN.
    """
    missing = np.isnan(values)
    if not missing.any():
        return values
    if missing.mean() > _MOST_MISSING:
        raise DataError(f"{where}: {100 * missing.mean():.0f} % of the values are missing. Repair or remove the column.")
    values, lost = values.copy(), np.zeros(len(values), bool)
    for start, end in itertools.pairwise(edges):
        gap = missing[start:end]
        if gap.any() and not gap.all():
            there = np.flatnonzero(~gap)
            values[start:end] = np.interp(np.arange(end - start), there, values[start:end][there])
        turns = np.flatnonzero(np.diff(np.concatenate([[False], gap, [False]])))
        for first, last in turns.reshape(-1, 2)[np.diff(turns)[::2] > _LONGEST_GAP] + start:
            lost[first:last] = True
    values[lost] = np.nan
    lost = np.isnan(values)
    if filled := int((missing & ~lost).sum()):
        warnings.append(f"{where}: {filled} missing values were filled in from their neighbours.")
    if lost.any():
        line = int(np.flatnonzero(lost)[0]) + 1
        warnings.append(
            f"{where}: {lost.sum()} lines without a value, from data line {line} on, were left out: too many in a row to "
            "be filled in."
        )
    return values


def _words(column: pandas.Series) -> np.ndarray:
    words = {value: plain_label(str(value)) for value in column.dropna().unique()}
    return np.array([words.get(value, "") for value in column], object)


def _stretches(recordings: list[Recording], classes, part, group: str | None) -> tuple[list[Stretch], tuple[str, ...]]:
    found = []
    for number, made in enumerate(recordings):
        labels = made.labels if classes is None else np.full(len(made.values), classes[number], object)
        lost = np.isnan(made.values).any(axis=1)
        other = (labels[1:] != labels[:-1]) | (made.groups[1:] != made.groups[:-1]) | (lost[1:] != lost[:-1])
        change = np.flatnonzero(other) + 1
        edges = np.unique(np.concatenate([[0, len(labels)], change, made.breaks]))
        found += [
            (made.values[start:end], labels[start], made.groups[start], part[number])
            for start, end in itertools.pairwise(edges)
            if labels[start] and not lost[start]
        ]
    if not found:
        raise DataError("Expected lines with a label, got none. Choose another label column.")
    y, words = numbered([label for _, label, _, _ in found])
    groups, _ = numbered([name for _, _, name, _ in found])
    made = [Stretch(f[0], int(label), int(g), f[3]) for f, label, g in zip(found, y, groups, strict=True)]
    return made, words


def _one_rate(rates: list[float | None], settings: Settings, warnings: list[str]) -> float | None:
    known = [hz for hz in rates if hz is not None]
    if settings.sampling_hz is not None or not known:
        return settings.sampling_hz
    if max(known) > 1.1 * min(known):
        warnings.append(f"Sampling rates from {min(known):.4g} to {max(known):.4g} Hz: bring the recordings to one.")
    return float(f"{np.median(known):.4g}")
