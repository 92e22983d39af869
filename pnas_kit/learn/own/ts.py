"""The .ts files of sktime and aeon: a header of @ lines, then dimensions between colons with the label last."""

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, plain_label
from pnas_kit.learn.own.series import Series, found_of, numbers
from pnas_kit.learn.own.settings import Settings

NAME = "sktime .ts"
ENDINGS = (".ts",)


def fits(files: Files) -> bool:
    """Whether there are .ts files."""
    return bool(files.with_suffix(*ENDINGS))


def read(files: Files, settings: Settings) -> Found:
    """The series and labels.

    Raises:
        DataError: Time stamps, a regression, or a line unlike the header.
    """
    return found_of(files, ENDINGS, NAME, _content, settings)


def _content(text: str, name: str) -> Series:
    lines = enumerate(text.splitlines(), 1)
    header = _header(lines, name)
    if header.get("timestamps", "false").startswith("true"):
        raise DataError(f"{name}: has time stamps, which are not read. Write it with evenly sampled values only.")
    label = header.get("classlabel", "").split()
    if not label or label[0].lower() != "true":
        what = "@targetLabel, a regression" if "targetlabel" in header else "none"
        raise DataError(f"{name}: expected @classLabel true and the classes in the header, got {what}.")
    known = {plain_label(word) for word in label[1:]}
    series, labels, wanted = [], [], None
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        where = f"{name}, line {number}"
        *dimensions, last = line.strip().split(":")
        values = [numbers(part.split(","), where) for part in dimensions]
        wanted = wanted or len(values)
        if not values or len(values) != wanted or len({len(value) for value in values}) != 1:
            raise DataError(
                f"{where}: expected {wanted or 'some'} dimensions of one length between colons, got "
                f"{[len(value) for value in values]}. Repair or remove this line."
            )
        word = plain_label(last)
        if word not in known:
            raise DataError(f"{where}: the class {word!r} is not among those of the header ({', '.join(sorted(known))}).")
        series.append(np.stack(values, axis=-1))
        labels.append(word)
    return series, labels


def _header(lines, name: str) -> dict[str, str]:
    header = {}
    for number, line in lines:
        line = line.strip()
        if line.lower().startswith("@data"):
            return header
        if line.startswith("@"):
            key, _, value = line[1:].partition(" ")
            header[key.lower()] = value.strip()
        elif line and not line.startswith("#"):
            raise DataError(f"{name}, line {number}: expected a header of @ lines up to @data, got {line[:40]!r}.")
    raise DataError(f"{name}: expected a line @data, got none. Is the file cut off?")
