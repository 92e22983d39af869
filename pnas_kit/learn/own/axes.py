"""Which axis of an array is which: decided from the lengths and said, or as the settings say."""

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.settings import Settings

_COLOURS = (1, 3, 4)
_MOST_CHANNELS = 16
_ORDERS = {"NHWC": (0, 1, 2, 3), "NCHW": (0, 2, 3, 1), "NHW": (0, 1, 2), "NLC": (0, 1, 2), "NCL": (0, 2, 1)}


def samples_of(x: np.ndarray, name: str, settings: Settings) -> tuple[np.ndarray, str, list[str], list[str]]:
    """Samples `(samples, height, width, channels)` as uint8 or float32, their task, notes and warnings.

    Raises:
        DataError: An array of other axes, or of no numbers.
    """
    layout, warnings = settings.layout, []
    if x.ndim < 2 or x.ndim > 4:
        raise DataError(f"{name}: expected 2 to 4 axes with the samples first, got the shape {x.shape}. Reshape the array.")
    if layout is not None and len(layout) != x.ndim:
        raise DataError(f"{name}: the layout {layout} has {len(layout)} axes, the array has {x.ndim}: {x.shape}.")
    if layout is None and x.ndim > 2:
        layout, doubt = (_pictures if x.ndim == 4 else _three)(x)
        if doubt:
            warnings.append(f"{name}: the shape {x.shape} is read as {layout}; choose the layout if that is wrong.")
    x, kept = _numbers(x, name)
    if layout is None:
        shape, words = x[:, None, :, None], "each row is a series of one channel"
    else:
        moved = x.transpose(_ORDERS[layout])
        shape = {"NHW": lambda a: a[..., None], "NLC": lambda a: a[:, None], "NCL": lambda a: a[:, None]}.get(
            layout, lambda a: a
        )(moved)
        words = f"the axes {x.shape} are {layout}"
    task = "series" if shape.shape[1] == 1 else "image"
    return np.ascontiguousarray(shape), task, [f"In {name}, {words}.", *kept], warnings


def _pictures(x: np.ndarray) -> tuple[str, bool]:
    if x.shape[1] == 1:  # pictures of one channel, or series
        return ("NHWC" if x.shape[3] <= _MOST_CHANNELS else "NCHW"), x.shape[3] not in _COLOURS
    first, last = x.shape[1] in _COLOURS, x.shape[3] in _COLOURS
    if first == last:
        return ("NHWC", True) if first or x.shape[3] <= x.shape[1] else ("NCHW", True)
    return ("NCHW", False) if first and not last else ("NHWC", False)


def _three(x: np.ndarray) -> tuple[str, bool]:
    short, long = sorted(x.shape[1:])
    if x.dtype == np.uint8 or short > _MOST_CHANNELS or long < 2 * short:
        return "NHW", x.dtype != np.uint8 and short <= _MOST_CHANNELS
    return ("NCL" if x.shape[1] == short else "NLC"), False


def _numbers(x: np.ndarray, name: str) -> tuple[np.ndarray, list[str]]:
    if x.dtype == np.bool_ or x.dtype == np.uint8:
        return x.astype(np.uint8), []
    if x.dtype.kind not in "iuf":
        raise DataError(f"{name}: expected numbers, got {x.dtype}. Save integers or floating-point numbers.")
    with np.errstate(over="ignore"):
        return x.astype(np.float32), ([] if x.dtype == np.float32 else [f"{x.dtype} is kept as float32."])
