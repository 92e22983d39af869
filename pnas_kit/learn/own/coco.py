"""COCO: one JSON file of images, annotations and categories for each part, beside the pictures."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found
from pnas_kit.learn.own.image_folder import in_classes
from pnas_kit.learn.own.naming import part_folder, parts_of_words, split_word
from pnas_kit.learn.own.picture import SUFFIXES
from pnas_kit.learn.own.scenes import Scene, by_file, drawn_on, found_of_scenes, picture_for
from pnas_kit.learn.own.settings import Settings

NAME = "COCO JSON"
ENDINGS = (".json",)
_BYTES = 256 << 20
_NAMED = 4
_FAR = 1e9
"""Pixels: no picture is as large, and Python's integers know no end."""


def fits(files: Files) -> bool:
    """Whether there are JSON files beside pictures, and they are of this kind or the pictures of none other."""
    names = files.with_suffix(*ENDINGS)
    return bool(names and files.with_suffix(*SUFFIXES)) and (
        not in_classes(files) or files.any_says(names, lambda text: '"annotations"' in text and '"images"' in text)
    )


def read(files: Files, settings: Settings) -> Found:
    """The pictures and boxes; crowds are left out, pictures without annotations are background.

    Raises:
        DataError: JSON of other content, ids that do not fit together, or missing pictures.
    """
    names = files.with_suffix(*ENDINGS)
    contents = {name: _content(files, name) for name in names}
    contents = {name: content for name, content in contents.items() if content is not None}
    if not contents:
        raise DataError(
            f"{names[0]}: expected images, annotations and categories, got none. Is it another kind "
            "of JSON? What labelling programs keep for themselves (LabelMe, VIA) can be exported as COCO."
        )
    boxed = {name: content for name, content in contents.items() if _boxed(_list(content, "annotations", name))}
    captions = [name for name in contents if boxed and name not in boxed]
    contents = boxed or contents
    categories = {}
    for name, content in contents.items():
        for category in _list(content, "categories", name):
            number, word = _field(category, "id", int, name), str(category.get("name", category.get("id")))
            if categories.setdefault(number, word) != word:
                raise DataError(
                    f"{name}: category {number} is {word!r} here and {categories[number]!r} elsewhere. Make them agree."
                )
    used = sorted({_field(a, "category_id", int, n) for n, c in contents.items() for a in _list(c, "annotations", n)})
    unknown = [number for number in used if number not in categories]
    if unknown:
        raise DataError(f"{names[0]}: annotations of category {unknown[0]}, which is not among the categories. Add it.")
    places, index = {number: place for place, number in enumerate(used)}, by_file(files)
    words = [part_folder(name) or split_word(PurePosixPath(name).stem) for name in contents]
    parts = parts_of_words(words) if len(contents) > 1 else [None]
    scenes, crowds = [], 0
    for (name, content), part in zip(contents.items(), parts, strict=True):
        made, left = _scenes(files, content, name, part, places, index)
        scenes, crowds = scenes + made, crowds + left
    _once(scenes, files.title, list(contents))
    found = found_of_scenes(files, scenes, [categories[number] for number in used], NAME, settings)
    if crowds:
        found.notes.append(f"Annotations of crowds were left out: {crowds}.")
    if captions:
        found.notes.append(f"Without boxes and left out: {', '.join(captions)}.")
    return found


def _boxed(annotations: list[Mapping]) -> bool:
    return not annotations or any("bbox" in annotation for annotation in annotations)


def _once(scenes: list[Scene], title: str, names: list[str]) -> None:
    twice = [path for path, count in Counter(scene.name for scene in scenes).items() if count > 1]
    if twice:
        raise DataError(
            f"{title}: {len(twice)} pictures are annotated twice, the first is {twice[0]}, in {', '.join(names[:_NAMED])}. "
            "Keep the file whose boxes are meant, or one entry for each picture."
        )


def _scenes(
    files: Files, content: Mapping, name: str, part: int | None, places: dict, index: dict
) -> tuple[list[Scene], int]:
    rows: dict = {}
    for image in _list(content, "images", name):
        number = _field(image, "id", (int, str), name)
        if number in rows:
            raise DataError(f"{name}: two images have the id {number}. Make the ids unique.")
        size = (image.get("width"), image.get("height"))
        rows[number] = (picture_for(files, _field(image, "file_name", str, name), name, index), drawn_on(*size), [])
    crowds = 0
    for annotation in _list(content, "annotations", name):
        number = _field(annotation, "image_id", (int, str), name)
        if number not in rows:
            raise DataError(f"{name}: an annotation is of image {number}, which is not among the images. Add or remove it.")
        if annotation.get("iscrowd"):
            crowds += 1
            continue
        rows[number][2].append([places[annotation["category_id"]], *_corners(annotation, name)])
    made = [Scene(path, np.array(boxes, np.float64).reshape(-1, 5), part, size) for path, size, boxes in rows.values()]
    return made, crowds


def _corners(annotation: Mapping, name: str) -> list[float]:
    box = annotation.get("bbox")
    four = isinstance(box, list) and len(box) == 4
    if (
        not four
        or not all(type(v) is float or (type(v) is int and abs(v) < _FAR) for v in box)
        or not box[2] >= 0
        or not box[3] >= 0
    ):
        raise DataError(
            f"{name}: annotation {annotation.get('id')}: expected bbox as [x, y, width, height], got "
            f"{str(box)[:60]}. Repair it."
        )
    return [box[0], box[1], box[0] + box[2], box[1] + box[3]]


def _content(files: Files, name: str) -> Mapping | None:
    try:
        content = json.loads(files.text(name, _BYTES))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: expected JSON, got {str(error)[:100]}. Write the file anew.") from error
    return content if isinstance(content, dict) and "annotations" in content and "images" in content else None


def _list(content: Mapping, key: str, name: str) -> list[Mapping]:
    found = content.get(key)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise DataError(
            f"{name}: expected a list of objects under {key!r}, got {type(found).__name__}. Write the file anew."
        )
    return found


def _field(item: Mapping, key: str, kind: type | tuple, name: str):
    value = item.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise DataError(f"{name}: expected {key!r} in {str(item)[:60]}, got {str(value)[:40]}. Write the file anew.")
    return value
