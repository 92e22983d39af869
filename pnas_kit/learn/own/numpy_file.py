"""NumPy archives (.npz), or .npy files: X and y, or x_train, y_train, x_test and y_test.

The format's pickles are never opened.
"""

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from tokenize import TokenError
from typing import IO

import numpy as np
from numpy.lib import format as npy

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.axes import samples_of
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import TEST, TRAIN, Found, numbered, plain_label
from pnas_kit.learn.own.settings import Settings

NAME = "NumPy archive (.npz)"
ENDINGS = (".npz", ".npy")
_X, _Y = ("x", "data", "images", "samples", "features"), ("y", "labels", "label", "targets", "target")
_WHOM = ("group", "subject", "person", "participant", "speaker", "user")
_GROUPS = tuple(word + end for word in _WHOM for end in ("", "s", "id", "ids"))
_HEADER_BYTES = 10_000


def fits(files: Files) -> bool:
    """Whether it is one .npz file, or several .npy."""
    arrays = files.with_suffix(".npy")
    return bool(arrays[1:]) or (len(files.names) == 1 and files.names[0].lower().endswith(".npz"))


def read(files: Files, settings: Settings) -> Found:
    """The samples and labels.

    Raises:
        DataError: Names, shapes or types that are not understood, or a damaged file.
    """
    archive = next(iter(files.with_suffix(".npz")), None)
    arrays = _arrays(files.read(archive), archive) if archive else _single(files)
    by_name = {name.lower().replace("_", "").replace("-", ""): name for name in arrays}
    whole = _part(by_name, "", "")
    train, test = (_part(by_name, word, short) for word, short in (("train", "tr"), ("test", "te")))
    held_out = _part(by_name, "val", "valid") or _part(by_name, "validation", "dev")
    if train and not test:
        test, held_out = held_out, None
    named = [train, test, *([held_out] if held_out else [])] if train and test else [whole or train]
    if named == [None]:
        raise DataError(
            f"{files.title}: expected arrays X and y, or x_train, y_train, x_test and y_test, got "
            f"{', '.join(arrays) or 'none'}. "
            "Rename them."
        )
    parts = [(arrays[x], arrays[y]) for x, y, _ in named]
    for (x, y), (x_name, y_name, _) in zip(parts, named, strict=True):
        if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
            raise DataError(
                f"{files.title}: {x_name} has the shape {x.shape} and {y_name} {y.shape}: one label per sample needed."
            )
    if len({x.shape[1:] for x, _ in parts}) > 1:
        shapes = ", ".join(f"{name} {x.shape[1:]}" for (x, _), (name, *_) in zip(parts, named, strict=True))
        raise DataError(f"{files.title}: expected samples of one shape, got {shapes}. Bring them to one.")
    if len({x.dtype.kind == "f" for x, _ in parts}) > 1:
        kinds = ", ".join(f"{name} {x.dtype}" for (x, _), (name, *_) in zip(parts, named, strict=True))
        raise DataError(
            f"{files.title}: expected all samples as fractions or all as whole numbers, got {kinds}. Scale them alike."
        )
    joined = np.concatenate([x for x, _ in parts]) if len(parts) > 1 else parts[0][0]
    x, task, notes, warnings = samples_of(joined, named[0][0], settings)
    labels = [label for (_, y), (_, name, _) in zip(parts, named, strict=True) for label in labels_of(y, name)]
    y, classes = numbered(labels)
    part = np.repeat([TRAIN, TEST, TRAIN][: len(parts)], [len(x) for x, _ in parts]).astype(np.int8) if parts[1:] else None
    if parts[2:]:
        notes.append(f"{named[2][0]} joins the training part, of which validation is drawn.")
    unit = "brightness, 0 to 255" if x.dtype == np.uint8 else "as in the file"
    return Found(
        form=NAME, task=task, x=x, y=y, classes=classes, unit=unit, part=part, sampling_hz=settings.sampling_hz,
        groups=_groups(arrays, [name for *_, name in named], [len(y) for _, y in parts]), group_word="group", notes=notes,
        warnings=warnings,
    )  # fmt: skip


def labels_of(y: np.ndarray, name: str) -> list[str]:
    """The labels as text: of integers, of whole floating-point numbers, of words or of one-hot rows.

    Raises:
        DataError: NaN, fractions, or an array of other axes.
    """
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2 and y.dtype.kind in "biuf" and ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all():
        y = y.argmax(axis=1)
    if y.ndim != 1:
        raise DataError(f"{name}: expected one label per sample or one-hot rows, got the shape {y.shape}.")
    if y.dtype.kind == "f" and not (np.isfinite(y).all() and (y == np.round(y)).all()):
        raise DataError(
            f"{name}: expected classes, got fractions or NaN. Is this a regression? Only classes can be told apart."
        )
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8", "replace")
    if y.dtype.kind not in "biufU":
        raise DataError(f"{name}: expected integers or words, got {y.dtype}.")
    return [plain_label(str(label)) for label in y.tolist()]


def _part(by_name: dict[str, str], word: str, short: str) -> tuple[str, str, str | None] | None:
    """Names of the samples, the labels and, where there are any, the persons of one part; None without samples or labels."""
    x, y, group = (
        next((by_name[key] for base in bases for key in (base + word, word + base, base + short) if key in by_name), None)
        for bases in (_X, _Y, _GROUPS)
    )
    return (x, y, group) if x and y else None


def _groups(arrays: dict[str, np.ndarray], names: list[str | None], counts: list[int]) -> np.ndarray | None:
    """int64 number of each sample's person over all parts; None unless every part tells them."""
    if not all(names):
        return None
    people = []
    for name, count in zip(names, counts, strict=True):
        found = arrays[name]
        if found.shape not in ((count,), (count, 1)) or found.dtype.kind not in "biufUS":
            raise DataError(
                f"{name}: expected the person or recording of each of the {count} samples, got {found.dtype} {found.shape}. "
                "Correct or remove it."
            )
        people.append(found.ravel())
    return np.unique(np.concatenate(people), return_inverse=True)[1].astype(np.int64)


def _single(files: Files) -> dict[str, np.ndarray]:
    """The arrays of .npy files by their paths: train/X.npy is train_X."""
    names = files.with_suffix(".npy")
    _check_size(sum(map(files.size, names)), files.title)
    contents = ((name, files.read(name)) for name in names)
    return {name[:-4].replace("/", "_"): _array(io.BytesIO(content), len(content), name) for name, content in contents}


def _arrays(content: bytes, title: str) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_size(sum(member.file_size for member in members), title)
            arrays = {}
            for member in members:
                with archive.open(member) as file:
                    name = PurePosixPath(member.filename).name.removesuffix(".npy")
                    arrays[name] = _array(file, member.file_size, f"{title}, {member.filename}")
            return arrays
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{title}: expected a whole .npz file, got a damaged one ({error}). Save it anew.") from error


def _check_size(total: int, title: str) -> None:
    if total > 2 * limits.SAMPLE_BYTES:
        raise DataError(f"{title}: the arrays are more than {2 * limits.SAMPLE_BYTES / 2**30:.0f} GiB. Keep fewer samples.")


def _array(file: IO[bytes], size: int, where: str) -> np.ndarray:
    """One array from a file of `size` bytes, its header checked before its numbers are touched."""
    shape, columns_first, dtype = _header(file, where)
    expected = dtype.itemsize
    for side in shape:
        expected *= side
    there = size - file.tell()
    if dtype.itemsize == 0 or expected != there or min(shape, default=0) < 0:
        raise DataError(f"{where}: expected {expected:,} bytes for {dtype} {shape}, got {there:,}. Save it anew.")
    flat = np.frombuffer(file.read(), dtype)
    return flat.reshape(shape, order="F" if columns_first else "C").astype(dtype.newbyteorder("="), copy=False)


def _header(file, where: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        version = npy.read_magic(file)
        reader = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if reader is None:
            raise ValueError(f"version {version}")
        shape, columns_first, dtype = reader(file, max_header_size=_HEADER_BYTES)
    except (ValueError, TypeError, SyntaxError, TokenError, RecursionError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else "no header"
        raise DataError(f"{where}: expected an array, got a file without its header ({reason}). Save it anew.") from error
    if dtype.hasobject:
        raise DataError(
            f"{where}: holds Python objects, which are a pickle that can run any program; it was not opened. Save arrays of "
            "numbers, such as numpy.array(list, dtype=float)."
        )
    return shape, columns_first, dtype
