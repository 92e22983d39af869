"""Looks at files, says what they are, and keeps them as a data set once a person agrees."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data import kept
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.card import Card, DataError
from pnas_kit.learn.own.examine import examine, look_twice
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.formats import format_of
from pnas_kit.learn.own.found import Found
from pnas_kit.learn.own.parts import folds, separate, whole_pictures
from pnas_kit.learn.own.settings import Settings

_FEW = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class Understanding:
    """What was understood of files, before anything is kept.

    Attributes:
        title: Name of the file or folder.
        found: All samples.
        train, test: Indices into them.
        groups: int64 `(training samples,)` for validation parts, or None.
        split: How they were separated, in words.
        settings: As they were given.
    """

    title: str
    found: Found
    train: np.ndarray
    test: np.ndarray
    groups: np.ndarray | None
    split: str
    settings: Settings

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Training and test samples of each class; boxes for detection."""
        if self.found.boxes is not None:
            train, test = (self.found.boxes.take(part).rows[:, 0] for part in (self.train, self.test))
        else:
            train, test = self.found.y[self.train], self.found.y[self.test]
        return {name: (int((train == i).sum()), int((test == i).sum())) for i, name in enumerate(self.found.classes)}

    @property
    def words(self) -> str:
        """What was understood, in one paragraph."""
        found = self.found
        height, width, channels = found.x.shape[1:]
        each = {
            "image": f"pictures of {width} × {height} pixels, {channels} channel{'s' * (channels > 1)}",
            "detection": f"pictures of {width} × {height} pixels with {len(found.boxes.rows) if found.boxes else 0:,} boxes",
            "series": f"series of {width} points, {channels} channel{'s' * (channels > 1)}",
        }[found.task]
        rate = f" at {found.sampling_hz:g} Hz" if found.sampling_hz else ""
        total = f"{len(found.x):,} {each}{rate}, {len(found.classes)} class{'es' * (len(found.classes) > 1)}"
        parts = f"{len(self.train):,} for training, {len(self.test):,} for testing ({self.split})"
        return " ".join([f"{found.form}: {total}; {parts}.", *found.notes])

    def examples(self, per_class: int = 1) -> list[tuple[str, np.ndarray]]:
        """Class name and sample `(height, width, channels)`, from the training part, class after class."""
        if self.found.boxes is not None:
            return [("", self.found.x[i]) for i in self.train[:_FEW]]
        y = self.found.y[self.train]
        return [
            (name, self.found.x[index])
            for label, name in enumerate(self.found.classes)
            for index in self.train[np.flatnonzero(y == label)[:per_class]]
        ]


def recognise(path: Path | str) -> str:
    """The name of the format of the files at `path`, by their names and first lines alone.

    Raises:
        DataError: None is recognised.
    """
    files = Files(_place(path))
    try:
        return format_of(files).name
    finally:
        files.close()


def understand(path: Path | str, settings: Settings | None = None, **changes: object) -> Understanding:
    """What the files at `path` hold; nothing is written.

    Args:
        path: A file, a zip archive or a folder.
        settings: Decisions; single ones may be given by name instead.
        changes: Fields of `Settings`.

    Raises:
        DataError: No format is recognised, or the data cannot be used; says which file, why and what to do.
    """
    settings = settings or _settings(changes)
    files = Files(_place(path))
    try:
        found = format_of(files, settings.form).read(files, settings)
    except MemoryError as error:
        raise DataError(f"{files.title}: not enough memory to read it. Use less of it, or smaller pictures.") from error
    finally:
        files.close()
    if files.left_out:
        found.warnings.append(f"Links that were not followed: {len(files.left_out)}, the first is {files.left_out[0]!r}.")
    examine(found, files.title)
    train, test, split = separate(found, settings.test_share, settings.seed)
    look_twice(found, train, test, files.title)
    groups = None
    if found.groups is not None:
        groups = folds(found.y[train], found.groups[train]) if found.boxes is None else whole_pictures(found.groups[train])
        if groups is None and len(np.unique(found.groups)) < len(found.x):
            found.warnings.append(
                f"Too few {found.group_word}s for a validation part of whole ones: the accuracy during training will look "
                "better than that of the test part. More of them would help."
            )
    return Understanding(
        title=files.title, found=found, train=train, test=test, groups=groups, split=split, settings=settings
    )


def take_in(understanding: Understanding, name: str, title: str | None = None, *, cache: Path | None = None) -> Card:
    """Keeps the data as `own/NAME`; afterwards `load("own/NAME")` gives them.

    Args:
        understanding: From `understand`.
        name: Small letters, digits, - and _.
        title: What people call it; by default the name.
        cache: As for `load`.

    Raises:
        DataError: An unusable or taken name, or no room; nothing is left behind.
    """
    kept.place(name, cache)
    found, train, test = understanding.found, understanding.train, understanding.test
    train_y, test_y = (found.y[part] if found.boxes is None else found.boxes.take(part) for part in (train, test))
    arrays = Arrays(
        train_x=found.x[train], train_y=train_y, test_x=found.x[test], test_y=test_y, groups=understanding.groups
    )  # fmt: skip
    card = _card(understanding, name.removeprefix(kept.OWN), title, f", sha256 {plain.digest(arrays)[:16]}")
    plain.check(arrays, card)
    about = {"notes": found.notes, "warnings": found.warnings, "settings": asdict(understanding.settings)}
    kept.keep(card, plain.named(arrays), about, cache)
    return card


def _place(path: Path | str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise DataError(f"{path}: there is no such user. Write the whole path.") from error


def _settings(changes: dict) -> Settings:
    try:
        return Settings(**changes)
    except TypeError as error:
        raise DataError(f"Expected settings among {', '.join(Settings.__dataclass_fields__)}: {error}.") from error


def _card(understanding: Understanding, name: str, title: str | None, mark: str) -> Card:
    found, counts = understanding.found, [train for train, _ in understanding.counts.values()]
    return Card(
        name=f"{kept.OWN}{name}",
        title=" ".join((title or name).split()) or name,
        task=found.task,
        summary=f"Your own data: {understanding.words}",
        shape=tuple(int(side) for side in found.x.shape[1:]),
        unit=found.unit,
        classes=found.classes,
        train=len(understanding.train),
        test=len(understanding.test),
        split=understanding.split,
        licence="your own data",
        citation="none",
        source=f"{understanding.title}, imported {time.strftime('%Y-%m-%d')}{mark}",
        download_bytes=0,
        sampling_hz=found.sampling_hz,
        known="none yet",
        balanced=max(counts) <= 2 * max(1, min(counts)),
        front_end=found.front_end,
    )
