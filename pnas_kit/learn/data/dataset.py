"""Loads a data set, ready for training: `load("digits")`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data import fetch
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.data.catalogue import Card, DataError, card_of
from pnas_kit.learn.data.compose import composed
from pnas_kit.learn.data.hapt import from_hapt
from pnas_kit.learn.data.idx import from_csv, from_idx
from pnas_kit.learn.data.sources import DIGESTS, SOURCES
from pnas_kit.learn.data.split import stratified
from pnas_kit.learn.data.ucr import from_ucr
from pnas_kit.learn.data.voc import from_crowns

Progress = Callable[[str, float], None]

_READERS: dict[str, Callable[[list[bytes]], Arrays]] = {
    "idx": from_idx,
    "csv": from_csv,
    "ucr": from_ucr,
    "hapt": from_hapt,
    "crowns": from_crowns,
}
COMPOSED_OF = {"mnist_det": "mnist", "fashion_det": "fashion_mnist"}
_DOWNLOAD_SHARE = 0.8
_BUNDLED = "digits"
_BLOCK = 1024


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


def load(name: str, *, progress: Progress | None = None, cache: Path | None = None) -> Dataset:
    """The data set called `name`; downloads it the first time.

    Args:
        name: A name of the `CATALOGUE`.
        progress: Called with a message and the fraction done, 0 to 1.
        cache: Folder for downloads; default: `PNAS_CACHE` or the user's cache folder.

    Raises:
        DataError: Unknown name, nothing to download from, or data that are not what the card promises.
    """
    card = card_of(name)
    report = progress or _silent
    arrays = _raw(card, cache, report)
    report(f"Preparing {card.title}", 0.95)
    plain.check(arrays, card)
    dataset = normalise(arrays, card)
    report(f"{card.title} is ready", 1.0)
    return dataset


def _raw(card: Card, cache: Path | None, report: Progress) -> Arrays:
    """The arrays of a data set, out of the cache where they are."""
    if card.name == _BUNDLED:
        return _digits()
    path = _path(card.name, cache)
    arrays = plain.read(path)
    if arrays is not None:
        return arrays
    if card.name not in COMPOSED_OF:
        return _prepare(card, path, report)
    objects = _raw(card_of(COMPOSED_OF[card.name]), cache, report)
    report(f"Composing {card.title}", _DOWNLOAD_SHARE)
    return _kept(card, composed(objects, card.train, card.test), path, card.source, report)


def cached(name: str, *, cache: Path | None = None) -> bool:
    """Whether `load` needs no download.

    Raises:
        DataError: No such data set.
    """
    card_of(name)
    if name == _BUNDLED or _path(name, cache).is_file():
        return True
    return name in COMPOSED_OF and cached(COMPOSED_OF[name], cache=cache)


def normalise(arrays: Arrays, card: Card) -> Dataset:
    """A `Dataset` scaled with the mean and deviation of each channel over the training part only.

    Raises:
        DataError: A channel is constant over the whole training part.
    """
    mean, std = _moments(arrays.train_x)
    if (std == 0).any():
        dead = np.flatnonzero(std == 0).tolist()
        raise DataError(f"{card.title}: expected channels that vary, got constant values in channels {dead}.")
    mean32, std32 = mean.astype(np.float32), std.astype(np.float32)
    return Dataset(
        card=card,
        train_x=_scaled(arrays.train_x, mean32, std32),
        train_y=arrays.train_y,
        test_x=_scaled(arrays.test_x, mean32, std32),
        test_y=arrays.test_y,
        mean=mean32,
        std=std32,
        groups=arrays.groups,
    )


def _moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float64 mean and deviation of each channel, `(channels,)` each.

    In two passes over blocks in float64: float32 sums over 47 million pixels lose the third digit, and a float64 copy
    of all of them would take 376 MB.
    """
    blocks = [x[start : start + _BLOCK] for start in range(0, len(x), _BLOCK)]
    count = x.size // x.shape[-1]
    mean = sum(block.sum(axis=(0, 1, 2), dtype=np.float64) for block in blocks) / count
    variance = sum(np.square(block - mean).sum(axis=(0, 1, 2)) for block in blocks) / count
    return mean, np.sqrt(variance)


def _scaled(x: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    scaled = x.astype(np.float32)
    scaled -= mean  # in place: MNIST is 188 MB as float32
    scaled /= std
    return scaled


def _prepare(card: Card, path: Path, report: Progress) -> Arrays:
    """Obtains, reads, checks and keeps the arrays of a data set that is not in the cache."""

    def downloading(message: str, fraction: float) -> None:
        report(message, _DOWNLOAD_SHARE * fraction)

    source, members = fetch.obtain(card.title, SOURCES[card.name], path.parent, downloading)
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
    report(f"Keeping {card.title}", 0.9)
    try:
        plain.save(arrays, path)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}). Free some space or set PNAS_CACHE to another folder."
        ) from error
    return arrays


def _path(name: str, cache: Path | None) -> Path:
    return (cache or fetch.cache_folder()) / name / "arrays.npz"


def _digits() -> Arrays:
    from sklearn.datasets import load_digits  # takes a second to import, and only digits need it

    bunch = load_digits()
    x = bunch.images.astype(np.uint8)[..., None]
    y = bunch.target.astype(np.int64)
    train, test = stratified(y, 0.2, seed=0)
    return Arrays(train_x=x[train], train_y=y[train], test_x=x[test], test_y=y[test])


def _silent(message: str, fraction: float) -> None:
    pass
