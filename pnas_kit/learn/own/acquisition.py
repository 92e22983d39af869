"""Recordings in Edge Impulse's data acquisition format: JSON with sensors, an interval and a line of values for each step.

Source: docs.edgeimpulse.com, "Data acquisition format".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files

if TYPE_CHECKING:
    import pandas

ENDINGS = (".json",)
CLOCK = "time [ms]"
_BYTES = 64 << 20


def acquisitions(files: Files) -> list[str]:
    """The JSON files, where the largest are of this format; none else."""
    names = files.with_suffix(*ENDINGS)
    return names if names and files.any_says(names, lambda text: '"payload"' in text and '"interval_ms"' in text) else []


def read_acquisition(files: Files, name: str) -> pandas.DataFrame:
    """A column for each sensor, and one of the time in ms.

    Raises:
        DataError: JSON of other content, or values that are no numbers for each sensor.
    """
    import pandas

    try:
        payload = json.loads(files.text(name, _BYTES))["payload"]
        interval, sensors = float(payload["interval_ms"]), [str(sensor["name"]) for sensor in payload["sensors"]]
        values = np.array(payload["values"], np.float64)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise DataError(
            f"{name}: expected a payload with sensors, interval_ms and values, got something else ({type(error).__name__}: "
            f"{' '.join(str(error).split())[:80]}). Export it anew."
        ) from error
    values = values.reshape(-1, 1) if values.ndim == 1 else values
    if values.ndim != 2 or values.shape[1] != len(sensors) or len(set(sensors)) < len(sensors) or not 0 < interval < 1e9:
        raise DataError(
            f"{name}: expected an interval above 0 and a value for each of {len(sensors)} sensors of different names, got "
            f"{interval:g} ms and values of shape {values.shape}. Export it anew."
        )
    return pandas.DataFrame({CLOCK: np.arange(len(values)) * interval} | dict(zip(sensors, values.T, strict=True)))
