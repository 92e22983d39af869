"""Boxes in Pascal VOC's XML, one file a picture, and the aerial pictures that come with it."""

import io
import xml.etree.ElementTree as ElementTree

import numpy as np
from PIL import Image

from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes, tiles
from pnas_kit.learn.data.card import DataError

TILE, OVERLAPPING, FIELDS = 128, 64, 4


def voc_rows(xml: bytes, classes: tuple[str, ...]) -> np.ndarray:
    """float32 `(boxes, 5)` of a file whose classes' names are read without regard to case.

    VOC counts pixels from 1 and names the last one inside: `xmin` 1 is the picture's edge, and `xmax` stays as it is.

    Raises:
        DataError: No XML of this kind, an unknown class, or a box without area.
    """
    try:
        root = ElementTree.fromstring(xml)
        names = [item.findtext("name", "").lower() for item in root.iter("object")]
        corners = [
            [float(item.findtext(f"bndbox/{side}", "")) for side in ("xmin", "ymin", "xmax", "ymax")]
            for item in root.iter("object")
        ]
    except (ElementTree.ParseError, ValueError) as error:
        raise DataError(
            f"Expected boxes as Pascal VOC writes them (xmin, ymin, xmax, ymax of every object): {error}."
        ) from error
    unknown = sorted(set(names) - set(classes))
    if unknown:
        raise DataError(f"Expected objects of the classes {', '.join(classes)}, got {', '.join(unknown)}.")
    found = np.array(corners, np.float32).reshape(-1, 4) - np.array([1, 1, 0, 0], np.float32)
    if not (found[:, :2] < found[:, 2:]).all():
        raise DataError("Expected boxes with xmin < xmax and ymin < ymax; correct the XML.")
    return np.concatenate([np.array([[classes.index(name)] for name in names], np.float32).reshape(-1, 1), found], axis=1)


def from_crowns(members: list[bytes]) -> Arrays:
    """Tiles of NEON's tree crowns.

    Args:
        members: the training picture (PNG), its XML, the test picture, its XML.
    """
    pictures = [np.asarray(Image.open(io.BytesIO(members[at])).convert("RGB")) for at in (0, 2)]
    rows = [voc_rows(members[at], ("tree",)) for at in (1, 3)]
    train_x, train_rows, fields = tiles(pictures[0], rows[0], TILE, OVERLAPPING, FIELDS)
    test_x, test_rows, _ = tiles(pictures[1], rows[1], TILE, TILE)
    return Arrays(
        train_x=train_x, train_y=Boxes.of(train_rows), test_x=test_x, test_y=Boxes.of(test_rows), groups=fields
    )  # fmt: skip
