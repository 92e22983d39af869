"""Pictures with boxes, whatever their format: checked, brought to one size or cut into tiles."""

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from pnas_kit.learn.data.boxes import KEPT_SHARE, Boxes, inside
from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import TEST, TRAIN, Found
from pnas_kit.learn.own.image_folder import each, white_in
from pnas_kit.learn.own.picture import SUFFIXES, Header, header, pixels
from pnas_kit.learn.own.settings import Settings

TILE = 128
_LEAST_BOX = 12.0
"""Pixels that the middle box keeps when pictures are made smaller whole; below that they are cut into tiles."""
_FEW_PICTURES = 5

Size = tuple[float, float]
"""Width and height in pixels."""


@dataclass(frozen=True, eq=False)
class Scene:
    """One picture and its boxes.

    Attributes:
        name: Of the file.
        rows: float64 `(boxes, 5)`: class, x0, y0, x1, y1 in pixels.
        part: Training or test, if it is known.
        drawn_on: Width and height of the picture that the boxes were drawn on, if it is known.
    """

    name: str
    rows: np.ndarray
    part: int | None = None
    drawn_on: Size | None = None


def found_of_scenes(files: Files, scenes: list[Scene], classes: list[str], form: str, settings: Settings) -> Found:
    """All pictures, of one size, with their boxes.

    Raises:
        DataError: Pictures that cannot be read, or boxes that do not belong to them.
    """
    if not scenes or not classes:
        raise DataError(
            f"{files.title}: expected pictures with boxes, got {len(scenes)} pictures and {len(classes)} classes."
        )
    heads = each(scenes, lambda scene: header(files.read(scene.name), scene.name))
    warnings: list[str] = []
    scenes = _scaled(scenes, heads, warnings)
    scenes = _within(scenes, heads, files.title, warnings)
    turned = sum(head.turned for head in heads)
    if turned:
        warnings.append(f"{turned} pictures are marked as turned: boxes are taken to be drawn on the upright picture. Look.")
    channels = {"grey": 1, "rgb": 3, None: 3 if any(head.coloured for head in heads) else 1}[settings.colour]
    tile = settings.tile or (None if settings.image_size or not _tiny(scenes, heads) else TILE)
    given = {TRAIN, TEST} <= {scene.part for scene in scenes}
    loose = [scene.name for scene in scenes if scene.part is None]
    if given and loose:
        warnings.append(
            f"{len(loose)} pictures are in no part, the first is {loose[0]}; they were put into the training part."
        )
    white, told = white_in(files, [scene.name for scene in scenes], heads)
    x, boxes, source, row = (_tiles if tile else _whole)(files, scenes, heads, channels, white, tile or settings.image_size)
    few = bool(tile) and len(scenes) < _FEW_PICTURES
    groups = np.unique(source * 100_000 + row, return_inverse=True)[1] if few else source
    note = f"Pictures are cut into tiles of {tile} × {tile} pixels, side by side" if tile else (
        f"Pictures are stretched to {x.shape[2]} × {x.shape[1]} pixels")  # fmt: skip
    empty = int((np.diff(boxes.starts) == 0).sum())
    return Found(
        form=form, task="detection", x=x, y=np.zeros(0, np.int64), classes=tuple(classes), unit="brightness, 0 to 255",
        boxes=boxes, part=np.array([scenes[i].part or TRAIN for i in source], np.int8) if given else None,
        groups=groups.astype(np.int64), group_word="tile row" if few else "picture",
        notes=[f"{note}; {empty} of {len(x)} hold no box.", *told], warnings=warnings,
    )  # fmt: skip


def picture_for(files: Files, wanted: str, where: str, index: dict[str, list[str]]) -> str:
    """The name of the picture that an annotation means: the same path, else the only one of that name.

    Raises:
        DataError: There is none, or several.
    """
    wanted = wanted.replace("\\", "/")
    ends = [name for name in index.get(PurePosixPath(wanted).name.lower(), []) if name.endswith(wanted.lstrip("./"))]
    found = ends or index.get(PurePosixPath(wanted).name.lower(), [])
    beside = [name for name in found if PurePosixPath(name).parent == PurePosixPath(where).parent]
    found = found if len(found) == 1 else beside or found
    if len(found) != 1:
        raise DataError(
            f"{where}: the picture {wanted!r} is {'not there' if not found else 'there several times'}. "
            "Put every picture into the folder or archive once."
        )
    return found[0]


def by_file(files: Files) -> dict[str, list[str]]:
    """Pictures by file name in small letters, for `picture_for`."""
    index: dict[str, list[str]] = {}
    for name in files.with_suffix(*SUFFIXES):
        index.setdefault(PurePosixPath(name).name.lower(), []).append(name)
    return index


def drawn_on(width: object, height: object) -> Size | None:
    """The size that an annotation gives for its picture; None where it gives none: many write 0."""
    try:
        size = float(width), float(height)
    except (TypeError, ValueError, OverflowError):
        return None
    return size if all(0 < side < float("inf") for side in size) else None


def _scaled(scenes: list[Scene], heads: list[Header], warnings: list[str]) -> list[Scene]:
    """Boxes drawn on a larger or smaller copy of their picture, brought to its size; other shapes are warned of."""
    scaled, odd, made = [], [], []
    for scene, head in zip(scenes, heads, strict=True):
        size = scene.drawn_on or (head.width, head.height)
        by = np.array([head.width / size[0], head.height / size[1]])
        told = f"{scene.name} ({head.width} × {head.height} pixels, annotated as {size[0]:g} × {size[1]:g})"
        # Sides are whole pixels: half a pixel more or less on either is the same shape.
        alike = abs(by[0] - by[1]) <= by.max() * 0.5 * (sum(1 / side for side in (*size, head.width, head.height)))
        within = not len(scene.rows) or bool((scene.rows[:, 3:] <= np.array(size) + 1).all())
        if (by == 1).all():
            made.append(scene)
        elif alike and within:
            scaled.append(told)
            made.append(replace(scene, rows=scene.rows * np.array([1, *by, *by])))
        else:
            odd.append(told)
            made.append(scene)
    if scaled:
        warnings.append(f"Boxes of {len(scaled)} pictures were drawn on another size and are scaled, first {scaled[0]}.")
    if odd:
        warnings.append(
            f"{len(odd)} pictures have another shape than their annotations say, the first is {odd[0]}: their boxes are "
            "taken as they are. Look."
        )
    return made


def _within(scenes: list[Scene], heads: list[Header], title: str, warnings: list[str]) -> list[Scene]:
    """Boxes cut off at the picture's edge; what lies mostly outside, or is no area, is left out with a warning."""
    kept, outside, flat, total = [], [], [], 0
    for scene, head in zip(scenes, heads, strict=True):
        rows = scene.rows.astype(np.float64).reshape(-1, 5)
        if not np.isfinite(rows).all():
            raise DataError(f"{scene.name}: expected boxes of finite numbers, got NaN or infinity. Repair its annotation.")
        total += len(rows)
        cut = rows.copy()
        cut[:, 1::2], cut[:, 2::2] = rows[:, 1::2].clip(0, head.width), rows[:, 2::2].clip(0, head.height)
        whole, part = _area(rows), _area(cut)
        thin = (rows[:, 3] - rows[:, 1] < 1) | (rows[:, 4] - rows[:, 2] < 1)
        out = ~thin & (part < KEPT_SHARE * whole)
        flat += [scene.name] * int(thin.sum())
        outside += [scene.name] * int(out.sum())
        kept.append(replace(scene, rows=cut[~thin & ~out]))
    if outside and len(outside) > total // 2:
        raise DataError(
            f"{title}: {len(outside)} of {total} boxes lie outside their pictures, the first in {outside[0]}. "
            "Are the coordinates those of other pictures, or of another size?"
        )
    for names, what in ((outside, "lie mostly outside their pictures"), (flat, "are thinner than a pixel")):
        if names:
            warnings.append(f"{len(names)} of {total} boxes {what}, the first in {names[0]}; they were left out.")
    return kept


def _area(rows: np.ndarray) -> np.ndarray:
    return (rows[:, 3] - rows[:, 1]).clip(0) * (rows[:, 4] - rows[:, 2]).clip(0)


def _tiny(scenes: list[Scene], heads: list[Header]) -> bool:
    """Whether objects would be too small to see once whole pictures are brought to the size of a tile."""
    sides = [
        np.sqrt(_area(scene.rows)) * TILE / max(head.width, head.height)
        for scene, head in zip(scenes, heads, strict=True)
        if len(scene.rows)
    ]
    return bool(sides) and float(np.median(np.concatenate(sides))) < _LEAST_BOX and (
        max(max(head.width, head.height) for head in heads) > 1.5 * TILE
    )  # fmt: skip


def _whole(files: Files, scenes: list[Scene], heads: list[Header], channels: int, white: int, size: tuple[int, int] | None):
    sizes = {(head.height, head.width) for head in heads}
    if size is None:
        size = sizes.pop() if len(sizes) == 1 and max(next(iter(sizes))) <= TILE else (TILE, TILE)
    limits.room_for(len(scenes), (*size, channels), 1, files.title)
    x = np.empty((len(scenes), *size, channels), np.uint8)
    rows = []
    for number, (scene, head) in enumerate(zip(scenes, heads, strict=True)):
        x[number] = pixels(files.read(scene.name), scene.name, size, channels, white)
        scale = np.array([1, size[1] / head.width, size[0] / head.height, size[1] / head.width, size[0] / head.height])
        rows.append((scene.rows * scale).astype(np.float32))
    return x, Boxes.of(rows), np.arange(len(scenes)), np.zeros(len(scenes), np.int64)


def _tiles(files: Files, scenes: list[Scene], heads: list[Header], channels: int, white: int, side: int):
    count = sum(-(-head.height // side) * -(-head.width // side) for head in heads)
    limits.room_for(count, (side, side, channels), 1, files.title)
    x = np.zeros((count, side, side, channels), np.uint8)
    rows, source, line, number = [], [], [], 0
    for index, scene in enumerate(scenes):
        image = pixels(files.read(scene.name), scene.name, None, channels, white)
        for y0 in range(0, image.shape[0], side):
            for x0 in range(0, image.shape[1], side):
                piece = image[y0 : y0 + side, x0 : x0 + side]
                x[number, : piece.shape[0], : piece.shape[1]] = piece
                rows.append(inside(scene.rows, x0, y0, side, side))
                source.append(index)
                line.append(y0 // side)
                number += 1
    return x, Boxes.of(rows), np.array(source), np.array(line)
