"""Recordings as sensor apps keep them: a folder for each, with a table for each sensor on a clock that all share."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.acquisition import ENDINGS, read_acquisition
from pnas_kit.learn.own.clock import tells
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.roles import is_time
from pnas_kit.learn.own.table import read_table

if TYPE_CHECKING:
    import pandas

_SENSOR = re.compile(
    r"(watch|phone|total|linear|user)*(accelerometer|acceleration|gyroscope|gravity|magnetometer|magneticfield|orientation"
    r"|rotation|rotationvector|barometer|pressure)(uncalibrated)?"
)
_SHOWN = 5


def together(names: list[str], title: str) -> tuple[dict[str, list[str]], list[str]]:
    """The tables of each recording by the first one's name, one each where no sensors are named, and notes.

    Raises:
        DataError: A sensor that only some of the recordings have.
    """
    folders: dict[PurePosixPath, list[str]] = {}
    for name in names:
        if _SENSOR.fullmatch(_plain(name)):
            folders.setdefault(PurePosixPath(name).parent, []).append(name)
    if not folders:
        return {name: [name] for name in names}, []
    (first, wanted), *others = ((folder, sorted(map(_plain, found))) for folder, found in folders.items())
    for folder, there in others:
        if there != wanted:
            raise DataError(
                f"{title}: expected the sensors of {first} in every recording ({', '.join(wanted[:_SHOWN])}), got "
                f"{', '.join(there[:_SHOWN])} in {folder}. Remove the tables of sensors that some recordings lack."
            )
    notes = [f"The tables of a folder are one recording: {', '.join(wanted)}."] if len(wanted) > 1 else []
    if left := len(names) - len(wanted) * len(folders):
        notes.append(f"Tables that are named like no sensor of motion were left out: {left}.")
    return {min(found): sorted(found) for found in folders.values()}, notes


def read_together(files: Files, names: list[str]) -> pandas.DataFrame:
    """The table of a recording; of several sensors with the lines of the first, the others' nearest in time beside them.

    Raises:
        DataError: As `read_table`, or no clock of numbers that all tables have.
    """
    import pandas

    tables = [_read(files, name) for name in names]
    if len(tables) == 1:
        return tables[0]
    clocks = [title for title in tables[0].columns if is_time(title)]
    clock = next((title for title in clocks if all(_is_clock(table, title) for table in tables)), None)
    if clock is None:
        raise DataError(
            f"{names[0]}: expected a column of time, in numbers that rise, as in {', '.join(names[1:_SHOWN])}, got none of "
            "one title. Export the sensors on one clock."
        )
    start, end = (pick([table[clock].iloc[place] for table in tables]) for pick, place in ((max, 0), (min, -1)))
    whole = None
    for name, table in zip(names, tables, strict=True):
        table = table[[clock, *(title for title in table.columns if not _tells(table, clock, title))]]
        table = table.rename(columns={title: f"{PurePosixPath(name).stem} {title}" for title in table.columns[1:]})
        if whole is None:
            whole = table[table[clock].between(start, end)]
        else:
            whole = pandas.merge_asof(whole, table.astype({clock: whole[clock].dtype}), on=clock, direction="nearest")
    if whole.empty:
        raise DataError(f"{names[0]}: its times and those of {', '.join(names[1:_SHOWN])} have nothing in common.")
    return whole


def _read(files: Files, name: str) -> pandas.DataFrame:
    return read_acquisition(files, name) if name.lower().endswith(ENDINGS) else read_table(files.text(name), name)


def _is_clock(table: pandas.DataFrame, title: str) -> bool:
    from pandas.api.types import is_numeric_dtype

    return title in table.columns and is_numeric_dtype(table[title]) and bool((np.diff(table[title]) >= 0).all())


def _tells(table: pandas.DataFrame, clock: str, title: str) -> bool:
    """Whether a column tells the time, as the clock does."""
    from pandas.api.types import is_numeric_dtype

    return is_time(title) or (is_numeric_dtype(table[title]) and tells(table[clock].to_numpy(), table[title].to_numpy()))


def _plain(name: str) -> str:
    """The letters of a file's name without its ending."""
    return re.sub(r"[^a-z]", "", PurePosixPath(name).stem.lower())
