"""Tables with a whole sample in each line: numbered columns of a series or of pixels, and one column of the class."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, numbered, plain_label
from pnas_kit.learn.own.naming import train_and_test
from pnas_kit.learn.own.roles import GROUP, LABEL, by_name_of, is_index
from pnas_kit.learn.own.settings import Settings
from pnas_kit.learn.own.table import channel, read_table

if TYPE_CHECKING:
    import pandas

NAME = "series table"
ENDINGS = (".csv", ".tsv", ".txt")
_LEAST_POINTS = 24
_NUMBERED = re.compile(r"(.*?)[ _.\-\[(]*(\d+)[\])]?")
_PLACE = re.compile(r"(\d+)x(\d+)")
_SENSORS = re.compile(r"(ch|chan|channel|sensor|emg|eeg|ecg|electrode|lead|mic|adc|ain|a|s)", re.IGNORECASE)
"""Words of columns that are numbered because there are several sensors, in lines that follow each other in time."""
_TITLE_BYTES = 1 << 20


def fits(files: Files) -> bool:
    """Whether there are tables whose columns are the points of a series, or the pixels of a picture, and a class."""
    names = files.with_suffix(*ENDINGS)
    if not 1 <= len(names) <= 2:
        return False
    try:
        top = files.text(names[0])[:_TITLE_BYTES].splitlines()[:3]
        table = read_table("\n".join(top), names[0])
    except DataError:
        return False
    label = _label(table, Settings())
    return label is not None and bool(_points(table, label, by_name_of(GROUP, list(table.columns))))


def read(files: Files, settings: Settings) -> Found:
    """One sample for each line.

    Raises:
        DataError: No numbered columns, no class, tables that differ, or cells that are no numbers.
    """
    chosen = train_and_test(files.with_suffix(*ENDINGS), files.title)
    values, labels, people, part, columns = [], [], [], [], None
    for name, side in chosen:
        table = read_table(files.text(name), name)
        label = _label(table, settings)
        group = settings.group_column or by_name_of(GROUP, list(table.columns))
        if group is not None and group not in table.columns:
            raise DataError(
                f"{name}: there is no group column {group!r}; the columns are {', '.join(table.columns[:6])}, ..."
            )
        points = _points(table, label, group) if label else {}
        if not points:
            raise DataError(
                f"{name}: expected numbered columns (t0, t1, ...) and one of the class, got "
                f"{', '.join(table.columns[:6])}, ... Rename the columns, or choose another format."
            )
        columns = columns or points
        if columns != points:
            raise DataError(f"{name}: expected the columns of the first table, got {', '.join(table.columns[:6])}.")
        length, channels = len(next(iter(columns.values()))), len(columns)
        limits.room_for(len(table), (1, length, channels), 4, name)
        x = np.stack([[_whole(table[title], name) for title in titles] for titles in columns.values()])
        values.append(x.transpose(2, 1, 0).astype(np.float32))  # from (channels, length, lines)
        labels += [plain_label(str(word)) for word in table[label]]
        people += [] if group is None else table[group].astype(str).tolist()
        part += [side or 0] * len(table)
    x, (y, classes) = np.concatenate(values), numbered(labels)
    whose = f", whose it is in {group!r}" if people else ""
    notes = [f"Each line is a sample: its class in column {label!r}{whose}, {_said(columns)}."]
    task, unit = "series", "as in the file"
    side = _side(columns)
    if side and x.min() >= 0 and x.max() <= 255 and (x == np.round(x)).all():
        x, task, unit = x.reshape(len(x), side, side, 1).astype(np.uint8), "image", "brightness, 0 to 255"
    else:
        x = x[:, None]
    return Found(
        form=NAME, task=task, x=np.ascontiguousarray(x), y=y, classes=classes, unit=unit,
        part=np.array(part, np.int8) if len(chosen) == 2 else None, notes=notes,
        groups=numbered(people)[0] if len(people) == len(labels) else None, group_word=group or "sample",
        sampling_hz=settings.sampling_hz if task == "series" else None,
        warnings=[] if task == "image" else [
            "Lines are taken for samples of their own. If they follow each other in time, choose the format CSV recordings."
        ],
    )  # fmt: skip


def _label(table: pandas.DataFrame, settings: Settings) -> str | None:
    """The column of the class, as chosen or by its name."""
    if settings.label_column is not None:
        return settings.label_column if settings.label_column in table.columns else None
    return by_name_of(LABEL, list(table.columns))


def _points(table: pandas.DataFrame, label: str, group: str | None) -> dict[str, list[str]]:
    """Titles in order for each channel, where all but class, person and index are so many numbered columns of each."""
    groups: dict[str, dict[int, str]] = {}
    places = [title for title in table.columns if title not in (label, group) and not is_index(title)]
    if all(_PLACE.fullmatch(title) for title in places):
        return {"pixel": places} if len(places) >= _LEAST_POINTS else {}
    for title in places:
        match = _NUMBERED.fullmatch(title)
        if match is None:
            return {}
        groups.setdefault(match[1], {})[int(match[2])] = title
    counts = {tuple(sorted(group)) for group in groups.values()}
    if len(counts) != 1 or sum(map(len, groups.values())) != len(places):
        return {}
    (there,) = counts
    if len(there) < _LEAST_POINTS or there != tuple(range(there[0], there[0] + len(there))):
        return {}
    if any(_SENSORS.fullmatch(stem) for stem in groups):
        return {}
    return {stem: [group[number] for number in there] for stem, group in groups.items()}


def _whole(column: pandas.Series, name: str) -> np.ndarray:
    values = channel(column, name)
    if values is None or np.isnan(values).any():
        raise DataError(f"{name}, column {column.name!r}: expected a number in every line. Repair or remove those without.")
    return values


def _side(columns: dict[str, list[str]]) -> int:
    """Pixels of a side where the columns are the pixels of a square picture; else 0."""
    (stem, titles), *more = columns.items()
    side = math.isqrt(len(titles))
    return side if not more and stem.lower() in ("pixel", "pix", "px") and side * side == len(titles) else 0


def _said(columns: dict[str, list[str]]) -> str:
    return " and ".join(f"{titles[0]!r} to {titles[-1]!r}" for titles in columns.values())
