"""People on the photographs of COCO, from the folder its authors publish."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.data.card import DataError

MOST = 10_000
"""Training photographs that are taken, drawn with seed 0."""


def read_people(root: Path, side: int, download: bool) -> Arrays:
    """Both parts, every photograph `side` x `side`: its longer side scaled to that, black below or to the right of it.

    Args:
        root: The folder in which `coco` lies.
        side: Pixels.
        download: Refused: the archives take 20 GB.

    Raises:
        DataError: The folder is not there or not as expected.
    """
    if download:
        raise DataError("COCO takes 20 GB and is not downloaded from here: get its archives from cocodataset.org")
    folder = root / "coco"
    try:
        train_x, train_y = _part(folder, "train2017", side, MOST)
        test_x, test_y = _part(folder, "val2017", side, None)
    except (OSError, ValueError, KeyError, TypeError, Image.DecompressionBombError) as error:
        raise DataError(f"coco_person in {root}: {type(error).__name__}: {error}") from error
    return Arrays(train_x=train_x, train_y=train_y, test_x=test_x, test_y=test_y)


def _part(folder: Path, part: str, side: int, most: int | None) -> tuple[np.ndarray, Boxes]:
    content = json.loads((folder / "annotations" / f"instances_{part}.json").read_text(encoding="utf-8"))
    people = {category["id"] for category in content["categories"] if category["name"] == "person"}
    corners: dict[int, list[list[float]]] = defaultdict(list)
    for note in content["annotations"]:
        x, y, width, height = note["bbox"]
        if note["category_id"] in people and not note["iscrowd"] and min(width, height) > 0:
            corners[note["image_id"]].append([0, x, y, x + width, y + height])
    photographs = sorted((row for row in content["images"] if row["id"] in corners), key=lambda row: row["id"])
    if not photographs:
        raise DataError(f"{part}: expected photographs with people, got none")
    if most is not None and most < len(photographs):
        taken = np.sort(np.random.RandomState(0).permutation(len(photographs))[:most])
        photographs = [photographs[index] for index in taken]
    x = np.zeros((len(photographs), side, side, 3), np.uint8)
    rows = [_scaled(x[n], folder / part / row["file_name"], corners[row["id"]]) for n, row in enumerate(photographs)]
    return x, Boxes.of(rows)


def _scaled(canvas: np.ndarray, path: Path, corners: list[list[float]]) -> np.ndarray:
    """Draw a photograph into uint8 `(side, side, 3)`; returns its boxes in those pixels."""
    with Image.open(path) as opened:
        width, height = opened.size
        opened.draft("RGB", canvas.shape[:2])  # a JPEG is decoded at a fraction of its size where that is enough
        small = ImageOps.contain(opened.convert("RGB"), canvas.shape[:2], Image.Resampling.BILINEAR)
    scale = np.array([1, *(small.width / width, small.height / height) * 2])
    canvas[: small.height, : small.width] = np.asarray(small)
    rows = np.array(corners) * scale
    rows[:, 1::2], rows[:, 2::2] = rows[:, 1::2].clip(0, small.width), rows[:, 2::2].clip(0, small.height)
    return rows[(rows[:, 3:] > rows[:, 1:3]).all(1)].astype(np.float32)
