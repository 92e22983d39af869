"""The formats in the order in which they are looked for; each says whether files are its own, and reads them."""

from collections.abc import Callable
from dataclasses import dataclass

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import (
    arff,
    box_table,
    coco,
    idx,
    image_folder,
    numpy_file,
    recordings,
    sound,
    ts,
    ucr,
    voc,
    wide,
    yolo,
)
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found
from pnas_kit.learn.own.settings import Settings


@dataclass(frozen=True)
class Format:
    """One format: its name, endings of its files (any), `fits(files)` and `read(files, settings)`."""

    name: str
    endings: tuple[str, ...]
    fits: Callable[[Files], bool]
    read: Callable[[Files, Settings], Found]


def format_of(files: Files, name: str | None = None) -> Format:
    """The format called `name`, or the first that the files fit.

    Raises:
        DataError: There is none.
    """
    for made in FORMATS:
        if made.name == name and not files.with_suffix(*made.endings):
            raise DataError(
                f"{files.title}: the format {name} needs files that end in {', '.join(made.endings)}, got {_sorts(files)}. "
                "Choose another format or other files."
            )
        if made.name == name or (name is None and made.fits(files)):
            return made
    known = ", ".join(NAMES)
    if name is not None:
        raise DataError(f"Unknown format {name!r}: expected one of {known}.")
    pickled = files.with_suffix(".pkl", ".pickle", ".pt", ".pth", ".joblib")
    if pickled:
        raise DataError(f"{pickled[0]}: a pickle can run any program and is never opened. Save the arrays with numpy.savez.")
    if packed := files.with_suffix(".mp3", ".ogg", ".flac", ".m4a", ".aac", ".opus"):
        raise DataError(f"{packed[0]}: sound is read from WAV files. Convert it, one channel of 16 bits is enough.")
    if binary := files.with_suffix(".cbor"):
        raise DataError(f"{binary[0]}: recordings are read from CSV or JSON. Export them so.")
    raise DataError(f"{files.title}: expected one of {known}; got {_sorts(files)}. See docs/own_data.md for examples.")


def _sorts(files: Files) -> str:
    ends = sorted({name.rpartition(".")[2][:10] if "." in name else "no ending" for name in files.names})
    return f"{len(files.names)} file{'s' * (len(files.names) > 1)} ({', '.join(ends[:6])})"


FORMATS: tuple[Format, ...] = tuple(
    Format(reader.NAME, reader.ENDINGS, reader.fits, reader.read)
    for reader in (numpy_file, idx, coco, voc, yolo, box_table, image_folder, sound, ts, arff, ucr, wide, recordings)
)
NAMES = tuple(made.name for made in FORMATS)
