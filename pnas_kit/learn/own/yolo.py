"""YOLO: a text file for each picture, a line for each box: class, middle and size as shares of the picture."""

import re
from pathlib import PurePosixPath

import numpy as np
import yaml

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found
from pnas_kit.learn.own.image_folder import each, in_classes
from pnas_kit.learn.own.naming import parts_by_folder
from pnas_kit.learn.own.picture import SUFFIXES, header
from pnas_kit.learn.own.scenes import Scene, found_of_scenes
from pnas_kit.learn.own.settings import Settings

NAME = "YOLO"
ENDINGS = SUFFIXES
_YAML_BYTES = 1 << 20
_BOX = re.compile(r"\s*\d+(\.0*)?(\s+[-+.\deE]+){4}")
_SLACK = 0.01
"""How far a share may lie outside 0 to 1: labelling programs round."""


def fits(files: Files) -> bool:
    """Whether pictures have text files of their names, or a list of classes, and lie in no folders of classes.

    Where they do, the text must begin with a number: there are captions beside pictures too.
    """
    pictures = {PurePosixPath(name).stem for name in files.with_suffix(*SUFFIXES)}
    texts = [name for name in files.with_suffix(".txt") if PurePosixPath(name).stem in pictures]
    if in_classes(files):
        return files.any_says(texts, lambda text: bool(_BOX.match(text)))
    return bool(texts or (pictures and _yaml(files)))


def read(files: Files, settings: Settings) -> Found:
    """The pictures and boxes; a picture without a text file, or with an empty one, is background.

    Raises:
        DataError: No list of classes, or lines that are no boxes (up to five files are named).
    """
    names = files.with_suffix(*SUFFIXES)
    texts = {str(PurePosixPath(name).with_suffix("")): name for name in files.with_suffix(".txt")}
    classes, said = _classes(files)
    polygons, labelled = [0], {name: _text_of(name, texts) for name in names}
    if not any(labelled.values()):
        raise DataError(f"{files.title}: no text file is named like a picture. Put labels/NAME.txt beside images/NAME.jpg.")

    parts = dict(zip(names, parts_by_folder(names), strict=True))

    def scene(name: str) -> Scene:
        text = labelled[name]
        rows = _rows(files, text, len(classes) if classes else None, polygons) if text else np.zeros((0, 5))
        head = header(files.read(name), name)
        rows[:, 1:] *= [head.width, head.height, head.width, head.height]
        return Scene(name, rows, parts[name])

    scenes = each(names, scene)
    if classes is None:
        used = int(max((scene.rows[:, 0].max() for scene in scenes if len(scene.rows)), default=-1)) + 1
        classes = [f"class {number}" for number in range(used)]
    found = found_of_scenes(files, scenes, classes, NAME, settings)
    bare = sum(text is None for text in labelled.values())
    found.notes += said
    if bare:
        found.warnings.append(f"{bare} of {len(names)} pictures have no text file and count as background.")
    if polygons[0]:
        found.notes.append(f"{polygons[0]} outlines (more than five numbers) became the boxes around them.")
    return found


def _text_of(name: str, texts: dict[str, str]) -> str | None:
    """The text file of a picture: beside it, or in the folder labels where the picture's is called images."""
    stem = PurePosixPath(name).with_suffix("")
    parts = stem.parts
    for place in range(len(parts) - 1, -1, -1):
        if parts[place].lower() == "images":
            moved = str(PurePosixPath(*parts[:place], "labels", *parts[place + 1 :]))
            if moved in texts:
                return texts[moved]
    return texts.get(str(stem))


def _rows(files: Files, name: str, classes: int | None, polygons: list[int]) -> np.ndarray:
    """float64 `(boxes, 5)`: class and corners as shares of the picture."""
    rows = []
    for number, line in enumerate(files.text(name, _YAML_BYTES * 16).splitlines(), 1):
        cells, where = line.split(), f"{name}, line {number}"
        if not cells:
            continue
        try:
            values = [float(cell) for cell in cells]
        except ValueError:
            raise DataError(f"{where}: expected class, x, y, width and height, got {line[:60]!r}. Repair it.") from None
        label = values[0]
        if label != int(label if abs(label) < 1e9 else -1) or label < 0 or label >= (classes or 1000):
            count = f"0 to {classes - 1}" if classes else "0 to 999"
            raise DataError(f"{where}: expected a class from {count}, got {cells[0]}. Correct it or the list of names.")
        if len(values) != 5 and (len(values) < 7 or len(values) % 2 == 0):
            raise DataError(f"{where}: expected 5 numbers, or a class and the corners of an outline, got {len(values)}.")
        if not all(-_SLACK <= value <= 1 + _SLACK for value in values[1:]):
            raise DataError(f"{where}: expected shares of the picture from 0 to 1, got {line[:60]!r}. Divide by its size.")
        if len(values) == 5:
            x, y, width, height = values[1:]
            rows.append([label, x - width / 2, y - height / 2, x + width / 2, y + height / 2])
        else:
            polygons[0] += 1
            rows.append([label, min(values[1::2]), min(values[2::2]), max(values[1::2]), max(values[2::2])])
    return np.array(rows, np.float64).reshape(-1, 5)


def _yaml(files: Files) -> list[str]:
    return [name for name in files.with_suffix(".yaml", ".yml") if "/" not in name]


def _classes(files: Files) -> tuple[list[str] | None, list[str]]:
    """Names from data.yaml (a list, or numbers with names) or classes.txt; None where there is neither."""
    for name in _yaml(files):
        text = files.text(name, _YAML_BYTES)
        try:
            if any(isinstance(event, yaml.events.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
                raise DataError(
                    f"{name}: holds references (*name), which can fill the memory; it was not read. Write them out."
                )
            yaml.safe_load(text)  # refuses tags that make objects
            content = yaml.load(text, yaml.BaseLoader)  # all is text: off is a name, not a truth
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise DataError(f"{name}: expected YAML, got {' '.join(str(error).split())[:120]}. Repair it.") from error
        if isinstance(content, dict) and "kpt_shape" in content:
            raise DataError(
                f"{name}: kpt_shape says that the lines hold key points, which cannot be told from outlines. Keep class, x, "
                "y, width and height of each line, and remove kpt_shape."
            )
        names = content.get("names") if isinstance(content, dict) else None
        if isinstance(names, dict) and sorted(map(str, names)) == sorted(map(str, range(len(names)))):
            by_number = {int(key): value for key, value in names.items()}
            names = [by_number[number] for number in range(len(names))]
        if not isinstance(names, list) or not names:
            raise DataError(
                f"{name}: expected names as a list or as 0: name, 1: name, ..., got {str(names)[:60]}. Repair it."
            )
        return [str(word) for word in names], [f"Classes are those of {name}."]
    for name in files.with_suffix("classes.txt", "obj.names"):
        words = [line.strip() for line in files.text(name, _YAML_BYTES).splitlines() if line.strip()]
        return words, [f"Classes are those of {name}."]
    return None, ["There is no data.yaml or classes.txt, so classes have numbers for names."]
