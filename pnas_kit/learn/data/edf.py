"""Reader of the European Data Format: whole channels of a recording in their physical unit."""

from pathlib import Path

import numpy as np

from pnas_kit.learn.data.card import DataError

# Kemp et al. 1992: after 256 bytes of header each of these fields follows for all channels, in ASCII.
_FIELDS = {
    "label": 16,
    "sensor": 80,
    "unit": 8,
    "low": 8,
    "high": 8,
    "first": 8,
    "last": 8,
    "filter": 80,
    "count": 8,
    "": 32,
}


def read_edf(path: Path, channels: tuple[str, ...]) -> tuple[np.ndarray, float]:
    """Channels by name.

    Returns:
        float32 `(samples, channels)` in the file's physical unit, and the sampling rate in Hz.

    Raises:
        DataError: Not such a file, a channel that is not in it, or channels of different rates.
    """
    content = path.read_bytes()
    try:
        start, records, seconds, count = (
            int(content[184:192]),
            int(content[236:244]),
            float(content[244:252]),
            int(content[252:256]),
        )
        table, place = {}, 256
        for name, width in _FIELDS.items():
            words = [content[place + n * width : place + (n + 1) * width].decode("latin-1").strip() for n in range(count)]
            table[name], place = words, place + count * width
        sizes = [int(word) for word in table["count"]]
        places = [table["label"].index(name) for name in channels]
        raw = np.frombuffer(content, "<i2", offset=start, count=records * sum(sizes)).reshape(records, sum(sizes))
        made = [_physical(raw, table, sizes, n) for n in places]
        return np.stack(made, axis=-1), sizes[places[0]] / seconds
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise DataError(
            f"{path.name}: expected an EDF file with the channels {', '.join(channels)}, got {error}."
        ) from error


def _physical(raw: np.ndarray, table: dict[str, list[str]], sizes: list[int], n: int) -> np.ndarray:
    low, high, first, last = (float(table[name][n]) for name in ("low", "high", "first", "last"))
    begin = sum(sizes[:n])
    digital = raw[:, begin : begin + sizes[n]].reshape(-1)
    return ((digital - first) * ((high - low) / (last - first)) + low).astype(np.float32)
