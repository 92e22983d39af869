"""Reader of the Free Spoken Digit Dataset as coefficients: recordings of different lengths, brought to one."""

import io
import zipfile

import numpy as np

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.split import stratified

FRAMES = 32


def from_spoken(members: list[bytes]) -> Arrays:
    """The first 32 frames of every recording, filled with 0 where it is shorter, split by class with seed 0.

    Half of the recordings have at most 17 frames and one in forty more than 32. Tried with logistic regression and worse:
    repeating the last frame, an average silent frame, stretching to 16 or 32 frames.

    Raises:
        DataError: Not the three arrays `X` (all frames, coefficients), `y` and `lengths`.
    """
    try:
        with np.load(io.BytesIO(members[0]), allow_pickle=False) as file:
            frames, y, lengths = file["X"], file["y"].astype(np.int64), file["lengths"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"Spoken digits: expected a file with X, y and lengths, got {error}.") from error
    if frames.ndim != 2 or len(y) != len(lengths) or (lengths < 1).any() or lengths.sum() != len(frames):
        raise DataError(
            f"Spoken digits: expected lengths that add up to the {len(frames)} frames and one label for each, got "
            f"{lengths.sum()} for {len(lengths)} recordings and {len(y)} labels."
        )
    x = np.zeros((len(y), 1, FRAMES, frames.shape[1]), np.float32)
    ends = np.cumsum(lengths)
    for row, end, length in zip(x, ends, lengths, strict=True):
        kept = min(length, FRAMES)
        row[0, :kept] = frames[end - length : end - length + kept]
    train, test = stratified(y, 0.2, seed=0)
    return Arrays(train_x=x[train], train_y=y[train], test_x=x[test], test_y=y[test])
