"""Reader of the UCI HAPT recordings, kept by their package as a pickle of pandas tables.

A pickle can run anything. This one is read by an unpickler that knows twelve names and nothing else: numpy's array and
type, and stand-ins of our own for the tables of pandas 1.0 (which today's pandas cannot load anyway).
"""

import gzip
import io
import pickle
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError

WINDOW = 128
STEP = 64
# subject_test.txt of the UCI HAR release, whose 30 people and numbering HAPT keeps.
TEST_PEOPLE = (2, 4, 9, 10, 12, 13, 18, 20, 24)
COLUMNS = ("acc-x", "acc-y", "acc-z", "gyro-x", "gyro-y", "gyro-z")
# Labels 1 to 6 are the activities; 7 to 12 are transitions between postures, -1 is unlabelled.
ACTIVITIES = range(1, 7)


@dataclass(frozen=True, eq=False)
class Recording:
    """One continuous recording: the person, float32 `(samples, 6)` and the label of each sample `(samples,)`."""

    person: int
    values: np.ndarray
    labels: np.ndarray


class _Kept:
    """Stands for a pandas object: keeps the state the pickle gives it and does nothing."""

    state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Table(_Kept):
    pass


class _Blocks(_Kept):
    pass


class _Index(_Kept):
    pass


def _reconstruct(cls: type, base: type, state: Any) -> _Kept:
    if cls not in (_Table, _Blocks) or base is not object or state is not None:
        raise pickle.UnpicklingError(f"may not build {cls!r}")
    return cls()


def _index(cls: type, state: dict) -> dict:
    if cls is not _Index:
        raise pickle.UnpicklingError(f"may not build {cls!r}")
    return state


def _empty_array(cls: type, shape: tuple, code: bytes) -> np.ndarray:
    if cls is not np.ndarray or shape != (0,):
        raise pickle.UnpicklingError(f"may not build {cls!r} of shape {shape!r}")
    return np.ndarray((0,), dtype=np.int8)


def _bytes(text: str, encoding: str) -> bytes:
    # Protocol 2 has no bytes: it writes them as text and a call of the encoder.
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"may not encode as {encoding!r}")
    return text.encode("latin1")


_ALLOWED: dict[tuple[str, str], Any] = {
    ("copy_reg", "_reconstructor"): _reconstruct,
    ("__builtin__", "object"): object,
    ("__builtin__", "slice"): slice,
    ("_codecs", "encode"): _bytes,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _empty_array,
    ("pandas.core.frame", "DataFrame"): _Table,
    ("pandas.core.internals.managers", "BlockManager"): _Blocks,
    ("pandas.core.indexes.base", "_new_Index"): _index,
    ("pandas.core.indexes.base", "Index"): _Index,
    ("pandas.core.indexes.range", "RangeIndex"): _Index,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"names {module}.{name}, which is not on the list of allowed names")
        return _ALLOWED[module, name]


def read_recordings(content: bytes) -> list[Recording]:
    """The recordings in the package's pickle (gzip-compressed or not).

    Raises:
        DataError: Damaged, not of the expected structure, or a pickle that names anything beyond numpy arrays and
            pandas tables; in no case is anything of it run.
    """
    try:
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        people = _Reader(io.BytesIO(content), fix_imports=False).load()
        return [_recording(int(person), table) for person, tables in people.items() for table in tables]
    except DataError:
        raise
    # A crooked pickle can fail in any way there is; all of them mean the same to the reader of the message.
    except (Exception, zlib.error) as error:
        raise DataError(f"Expected the pickle of HAPT recordings, got one that {error}. It was not read.") from error


def _recording(person: int, table: _Table) -> Recording:
    columns = _columns(table)
    missing = [name for name in (*COLUMNS, "label") if name not in columns]
    if missing:
        raise DataError(f"HAPT, person {person}: expected the columns {missing}, got {list(columns)}.")
    values = np.stack([columns[name] for name in COLUMNS], axis=1).astype(np.float32)
    return Recording(person, values, columns["label"].astype(np.int64))


def _columns(table: _Table) -> dict[str, np.ndarray]:
    """Column name -> values of a table of pandas 1.0: blocks of equal type that say which columns they hold."""
    axes_and_blocks = table.state["_data"].state[3]["0.14.1"]
    names = [str(name) for name in axes_and_blocks["axes"][0]["data"]]
    columns = {}
    for block in axes_and_blocks["blocks"]:
        places = block["mgr_locs"]
        if isinstance(places, slice):
            places = range(*places.indices(len(names)))
        for place, values in zip(places, block["values"], strict=True):
            columns[names[place]] = values
    return columns


def windows(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    """The windows of one activity throughout, at multiples of `STEP` from the recording's start.

    Returns:
        float32 `(windows, WINDOW, 6)` and int64 `(windows,)` with the activities counted from 0.
    """
    starts = [
        start
        for start in range(0, len(recording.labels) - WINDOW + 1, STEP)
        if recording.labels[start] in ACTIVITIES
        and (recording.labels[start : start + WINDOW] == recording.labels[start]).all()
    ]
    places = np.array(starts, dtype=np.int64)[:, None] + np.arange(WINDOW)
    return recording.values[places], recording.labels[np.array(starts, dtype=np.int64)] - ACTIVITIES.start


def from_hapt(members: list[bytes]) -> Arrays:
    """Windows of the six activities, split by person, from the package's one pickle."""
    recordings = read_recordings(members[0])
    parts = []
    for wanted in (False, True):
        chosen = [item for item in recordings if (item.person in TEST_PEOPLE) is wanted]
        if not chosen:
            raise DataError(f"HAPT: expected {'test' if wanted else 'training'} people, got none.")
        cut = [windows(item) for item in chosen]
        x = np.concatenate([values for values, _ in cut])[:, None]
        people = np.concatenate([np.full(len(y), item.person) for item, (_, y) in zip(chosen, cut, strict=True)])
        parts.append((x, np.concatenate([y for _, y in cut]), people.astype(np.int64)))
    (train_x, train_y, groups), (test_x, test_y, _) = parts
    return Arrays(train_x=train_x, train_y=train_y, test_x=test_x, test_y=test_y, groups=groups)
