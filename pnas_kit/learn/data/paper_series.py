"""Readers of the paper's series sets from the folders their authors publish."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.edf import read_edf
from pnas_kit.learn.data.split import by_group, stratified

Windows = tuple[np.ndarray, np.ndarray]  # float32 (windows, length, channels), int64 labels

DALIAC_TEST_PEOPLE = (16, 17, 18, 19)
_DALIAC_WINDOW, _DALIAC_CLASSES = 256, 13
_MACHINE_WINDOW, _MACHINE_WINDOWS = 512, 8
_MACHINE_FOLDERS = (
    "normal",
    "horizontal-misalignment",
    "vertical-misalignment",
    "imbalance",
    "underhang/ball_fault",
    "underhang/cage_fault",
    "underhang/outer_race",
    "overhang/ball_fault",
    "overhang/cage_fault",
    "overhang/outer_race",
)
_EPOCH_S, _SLEEP_HZ, _SLEEP_STAGES = 30, 64, 5


def read_series(name: str, root: Path) -> Arrays:
    """Both parts of a set, as windows.

    Args:
        name: "daliac", "mafaulda" or "sleep".
        root: The folder in which the set's own folder lies.

    Raises:
        DataError: The set's folder is not there or not as expected.
    """
    try:
        return _READERS[name](root)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{name} in {root}: {error}") from error


def _daliac(root: Path) -> Arrays:
    paths = sorted((root / "DaLiAc").glob("dataset_*.txt"), key=lambda path: int(re.search(r"\d+", path.stem)[0]))
    people = [int(re.search(r"\d+", path.stem)[0]) for path in paths]
    parts = [_daliac_windows(_table(path, 25)) for path in paths]
    return _arrays(parts, people, [person in DALIAC_TEST_PEOPLE for person in people])


def _daliac_windows(table: np.ndarray) -> Windows:
    """Windows with half overlap of one recording; those with two activities or none of the thirteen are left out."""
    values, labels = _means(table[:, :24], 4), table[::4, 24][: len(table) // 4].astype(np.int64)
    starts = range(0, len(values) - _DALIAC_WINDOW + 1, _DALIAC_WINDOW // 2)
    kept = [s for s in starts if np.ptp(labels[s : s + _DALIAC_WINDOW]) == 0 and 1 <= labels[s] <= _DALIAC_CLASSES]
    return _cut(values, kept, _DALIAC_WINDOW), labels[kept] - 1


def _mafaulda(root: Path) -> Arrays:
    paths, labels = [], []
    for label, folder in enumerate(_MACHINE_FOLDERS):
        found = sorted((root / "MAFAULDA" / folder).rglob("*.csv"))
        if not found:
            raise DataError(f"expected .csv files in MAFAULDA/{folder}, got none")
        paths += found
        labels += [label] * len(found)
    test = np.zeros(len(paths), bool)
    test[stratified(np.array(labels), 0.2, seed=0)[1]] = True
    parts = [(_machine_windows(_table(path, 8)), label) for path, label in zip(paths, labels, strict=True)]
    return _arrays([(x, np.full(len(x), label)) for x, label in parts], list(range(len(paths))), test.tolist())


def _machine_windows(table: np.ndarray) -> np.ndarray:
    values = _means(table, 10)
    last = len(values) - _MACHINE_WINDOW
    if last < 0:
        raise DataError(f"expected at least {10 * _MACHINE_WINDOW} rows in a recording, got {len(table)}")
    return _cut(values, np.linspace(0, last, _MACHINE_WINDOWS).astype(int), _MACHINE_WINDOW)


def _sleep(root: Path) -> Arrays:
    folder = root / "ds005555"
    with (folder / "participants.tsv").open(encoding="utf-8", newline="") as file:
        people = {row["participant_id"]: int(row["pid"]) for row in csv.DictReader(file, delimiter="\t")}
    nights = sorted(people, key=lambda night: int(night.removeprefix("sub-")))
    parts = [_night(folder / night / "eeg", night) for night in nights]
    groups = np.repeat([people[night] for night in nights], [len(y) for _, y in parts])
    chosen = set(groups[by_group(groups, 0.2, seed=0)[1]])
    return _arrays(parts, [people[night] for night in nights], [people[night] in chosen for night in nights])


def _night(folder: Path, night: str) -> Windows:
    """The epochs of one night in which experts agreed on a stage."""
    signal, rate = read_edf(folder / f"{night}_task-Sleep_acq-headband_eeg.edf", ("HB_1", "HB_2"))
    if rate % _SLEEP_HZ:
        raise DataError(f"{night}: expected a sampling rate that is a multiple of {_SLEEP_HZ} Hz, got {rate:g}")
    values = _means(signal, int(rate) // _SLEEP_HZ)
    with (folder / f"{night}_task-Sleep_acq-psg_events.tsv").open(encoding="utf-8", newline="") as file:
        rows = [(float(row["onset"]), int(float(row["stage_hum"]))) for row in csv.DictReader(file, delimiter="\t")]
    length = _EPOCH_S * _SLEEP_HZ
    placed = [(round(onset * _SLEEP_HZ), stage) for onset, stage in rows if 0 <= stage < _SLEEP_STAGES]
    kept = [(start, stage) for start, stage in placed if 0 <= start <= len(values) - length]
    return _cut(values, [start for start, _ in kept], length), np.array([stage for _, stage in kept], np.int64)


def _arrays(parts: list[Windows], groups: list[int], test: list[bool]) -> Arrays:
    """The windows of all recordings, each recording wholly in the training or the test part."""
    for wanted, name in ((False, "training"), (True, "test")):
        if not any(len(y) for (_, y), chosen in zip(parts, test, strict=True) if chosen is wanted):
            raise DataError(f"expected recordings for the {name} part, got none with a whole window")
    joined = [_joined(parts, test, wanted) for wanted in (False, True)]
    people = [np.full(len(y), group) for (_, y), group, chosen in zip(parts, groups, test, strict=True) if not chosen]
    return Arrays(
        train_x=joined[0][0],
        train_y=joined[0][1],
        test_x=joined[1][0],
        test_y=joined[1][1],
        groups=np.concatenate(people).astype(np.int64),
    )


def _joined(parts: list[Windows], test: list[bool], wanted: bool) -> Windows:
    chosen = [part for part, tested in zip(parts, test, strict=True) if tested is wanted]
    return np.concatenate([x for x, _ in chosen])[:, None], np.concatenate([y for _, y in chosen]).astype(np.int64)


def _means(values: np.ndarray, size: int) -> np.ndarray:
    """float32 means of `size` samples each: a plain filter against aliasing that any device can compute."""
    whole = len(values) // size * size
    return values[:whole].reshape(-1, size, values.shape[1]).mean(axis=1, dtype=np.float64).astype(np.float32)


def _cut(values: np.ndarray, starts: Iterator[int] | list[int] | np.ndarray, length: int) -> np.ndarray:
    pieces = [values[start : start + length] for start in starts]
    return np.stack(pieces) if pieces else np.empty((0, length, values.shape[1]), np.float32)


def _table(path: Path, columns: int) -> np.ndarray:
    import pandas  # ten times as fast as numpy's reader on hundreds of megabytes

    table = pandas.read_csv(path, header=None, dtype=np.float64).to_numpy()
    if table.shape[1] != columns:
        raise DataError(f"{path.name}: expected {columns} columns, got {table.shape[1]}")
    return table


_READERS: dict[str, Callable[[Path], Arrays]] = {"daliac": _daliac, "mafaulda": _mafaulda, "sleep": _sleep}
