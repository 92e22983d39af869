"""IDX files as MNIST has them: pictures and labels, gzip-compressed or not, with or without a test part."""

import re

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.idx import read_idx
from pnas_kit.learn.own.files import PACKED, Files
from pnas_kit.learn.own.found import TEST, TRAIN, Found, numbered
from pnas_kit.learn.own.settings import Settings

NAME = "IDX"
ENDINGS = ("",)
_ENDING = re.compile(r"([-._]idx\d+[-._]ubyte|\.idx\d*|[-._]ubyte)(\.gz)?$", re.IGNORECASE)
_TEST = re.compile(r"(^|[-_./])(t10k|test|testing)[-_.]", re.IGNORECASE)


def fits(files: Files) -> bool:
    """Whether files are named like this format's."""
    return bool(_named(files))


def read(files: Files, settings: Settings) -> Found:
    """The pictures and labels.

    Raises:
        DataError: A file is missing, damaged, or pictures and labels differ in number.
    """
    pairs = {part: _pair(files, part) for part in (TRAIN, TEST)}
    if pairs[TRAIN] is None or (pairs[TEST] is None and any(_TEST.search(name) for name in _named(files))):
        raise DataError(
            f"{files.title}: expected a file of pictures and one of labels for each part (train-images-idx3-ubyte, "
            f"train-labels-idx1-ubyte, t10k-...), got {', '.join(_named(files)[:6])}. Put them together, in a folder or zip."
        )
    there = [part for part in (TRAIN, TEST) if pairs[part]]
    x, y = zip(*(pairs[part] for part in there), strict=True)
    if len({pictures.shape[1:] for pictures in x}) > 1:
        raise DataError(f"{files.title}: training pictures have the shape {x[0].shape[1:]}, test pictures {x[1].shape[1:]}.")
    labels, classes = numbered([str(label) for part in y for label in part.tolist()])
    return Found(
        form=NAME, task="image", x=np.concatenate(x), y=labels, classes=classes, unit="brightness, 0 to 255",
        part=np.repeat(np.array(there, np.int8), [len(part) for part in y]) if len(there) > 1 else None,
    )  # fmt: skip


def _named(files: Files) -> list[str]:
    return [name for name in files.names if _ENDING.search(name)]


def _once_packed(files: Files, name: str) -> bytes:
    """The contents; `Files` has unpacked them within its limits, and what is packed twice is refused."""
    content = files.read(name)
    if content.startswith(PACKED):
        raise DataError(f"{name}: expected an IDX file, packed by gzip at most once, got one packed twice. Unpack it.")
    return content


def _pair(files: Files, part: int) -> tuple[np.ndarray, np.ndarray] | None:
    names = [name for name in _named(files) if bool(_TEST.search(name)) == (part == TEST)]
    labelled = [name for name in names if "label" in name.lower()]
    pictures = [name for name in names if name not in labelled]
    if len(labelled) != 1 or len(pictures) != 1:
        return None
    x, y = (read_idx(_once_packed(files, name), name) for name in (pictures[0], labelled[0]))
    if y.ndim != 1 or len(x) != len(y):
        raise DataError(f"{labelled[0]}: expected one label for each of the {len(x)} pictures, got the shape {y.shape}.")
    if x.ndim == 3:
        return x[..., None], y
    if x.ndim == 4 and x.shape[3] in (1, 3):
        return x, y
    raise DataError(f"{pictures[0]}: expected pictures x rows x columns (x channels), got the shape {x.shape}.")
