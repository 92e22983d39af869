"""What the runs of a folder may take together and each: `limits.json` in the folder of runs."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from .folder import damage, read_json, write_json

FILE = "limits.json"
CORES_EACH = 2
"""What a runner keeps busy: a run has two workers unless its owner says otherwise."""
GIB = 2**30


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_runners() -> int:
    """As many runners as the cores can feed, at least one."""
    return max(1, cores() // CORES_EACH)


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Limits on the runners of a folder of runs.

    Attributes:
        runners: searches, trainings and emulations at work at the same time; the others wait in the queue.
        hours: that one start of a search or a training may take, the wait in the queue not counted; None for no limit.
        run_gib: of one run's folder; None for no limit.
        disk_gib: of the whole folder of runs; None for no limit.
    """

    runners: int = field(default_factory=default_runners)
    hours: float | None = None
    run_gib: float | None = None
    disk_gib: float | None = None

    def __post_init__(self) -> None:
        if self.runners < 1:
            raise ValueError(f"runners are at least 1, got {self.runners}")
        for name in ("hours", "run_gib", "disk_gib"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} is above 0, or None for no limit, got {value}")

    @classmethod
    def of(cls, root: Path) -> Quota:
        """The limits of a folder of runs; without a file, the default number of runners and no other limit.

        Raises:
            ValueError: the file is damaged.
        """
        known = {entry.name for entry in fields(cls)}
        try:
            return cls(**{name: value for name, value in read_json(root / FILE, {}).items() if name in known})
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{FILE} in the folder of runs cannot be read ({damage(error)}): repair or remove it"
            ) from error

    def write(self, root: Path) -> None:
        """Make these the folder's limits; runners that are at work or waiting obey them within seconds."""
        root.mkdir(parents=True, exist_ok=True)
        write_json(root / FILE, asdict(self))

    @property
    def words(self) -> str:
        """The limits in a line."""
        parts = [f"at most {self.runners} at work"]
        parts += [f"{self.hours:g} hours per start"] if self.hours else []
        parts += [f"{self.run_gib:g} GiB per run"] if self.run_gib else []
        parts += [f"{self.disk_gib:g} GiB for all runs"] if self.disk_gib else []
        return ", ".join(parts)

    def overtime(self, seconds: float) -> str:
        """Why a phase that has been at work for so long has to end; empty while it may go on."""
        if self.hours is None or seconds <= 3600 * self.hours:
            return ""
        return (
            f"The time limit of {self.hours:g} hours is used up. Everything that was finished is kept: continue, and it "
            "goes on from there when its turn comes again."
        )

    def overfull(self, run: Path) -> str:
        """Why a run has to end for the disk's sake; empty while it may go on."""
        if self.run_gib is not None and (found := size(run) / GIB) > self.run_gib:
            return (
                f"This run takes {found:.3g} GiB of the disk, {self.run_gib:g} are allowed. Everything that was finished is "
                "kept: download what you need and begin a new run, with fewer prototypes."
            )
        if self.disk_gib is not None and (found := size(run.parent) / GIB) > self.disk_gib:
            return (
                f"All runs together take {found:.3g} GiB of the disk, {self.disk_gib:g} are allowed. Everything that was "
                "finished is kept: delete runs that nobody needs, or ask who serves this page, then continue."
            )
        return ""


def size(folder: Path) -> int:
    """Bytes of all files in a folder; files that go meanwhile count nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name), follow_symlinks=False).st_size
            except OSError:
                continue
    return total
