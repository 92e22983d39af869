"""Which column of a table is what: by its title, or as the user chose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.settings import Settings

if TYPE_CHECKING:
    import pandas

LABEL = (
    "label", "labels", "class", "activity", "gesture", "target", "state", "category", "isanomaly", "anomaly", "klasse", "y",
)  # fmt: skip
GROUP = (
    "subject", "subjects", "person", "user", "participant", "patient", "speaker", "session", "recording", "series", "group",
)  # fmt: skip
_TIME = re.compile(
    r"(time|timestamp|date|datetime|zeit)([ _\[(].*)?|.*[ _](time|timestamp)"
    r"|(t|millis|micros|ms|us|ns|seconds|sec)([ _]?[\[(_]?(s|ms|us|µs|ns|sec|seconds)[\])]?)?"
)
_INDEX = ("", "index", "id", "unnamed: 0", "seq", "sample")
_SHOWN = 12
_RISES = 0.99
"""Share of its steps that go up, from which on a column looks like a clock or a counter."""


@dataclass(frozen=True)
class Roles:
    """Which column is what; the channels are the rest."""

    label: str | None
    group: str | None
    time: str | None


def roles_of(table: pandas.DataFrame, name: str, settings: Settings, count: int, notes: list[str]) -> Roles:
    """The roles as chosen or by the columns' names; what was found is added to the notes.

    Raises:
        DataError: A chosen column is not there, or nothing tells the class in the only one of `count` files.
    """
    from pandas.api.types import is_numeric_dtype

    chosen = {}
    for role in ("label", "group", "time"):
        wanted = getattr(settings, f"{role}_column")
        if wanted is not None and wanted not in table.columns:
            raise DataError(f"{name}: there is no {role} column {wanted!r}; the columns are {some(list(table.columns))}.")
        chosen[role] = wanted
    free = [title for title in table.columns if title not in chosen.values()]
    axes = {"x", "z"} & {plain_title(title) for title in free}
    labels = [word for word in LABEL if word != "y" or not axes]  # else it is an axis
    chosen["label"] = chosen["label"] or by_name_of(labels, free)
    chosen["group"] = chosen["group"] or by_name_of(GROUP, free)
    numbers = by_name_of(["id"], free)
    if chosen["group"] is None and numbers is not None and not rises(table[numbers]):
        chosen["group"] = numbers
    chosen["time"] = chosen["time"] or next(filter(is_time, free), None)
    text = [title for title in free if not is_numeric_dtype(table[title]) and title not in chosen.values()]
    if chosen["label"] is None and count == 1:
        if len(text) != 1:
            raise DataError(
                f"{name}: no column is known to name the class; the columns are {some(list(table.columns))}. "
                "Choose the label column, or give one file per class in a folder."
            )
        chosen["label"] = text[0]
    said = [f"{role} in column {title!r}" for role, title in chosen.items() if title is not None]
    notes.append(f"Found the {', the '.join(said)}." if said else "No columns of label, group or time.")
    return Roles(**chosen)


def some(titles: Sequence[str]) -> str:
    """Titles for a message, the first of many."""
    return ", ".join(map(str, titles[:_SHOWN])) + (f", ... ({len(titles)})" if len(titles) > _SHOWN else "")


def by_name_of(words: tuple[str, ...] | list[str], titles: list[str]) -> str | None:
    """The title that is one of the words, the first of these that is there."""
    by_name = {plain_title(title): title for title in reversed(titles)}
    return next((by_name[word] for word in words if word in by_name), None)


def is_index(title: str) -> bool:
    """Whether a column of this title only numbers the lines."""
    return title.lower() in _INDEX


def is_time(title: str) -> bool:
    """Whether a column of this title tells the time."""
    return bool(_TIME.fullmatch(title.lower()))


def plain_title(title: str) -> str:
    """A title without what differs from table to table: "Subject ID", "subject_id" and "subject" are one."""
    word = re.sub(r"[ _-]", "", title.lower())
    return word.removesuffix("id") or word


def rises(column: pandas.Series) -> bool:
    """Whether nearly every line has more than the one before, as with a clock or a counter."""
    from pandas.api.types import is_numeric_dtype

    return is_numeric_dtype(column) and len(column) > 1 and bool(np.mean(np.diff(column) > 0) > _RISES)
