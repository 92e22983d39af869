"""A run among others: its title, its size, and how it is removed."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import emulation
from .folder import write_text
from .prototypes import RunError
from .quota import size

if TYPE_CHECKING:
    from .records import Status

TITLE = "title.txt"
LONGEST_TITLE = 80
ASIDE = ".deleted"
"""Where a run is moved to before its files are removed, beside the runs: no list of runs looks so deep."""


class Shelved:
    """What a run is to whoever keeps many; `path` is its folder, `status` how it stands."""

    path: Path
    status: Status

    @property
    def exists(self) -> bool:
        """Whether the run is still there; another process may have deleted it."""
        return (self.path / "config.json").is_file()

    # ---- its title

    @property
    def title(self) -> str:
        """What somebody called the run; empty where nobody did. The folder's name stays what identifies it."""
        try:
            return (self.path / TITLE).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def rename(self, title: str) -> None:
        """Give the run a title; an empty one takes it away.

        Raises:
            RunError: it is too long, or the run was deleted.
        """
        title = " ".join(title.split())
        if len(title) > LONGEST_TITLE:
            raise RunError(f"a title has at most {LONGEST_TITLE} characters, got {len(title)}: shorten it")
        if not title.isprintable():
            raise RunError("a title is one line of letters, digits and signs that can be seen: type it anew")
        self._refuse_if_gone()
        if title:
            write_text(self.path / TITLE, title + "\n")
        else:
            (self.path / TITLE).unlink(missing_ok=True)

    # ---- its size

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return size(self.path)

    # ---- its end

    @property
    def at_work(self) -> str:
        """What is at work on the run, in words; empty where nothing is."""
        if self.status.alive:
            return f"its {self.status.phase} is {self.status.state}"
        for folder in self.path.glob("prototypes/*"):
            found = emulation.read(folder)
            if found and found.state == "running":
                return f"prototype {folder.name} is being run on an emulated board"
        return ""

    def delete(self) -> None:
        """Remove the run and all that it made.

        It is moved aside in one step and removed there, so that nobody ever finds half of it. What a database recorded of
        the search stays there.

        Raises:
            RunError: something is at work on it, it is gone already, or it cannot be removed.
        """
        self._refuse_if_gone()
        if self.path.is_symlink():
            raise RunError(f"{self.path.name} is a link to a folder elsewhere: remove the link by hand")
        self._refuse_at_work(self)
        self._wait_for_the_last_runner()
        moved = self._moved_aside()
        try:
            self._refuse_at_work(type(self)(moved))  # something may have started until a moment ago; nothing can any more
        except RunError:
            moved.rename(self.path)
            raise
        _empty(moved.parent, type(self))

    def _moved_aside(self) -> Path:
        moved = self.path.parent / ASIDE / f"{self.path.name}-{secrets.token_hex(4)}"
        for attempt in range(3):  # another deletion may remove the place just before we use it
            try:
                moved.parent.mkdir(exist_ok=True)
                self.path.rename(moved)
                return moved
            except OSError as error:
                with contextlib.suppress(OSError):
                    moved.parent.rmdir()  # only where it is empty
                self._refuse_if_gone()
                if attempt == 2 or not isinstance(error, FileNotFoundError):
                    raise RunError(
                        f"the run cannot be removed ({error.strerror}): nothing of it was. Close whatever has one of its "
                        "files open, or allow writing, then delete it again"
                    ) from error
        raise AssertionError("the last attempt returns or raises")

    def _refuse_if_gone(self) -> None:
        if not self.exists:
            raise RunError(f"there is no run {self.path.name} any more: it was deleted")

    def _refuse_at_work(self, run: Shelved) -> None:
        if doing := run.at_work:
            raise RunError(f"the run cannot be deleted while {doing}: stop that first, or wait until it is done")


def _empty(aside: Path, kind: type[Shelved]) -> None:
    """Remove all runs that were moved aside, those that an earlier removal left too."""
    for left in aside.iterdir():
        if not _may_come_back(left, kind):
            shutil.rmtree(left, ignore_errors=True)
    stubborn = [left.name for left in _inside(aside)]
    with contextlib.suppress(OSError):
        aside.rmdir()
    if stubborn:
        raise RunError(
            f"the run is off the list, but some of its files stay in {ASIDE} of the folder of runs: something has them "
            "open, or they are write-protected. The next deletion tries again"
        )


def _may_come_back(left: Path, kind: type[Shelved]) -> bool:
    """Whether another process is about to move a run back because something is at work on it."""
    try:
        return bool(kind(left).at_work)
    except (RunError, OSError, ValueError, TypeError):
        return False


def _inside(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError):
        yield from folder.iterdir()
