"""The sampling rate of a recording, and where it is interrupted, from its time column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError

if TYPE_CHECKING:
    import pandas

_UNITS = {"us": 1e-6, "µs": 1e-6, "micros": 1e-6, "ms": 1e-3, "millis": 1e-3, "milliseconds": 1e-3, "ns": 1e-9,
          "nanos": 1e-9, "s": 1.0, "sec": 1.0, "seconds": 1.0}  # fmt: skip
_SINCE_1970 = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"))
_DATED = (1e9, 4.1e9)
"""Seconds since 1970 of a recording: from 2001 to 2099."""
_SLOWEST = 100.0
"""Seconds from sample to sample; what would be slower does not count from 1970."""
_CLOCKS = ("%H:%M:%S.%f", "%H:%M:%S,%f", "%H:%M:%S", "%H:%M", "%I:%M:%S.%f %p", "%I:%M:%S %p", "%I:%M %p")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y")
_DATES = ("ISO8601", *(f"{day} {clock}" for day in _DAYS for clock in _CLOCKS), *_CLOCKS)
"""Of dates without a year in front: points put the day first, strokes the month or the day."""
_AMBIGUOUS = ("%m/", "%d/")
_DAY, _TIME_OF_DAY = ("date", "datum", "day"), ("time", "zeit", "uhrzeit", "time of day")
_GAP = 5.0
"""Times the usual step; a longer one is an interruption."""
_JITTER = 0.25
_SAME_TIME = 0.999999
"""Correlation of two clocks; no sensor comes near."""


def whole_times(table: pandas.DataFrame) -> pandas.DataFrame:
    """The table with its columns of days and of times of day made one, "date time", where it keeps them apart."""
    from pandas.api.types import is_numeric_dtype

    by_name = {title.lower(): title for title in table.columns if not is_numeric_dtype(table[title])}
    day, time = (next((by_name[word] for word in words if word in by_name), None) for words in (_DAY, _TIME_OF_DAY))
    if day is None or time is None:
        return table
    both = table[day].str.strip() + " " + table[time].str.strip()
    table = table.drop(columns=[day, time])
    table.insert(0, "date time", both)
    return table


def seconds(column: pandas.Series, name: str) -> tuple[np.ndarray, str]:
    """float64 times in seconds, and how the column was read.

    Raises:
        DataError: No times.
    """
    import pandas  # here and not above: a third of a second and 20 MB of every page

    title = str(column.name)
    if not pandas.api.types.is_numeric_dtype(column):
        return _of_dates(column, f"{name}, column {title!r}"), f"column {title!r} holds dates"
    if pandas.api.types.is_bool_dtype(column):
        raise DataError(f"{name}, column {title!r}: expected times, got true and false. Choose another time column.")
    first = column.iloc[0]
    values = (column - first).to_numpy(np.float64)  # before it is rounded: nanoseconds since 1970 have 61 bits
    if not np.isfinite(values).all():
        raise DataError(f"{name}, column {title!r}: expected a time in every line, got none in some. Repair them.")
    words = title.lower().replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " ").replace("_", " ").split()
    for word in words:
        if (word in _UNITS and word != "s") or (word == "s" and len(words) > 1):
            return values * _UNITS[word], f"column {title!r} counts {word}"
    step = float(np.median(np.diff(values))) if len(values) > 1 else 1.0
    for unit, word in _SINCE_1970:
        if _DATED[0] <= first * unit <= _DATED[1] and step * unit <= _SLOWEST:
            return values * unit, f"column {title!r} counts {word} since 1970"
    unit, word = (1.0, "s") if step < 0.5 else (1e-3, "ms") if step < 500 else (1e-6, "µs") if step < 5e6 else (1e-9, "ns")
    return values * unit, f"column {title!r} is taken to count {word}, for its steps are {step:g}"


def _of_dates(column: pandas.Series, where: str) -> np.ndarray:
    """float64 seconds since the first line."""
    import pandas

    read, first_error = [], None
    for form in _DATES:
        try:
            times = pandas.to_datetime(column, format=form, utc=True)
        except (ValueError, TypeError, OverflowError) as error:
            first_error = first_error or error
            continue
        if times.isna().any():
            raise DataError(f"{where}: expected a time in every line, got none in some. Repair them.")
        read.append((times - times.iloc[0]).dt.total_seconds().to_numpy(np.float64))
        if not form.startswith(_AMBIGUOUS):
            break
    if not read:
        raise DataError(
            f"{where}: expected times, got {first_error}. Write them as 2026-11-24 10:30:00.250, or choose another column."
        ) from first_error
    if any((other != read[0]).any() for other in read[1:]):
        raise DataError(
            f"{where}: {str(column.iloc[0])[:40]!r} may begin with the month or the day, and the lines are of several days. "
            "Write dates as 2026-11-24."
        )
    return read[0]


def tells(times: np.ndarray, column: np.ndarray) -> bool:
    """Whether a column goes with the time all along, as another clock does."""
    if len(times) < 3 or np.isnan(column).any() or np.ptp(column) == 0 or np.ptp(times) == 0:
        return False
    return bool(np.corrcoef(times, column)[0, 1] > _SAME_TIME)


def rate(times: np.ndarray, name: str) -> tuple[float, np.ndarray, list[str]]:
    """Samples a second, the places before which the recording is interrupted, and warnings.

    Raises:
        DataError: Time does not go on.
    """
    steps = np.diff(times)
    usual = float(np.median(steps)) if len(steps) else 0.0
    if usual == 0 and (steps >= 0).mean() > 0.5 and (steps > 0).sum() > 1:
        return _counted(times, steps, name)
    if usual <= 0:
        raise DataError(f"{name}: expected times that go on, got a usual step of {usual:g} s. Choose another time column.")
    breaks = np.flatnonzero((steps > _GAP * usual) | (steps < 0)) + 1
    warnings = []
    if breaks.size:
        warnings.append(
            f"{name}: interrupted at {breaks.size} places, the first after {times[breaks[0] - 1] - times[0]:.3f} s."
        )
    even = np.delete(steps, breaks - 1)
    jitter = float(np.mean(np.abs(even - usual) > _JITTER * usual)) if even.size else 0.0
    if jitter > 0.05:
        share = f"{100 * jitter:.0f} %"
        warnings.append(f"{name}: {share} of the steps in time differ from the usual one by more than a quarter.")
    return 1.0 / usual, breaks, warnings


def _counted(times: np.ndarray, steps: np.ndarray, name: str) -> tuple[float, np.ndarray, list[str]]:
    """As `rate`, of a clock so coarse that several lines show the same time: lines are counted."""
    ticks = np.flatnonzero(steps != 0) + 1
    tick = float(np.median(steps[ticks - 1]))
    lines = float(np.median(np.diff(ticks)))
    breaks = ticks[(steps[ticks - 1] > _GAP * tick) | (steps[ticks - 1] < 0)]
    said = f"{name}: the time goes on in steps of {tick:g} s, {lines:g} lines each: the rate is counted"
    return lines / tick, breaks, [f"{said}, and short gaps are not seen."]
