"""Readers of pictures: the IDX files of the MNIST family, and MNIST as comma-separated text."""

import gzip
import io
import struct
import zlib

import numpy as np

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError

_UNSIGNED_BYTE = 0x08


def read_idx(content: bytes, name: str) -> np.ndarray:
    """The array in an IDX file of unsigned bytes, gzip-compressed or not.

    An IDX file starts with two zero bytes, the type code, the number of axes and the length of each axis as
    big-endian 32-bit numbers (the format's description on the MNIST page).

    Args:
        content: The file's bytes.
        name: Its name for messages.

    Returns:
        uint8 array with the axes of the file.

    Raises:
        DataError: Not such a file, or cut off.
    """
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{name}: expected a whole gzip file, got a damaged one ({error}).") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE or not content[3]:
        raise DataError(f"{name}: expected an IDX file of unsigned bytes, got a file starting {content[:4].hex()!r}.")
    axes = content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise DataError(f"{name}: expected an IDX header of {start} bytes, got a file of {len(content)}.")
    shape = struct.unpack(f">{axes}I", content[4:start])
    values = np.frombuffer(content, dtype=np.uint8, offset=start)
    # Python's own product: the header of a damaged file may promise more than 64 bits can count.
    expected = 1
    for length in shape:
        expected *= length
    if values.size != expected:
        raise DataError(f"{name}: expected {expected} values for the shape {shape}, got {values.size}.")
    return values.reshape(shape)


def from_idx(members: list[bytes]) -> Arrays:
    """Pictures and labels from four IDX files: training pictures and labels, test pictures and labels."""
    names = ("training pictures", "training labels", "test pictures", "test labels")
    train_x, train_y, test_x, test_y = (read_idx(content, name) for content, name in zip(members, names, strict=True))
    for pictures, name in ((train_x, names[0]), (test_x, names[2])):
        if pictures.ndim != 3:
            raise DataError(f"{name}: expected an IDX file with 3 axes, got {pictures.ndim}.")
    return Arrays(
        train_x=train_x[..., None],
        train_y=train_y.astype(np.int64),
        test_x=test_x[..., None],
        test_y=test_y.astype(np.int64),
    )


def from_csv(members: list[bytes]) -> Arrays:
    """Square grey pictures from two texts (training, test) with rows of label and pixels below a title row."""
    # Only this second source needs pandas, which is slow to import; numpy's own reader takes six times as long.
    import pandas

    parts = []
    for content in members:
        table = pandas.read_csv(io.BytesIO(content), dtype=np.uint8).to_numpy()
        side = round((table.shape[1] - 1) ** 0.5)
        if side * side != table.shape[1] - 1:
            raise DataError(f"Expected a label and a square picture per row, got {table.shape[1]} columns.")
        parts += [table[:, 1:].reshape(-1, side, side, 1), table[:, 0].astype(np.int64)]
    train_x, train_y, test_x, test_y = parts
    return Arrays(train_x=train_x, train_y=train_y, test_x=test_x, test_y=test_y)
