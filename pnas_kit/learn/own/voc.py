"""Pascal VOC: one XML file for each picture, corners counted from 1 with both ends inside."""

from pathlib import PurePosixPath

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import TEST, TRAIN, Found, numbered
from pnas_kit.learn.own.image_folder import each, in_classes
from pnas_kit.learn.own.naming import parts_by_folder
from pnas_kit.learn.own.picture import SUFFIXES
from pnas_kit.learn.own.scenes import Scene, Size, by_file, drawn_on, found_of_scenes, picture_for
from pnas_kit.learn.own.settings import Settings

NAME = "Pascal VOC XML"
ENDINGS = (".xml",)
_BYTES = 16 << 20
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def fits(files: Files) -> bool:
    """Whether there are XML files beside pictures, and they are of this kind or the pictures of none other."""
    names = files.with_suffix(*ENDINGS)
    return bool(names and files.with_suffix(*SUFFIXES)) and (
        not in_classes(files) or files.any_says(names, lambda text: "<annotation" in text)
    )


def read(files: Files, settings: Settings) -> Found:
    """The pictures and boxes.

    A picture is the one that is named like its XML file; what `filename` inside says counts only where there is none.

    Raises:
        DataError: XML of other content, entities, or missing pictures (up to five are named).
    """
    names, index = files.with_suffix(*ENDINGS), by_file(files)
    stems: dict[str, list[str]] = {}
    for file in index:
        stems.setdefault(file.rpartition(".")[0], []).append(file)
    read_ones = each(names, lambda name: _annotation(files, name, index, stems))
    labels = [label for _, _, objects in read_ones for label, _ in objects]
    if not labels:
        raise DataError(f"{files.title}: expected objects with boxes, got none in {len(names)} XML files.")
    y, classes = numbered(labels)
    corners = np.array([box for _, _, objects in read_ones for _, box in objects], np.float64)
    warnings = []
    if corners[:, :2].min() < 1:
        warnings.append("Some corners are 0: they are taken to count from 0 with the end outside, not from 1 as VOC does.")
    else:
        corners[:, :2] -= 1
    rows = np.concatenate([y[:, None], corners], axis=1)
    edges = np.cumsum([0, *(len(objects) for _, _, objects in read_ones)])
    listed, by_folder = _parts(files, names), parts_by_folder(names)
    scenes = [
        Scene(
            picture,
            rows[edges[i] : edges[i + 1]],
            listed.get(PurePosixPath(names[i]).stem, by_folder[i]),
            size,
        )
        for i, (picture, size, _) in enumerate(read_ones)
    ]
    found = found_of_scenes(files, scenes, list(classes), NAME, settings)
    found.warnings += warnings
    return found


def _annotation(
    files: Files, name: str, index: dict[str, list[str]], stems: dict[str, list[str]]
) -> tuple[str, Size | None, list[tuple[str, list[float]]]]:
    try:
        root = fromstring(files.read(name, _BYTES), forbid_dtd=True)
    except DefusedXmlException as error:
        raise DataError(
            f"{name}: declares a document type or entities, which can fill the memory or read other files; it was not read. "
            "Remove the DOCTYPE."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise DataError(f"{name}: expected XML, got {error}. Write the file anew.") from error
    if root.tag == "annotations":
        raise DataError(f"{name}: this is CVAT's own XML. Export it once more, as COCO or Pascal VOC.")
    if root.tag != "annotation":
        raise DataError(f"{name}: expected <annotation>, got <{root.tag}>. Is it another kind of XML?")
    objects = []
    for item in root.iter("object"):
        label, box = (item.findtext("name") or "").strip(), item.find("bndbox")
        try:
            corners = [float(box.findtext(key)) for key in _CORNERS]
        except (AttributeError, TypeError, ValueError):
            raise DataError(
                f"{name}: expected {', '.join(_CORNERS)} of {label or 'an object'!r} as numbers. Repair it."
            ) from None
        if not label:
            raise DataError(f"{name}: expected a <name> of every object, got none. Repair it.")
        objects.append((label, corners))
    size = drawn_on(root.findtext("size/width"), root.findtext("size/height"))
    stem = PurePosixPath(name).stem.lower()
    same, wanted = stems.get(stem, []), (root.findtext("filename") or "").strip()
    if len(same) > 1 and PurePosixPath(wanted).name.lower() not in same:
        raise DataError(f"{name}: {' and '.join(same)} are named like it. Keep one, or name it in <filename>.")
    wanted = same[0] if len(same) == 1 else wanted
    return picture_for(files, wanted or stem, name, index), size, objects


def _parts(files: Files, names: list[str]) -> dict[str, int]:
    """Training or test by the lists ImageSets/Main/train.txt, val.txt, trainval.txt and test.txt, where there are any."""
    lists = {
        PurePosixPath(name).stem: {line.split()[0] for line in files.text(name).splitlines() if line.split()}
        for name in files.with_suffix("train.txt", "val.txt", "test.txt")
        if "imagesets/main/" in f"/{name.lower()}"
    }
    testing = lists.get("test") or lists.get("val") or set()
    training = (lists.get("trainval") or lists.get("train") or set()) - testing
    return {stem: TEST for stem in testing} | {stem: TRAIN for stem in training} if testing and training else {}
