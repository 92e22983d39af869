"""Whether this machine has the memory and the disk for a phase, told before it starts.

What a phase takes was measured, not guessed: `python benchmarks/footprint.py digits fashion_mnist cifar10`; the figures are
below and rounded up (docs/figures.md has them as they were).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from math import prod
from pathlib import Path

import psutil

from pnas_kit.learn.data import Card

from .records import Config

MIB = 2**20
RUNNER_BYTES = 110 * MIB
WORKER_BYTES = {"search": 310 * MIB, "train": 420 * MIB}
DATA_COPIES = {"search": 1.3, "train": 1.8}
"""Times the data set as float32 numbers: in the runner of a search, in each worker of a training."""
TRIAL_BYTES = 4 * 1024
FOLDER_PER_FLASH = 40
"""Times the flash of a prototype that its folder takes at most: checkpoint, files, and a draft of one being replaced."""
FLOAT_BYTES = 4
CGROUP = Path("/sys/fs/cgroup")
"""Where Linux tells what a container may use; there is no such folder elsewhere, and no such limit."""


@dataclass(frozen=True)
class Need:
    """What a phase takes on this machine, in bytes; memory with one worker, and with each one more."""

    disk: int
    memory: int
    per_worker: int


def need(config: Config, card: Card, phase: str, prototypes: int = 1) -> Need:
    """What a phase of a run takes; `prototypes` are those that a training has yet to make."""
    data = FLOAT_BYTES * (card.train + card.test) * prod(card.shape) * DATA_COPIES[phase]
    if config.executor:  # the workers are elsewhere; who trains there loads the data there
        return Need(_disk(config, phase, prototypes), RUNNER_BYTES + round(data if phase == "search" else 0), 0)
    worker = WORKER_BYTES[phase] + round(data if phase == "train" else 0)
    runner = RUNNER_BYTES + round(data if phase == "search" else 0)
    return Need(_disk(config, phase, prototypes), runner + worker, worker)


def _disk(config: Config, phase: str, prototypes: int) -> int:
    return config.trials * TRIAL_BYTES if phase == "search" else prototypes * FOLDER_PER_FLASH * config.flash_bytes


def shortages(config: Config, card: Card, phase: str, root: Path, prototypes: int = 1) -> list[str]:
    """What this machine lacks for a phase, a sentence each with what to do; empty where it has enough.

    Args:
        root: the folder of runs, or where it will be.
    """
    wanted = need(config, card, phase, prototypes)
    found = [short for short in (disk_shortage(wanted.disk, root),) if short]
    workers = config.workers if phase == "search" else min(config.workers, prototypes)
    total, free = wanted.memory + (workers - 1) * wanted.per_worker, free_memory()
    if total > free:
        fits = (free - wanted.memory) // wanted.per_worker + 1 if wanted.per_worker else 0
        advice = f"Use {fits} worker{'s' if fits > 1 else ''}, or close" if fits > 0 else "Close"
        many = f"{workers} workers take" if workers > 1 else "this takes"
        found.append(
            f"Memory is short: {many} about {total / MIB:,.0f} MiB, {free / MIB:,.0f} MiB are free. {advice} other "
            "programs: the system ends what finds no memory."
        )
    return found


def disk_shortage(wanted: int, root: Path) -> str:
    """Why the disk of the folder of runs cannot take so many bytes more; empty where it can."""
    place = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if wanted <= free:
        return ""
    return (
        f"The disk is too full: this takes about {wanted / MIB:,.1f} MiB in the folder of runs, {free / MIB:,.1f} MiB are "
        "free. Free some space, or delete runs that you no longer need."
    )


def free_memory() -> int:
    """Bytes that processes here can still take, of the machine or of the container that it is."""
    free = psutil.virtual_memory().available
    limit, used = _number(CGROUP / "memory.max"), _number(CGROUP / "memory.current")
    if limit is None or used is None:
        return free
    return min(free, limit - used + _reclaimable())


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # no container, or "max": no limit
        return None


def _reclaimable() -> int:
    """Bytes of files that the system keeps in memory only until somebody needs the room."""
    try:
        lines = (CGROUP / "memory.stat").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
