"""C99 of the front end for sound: the log-mel bands or MFCC that `pnas_kit.learn.data.front_end` computes, with "
"its tables."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from pnas_kit.learn.data.front_end import FLOOR, FrontEnd, cosines, hann, mel_filters

TEMPLATES = Path(__file__).with_name("sound")
TOLERANCE = 2e-3
"""Largest difference from Python's features, in natural-logarithm units: the C sums in float32, Python in float64."""


def features_c(front: FrontEnd) -> dict[str, str]:
    """The files features.h and features.c for one front end.

    They hold no state besides a work area of two windows; `features_of_clip` takes int16 samples and gives floats in
    the order in which the network takes them.
    """
    return {name: _filled(name, _values(front)) for name in ("features.h", "features.c")}


def _values(front: FrontEnd) -> dict[str, object]:
    filters = mel_filters(front)
    turn = 2 * np.pi * np.arange(front.points // 2) / front.points
    mfcc = front.kind == "mfcc"
    return {
        "HZ": front.sampling_hz, "SAMPLES": front.samples, "WINDOW": front.window, "HOP": front.hop,
        "POINTS": front.points, "BITS": front.points.bit_length() - 1, "FRAMES": front.frames, "WIDTH": front.width,
        "BANDS": front.bands, "FLOOR": _exact(FLOOR), "KIND": front.kind,
        "MFCC": int(mfcc),
        "HANN": _table(hann(front)),
        "COSINE": _table(np.cos(turn)), "SINE": _table(np.sin(turn)),
        "STARTS": ", ".join(str(start) for start, _ in filters),
        "LENGTHS": ", ".join(str(len(weights)) for _, weights in filters),
        "WEIGHTS": _table(np.concatenate([weights for _, weights in filters])),
        "WEIGHT_COUNT": sum(len(weights) for _, weights in filters),
        "DCT": _table(cosines(front).reshape(-1)) if mfcc else "0.0f",
        "DCT_COUNT": front.coefficients * front.bands if mfcc else 1,
        "BYTES": front.c_ram_bytes, "TOLERANCE": f"{TOLERANCE:g}",
    }  # fmt: skip


def _table(values: np.ndarray) -> str:
    """float32 constants that are exactly these, eight on a line."""
    words = [_exact(value) for value in values]
    return ",\n    ".join(", ".join(words[start : start + 8]) for start in range(0, len(words), 8))


def _exact(value: float) -> str:
    """A C constant that is exactly this float32."""
    return f"{np.format_float_scientific(np.float32(value), unique=True, trim='0')}f"


def _filled(name: str, values: dict[str, object]) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1]]), text)
