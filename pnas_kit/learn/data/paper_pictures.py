"""Readers of the paper's picture sets from the folders their authors publish, through torchvision where it has them."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image, ImageOps

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import DataError

Labelled = Iterable[tuple[Image.Image, int]]


def read_pictures(name: str, root: Path, side: int, download: bool) -> Arrays:
    """Both parts of a set, every picture `side` x `side`.

    Args:
        name: "cifar100", "gtsrb", "flowers102", "pets", "cars" or "cub200".
        root: The folder in which the set's own folder lies.
        side: Pixels; the largest square in the middle of each picture is scaled to it.
        download: Whether torchvision may download what is missing.

    Raises:
        DataError: The set's folder is not there or not as expected.
    """
    try:
        train, test = (_stacked(part, side) for part in _PARTS[name](root, download))
    except (OSError, RuntimeError, ValueError, LookupError, Image.DecompressionBombError) as error:
        raise DataError(f"{name} in {root}: {error}") from error
    return Arrays(train_x=train[0], train_y=train[1], test_x=test[0], test_y=test[1])


def _stacked(part: Labelled, side: int) -> tuple[np.ndarray, np.ndarray]:
    # One picture at a time: thousands of photographs at their own size do not fit into memory.
    pairs = [(_square(image, side), label) for image, label in part]
    if not pairs:
        raise DataError("expected pictures, got none")
    return np.stack([pixels for pixels, _ in pairs]), np.array([label for _, label in pairs], np.int64)


def _square(image: Image.Image, side: int) -> np.ndarray:
    return np.asarray(ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.BILINEAR))


def _each(part: Sequence) -> Iterator[tuple[Image.Image, int]]:
    # torchvision's sets end by IndexError only where their lists do, so count.
    return (part[index] for index in range(len(part)))


def _cifar100(root: Path, download: bool) -> list[Labelled]:
    sets = _torchvision_sets()
    return [_each(sets.CIFAR100(root, train=train, download=download)) for train in (True, False)]


def _gtsrb(root: Path, download: bool) -> list[Labelled]:
    sets = _torchvision_sets()
    return [_each(sets.GTSRB(root, split=split, download=download)) for split in ("train", "test")]


def _flowers(root: Path, download: bool) -> list[Labelled]:
    sets = _torchvision_sets()
    parts = [_each(sets.Flowers102(root, split=split, download=download)) for split in ("train", "val", "test")]
    return [[*parts[0], *parts[1]], parts[2]]


def _pets(root: Path, download: bool) -> list[Labelled]:
    sets = _torchvision_sets()
    return [_each(sets.OxfordIIITPet(root, split=split, download=download)) for split in ("trainval", "test")]


def _cars(root: Path, download: bool) -> list[Labelled]:
    sets = _torchvision_sets()
    return [_each(sets.StanfordCars(root, split=split, download=download)) for split in ("train", "test")]


def _birds(root: Path, download: bool) -> list[Labelled]:
    if download:
        raise DataError("torchvision has no download of it: get CUB_200_2011.tgz from the authors' page and unpack it")
    folder = root / "CUB_200_2011"
    tables = [_pairs(folder / f"{name}.txt") for name in ("images", "image_class_labels", "train_test_split")]
    paths, labels, training = tables
    parts = [[number for number in paths if (training[number] == "1") == wanted] for wanted in (True, False)]
    return [((Image.open(folder / "images" / paths[n]), int(labels[n]) - 1) for n in part) for part in parts]


def _pairs(path: Path) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def _torchvision_sets() -> ModuleType:
    importlib.import_module("pnas_kit.vision_ops")  # first: torchvision cannot be imported without it
    return importlib.import_module("torchvision.datasets")


_PARTS: dict[str, Callable[[Path, bool], list[Labelled]]] = {
    "cifar100": _cifar100,
    "gtsrb": _gtsrb,
    "flowers102": _flowers,
    "pets": _pets,
    "cars": _cars,
    "cub200": _birds,
}
