"""People's own data sets in the cache: `<cache>/own/<name>/` with card.json and arrays.npz, whole or not there."""

import json
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import catalogue
from pnas_kit.learn.data.arrays import Arrays, read
from pnas_kit.learn.data.card import Card, DataError
from pnas_kit.learn.data.fetch import cache_folder
from pnas_kit.learn.data.front_end import FrontEnd

OWN = "own/"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
# Windows opens a device under these names, whatever follows the dot.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def own_folder(cache: Path | None = None) -> Path:
    """Where own data sets lie, one folder each."""
    return (cache or cache_folder()) / "own"


def place(name: str, cache: Path | None = None) -> Path:
    """The folder of the own data set `own/NAME` (or NAME), there or not.

    Raises:
        DataError: A name that no data set may have.
    """
    plain = name.removeprefix(OWN)
    if not _NAME.fullmatch(plain) or plain in _DEVICES:
        raise DataError(
            f"Expected a name of up to 40 small letters, digits, - and _ that begins with a letter or digit, got {plain!r}. "
            "Choose another; the title may be any text."
        )
    return own_folder(cache) / plain


def card_of(name: str, cache: Path | None = None) -> Card:
    """The card called `name`, of the catalogue or, for `own/NAME`, of an own data set.

    Raises:
        DataError: No such data set, or its card is damaged.
    """
    if not name.startswith(OWN):
        return catalogue.card_of(name)
    path = place(name, cache) / "card.json"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))["card"]
        return card_from(fields)
    except FileNotFoundError:
        known = ", ".join(own_cards(cache)) or "none yet"
        raise DataError(f"Unknown data set {name!r}: own data sets here are {known}. Import it again.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{name}: its card.json is damaged ({error}). Forget this data set and import it again.") from error


def own_cards(cache: Path | None = None) -> dict[str, Card]:
    """The own data sets by name (`own/NAME`), in alphabetical order; a damaged one is left out."""
    found = {}
    for path in sorted(own_folder(cache).glob("*/card.json")):
        try:
            found[f"{OWN}{path.parent.name}"] = card_of(f"{OWN}{path.parent.name}", cache)
        except DataError:
            continue
    return found


def kept(card: Card, cache: Path | None = None) -> Arrays:
    """The arrays of an own data set.

    Raises:
        DataError: A damaged file.
    """
    arrays = read(place(card.name, cache) / "arrays.npz")
    if arrays is None:
        raise DataError(f"{card.title}: its arrays.npz is damaged or gone. Forget {card.name} and import it again.")
    return arrays


def keep(card: Card, arrays: Mapping[str, np.ndarray], about: Mapping[str, object], cache: Path | None = None) -> None:
    """Writes an own data set beside its place and moves it there when it is whole.

    Raises:
        DataError: The name is taken, or the folder cannot be written; nothing is left behind.
    """
    target = place(card.name, cache)
    if target.exists():
        raise DataError(f"There is a data set {card.name} already. Choose another name, or forget that one first.")
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        partial.mkdir(parents=True)
        with (partial / "arrays.npz").open("wb") as file:
            np.savez(file, **arrays)
        text = json.dumps({"card": asdict(card), **about}, ensure_ascii=False, indent=1)
        (partial / "card.json").write_text(text, encoding="utf-8")
        os.rename(partial, target)
    except OSError as error:
        raise DataError(
            f"{target} cannot be written ({error.strerror}). Free some space, choose another name, or set PNAS_CACHE to "
            "another folder."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def forget(name: str, cache: Path | None = None) -> None:
    """Removes an own data set; runs that used it keep their results but cannot be trained further.

    Raises:
        DataError: No such data set, or it cannot be removed.
    """
    folder = place(name, cache)
    if not folder.is_dir():
        raise DataError(f"There is no data set {OWN}{folder.name} to forget.")
    gone = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.part")
    try:
        os.rename(folder, gone)  # at once, so that nobody loads half of it
    except OSError as error:
        raise DataError(f"{folder} cannot be removed ({error.strerror}). Close what uses it and try again.") from error
    shutil.rmtree(gone, ignore_errors=True)


def card_from(fields: Mapping) -> Card:
    """The card that `asdict` and JSON made these fields of."""
    fields = dict(fields)
    front = fields.pop("front_end", None)
    fields = fields | {"shape": tuple(fields["shape"]), "classes": tuple(fields["classes"])}
    return Card(**fields, front_end=FrontEnd(**front) if front else None)
