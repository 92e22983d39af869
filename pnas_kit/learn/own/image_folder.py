"""Pictures of one class each: the class is the folder, with or without folders train and test above, or in a table."""

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.classed import classed
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, numbered
from pnas_kit.learn.own.naming import BY_FOLDER, classes_of, split_word
from pnas_kit.learn.own.picture import SUFFIXES, Header, header, pixels, white_of
from pnas_kit.learn.own.settings import Settings

NAME = "image folder"
ENDINGS = SUFFIXES
SIDES = (32, 48, 64, 96)
_SHOWN = 5


def fits(files: Files) -> bool:
    """Whether most files are pictures."""
    return 2 * len(files.with_suffix(*SUFFIXES)) > len(files.names)


def read(files: Files, settings: Settings) -> Found:
    """The pictures, all of one size.

    Raises:
        DataError: Nothing tells the classes, or pictures that cannot be read (up to five are named).
    """
    known = classed(files, SUFFIXES, settings)
    names, (y, classes) = known.names, numbered(known.labels)
    headers = each(names, lambda name: header(files.read(name), name))
    size, channels, said, warnings = shape_of(headers, settings)
    limits.room_for(len(names), (*size, channels), 1, files.title)
    x = np.empty((len(names), *size, channels), np.uint8)
    white, told = white_in(files, names, headers)

    def place(number: int) -> None:
        x[number] = pixels(files.read(names[number]), names[number], size, channels, white)

    each(range(len(names)), place)
    others = len(files.names) - len(files.with_suffix(*SUFFIXES))
    left = [f"Files that are no pictures were left out: {others}."] if others and known.notes[0] == BY_FOLDER else []
    return Found(
        form=NAME,
        task="image",
        x=x,
        y=y,
        classes=classes,
        unit="brightness, 0 to 255",
        part=known.part,
        groups=known.groups,
        group_word=known.group_word,
        notes=known.notes + left + said + told,
        warnings=known.warnings + warnings,
    )


def in_classes(files: Files) -> bool:
    """Whether the pictures lie in folders of two classes or more: then a stray file beside them decides nothing."""
    try:
        labels, _, (said, *_) = classes_of(files.with_suffix(*SUFFIXES), files.title)
    except DataError:
        return False
    return said == BY_FOLDER and len(set(labels)) > 1 and not any(split_word(label) for label in labels)


def shape_of(headers: list[Header], settings: Settings) -> tuple[tuple[int, int], int, list[str], list[str]]:
    """Height and width, channels, notes and warnings for pictures with these headers."""
    sizes = {(head.height, head.width) for head in headers}
    channels = {"grey": 1, "rgb": 3, None: 3 if any(head.coloured for head in headers) else 1}[settings.colour]
    notes, warnings = [], []
    if settings.image_size is not None:
        size = tuple(settings.image_size)
    elif len(sizes) == 1 and max(next(iter(sizes))) <= SIDES[-1]:
        size = next(iter(sizes))
    else:
        middle = np.median([min(head.height, head.width) for head in headers])
        size = (max([side for side in SIDES if side <= middle], default=SIDES[0]),) * 2
    if sizes != {size}:
        low, high = min(sizes, key=lambda s: s[0] * s[1]), max(sizes, key=lambda s: s[0] * s[1])
        notes.append(
            f"Pictures from {low[1]} × {low[0]} to {high[1]} × {high[0]} pixels are stretched to {size[1]} × {size[0]}."
        )
    grey = sum(not head.coloured for head in headers)
    if channels == 3 and grey:
        warnings.append(f"{grey} of {len(headers)} pictures are grey, the others coloured; all are read as RGB.")
    if any(head.transparent for head in headers):
        notes.append("Transparent pictures are put on white.")
    if any(head.turned for head in headers):
        notes.append("Pictures that the camera marked as turned are turned upright.")
    return size, channels, notes, warnings


def white_in(files: Files, names: list[str], headers: list[Header]) -> tuple[int, list[str]]:
    """What is white in those of the pictures that have 16 bits, and a note on it."""
    deep = [name for name, head in zip(names, headers, strict=True) if head.deep]
    white = white_of((files.read(name), name) for name in deep)
    return white, [f"Pictures of 16 bits are brought to 8: {white} becomes 255."] if deep else []


def each(items, call) -> list:
    """`call` for every item; the first few complaints together.

    Raises:
        DataError: At least one item was refused.
    """
    results, complaints = [], []
    for item in items:
        try:
            results.append(call(item))
        except DataError as error:
            complaints.append(str(error))
            if len(complaints) == _SHOWN:
                break
    if complaints:
        raise DataError("\n".join(complaints))
    return results
