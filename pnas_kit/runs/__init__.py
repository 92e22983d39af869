"""Runs: folders that hold a search and what became of its prototypes."""

from .emulation import Emulation
from .recorded import recorded
from .records import Config, Progress, Result, Status
from .run import Run, RunError, default_root, find, runs, unreadable

__all__ = [
    "Config", "Emulation", "Progress", "Result", "Run", "RunError", "Status", "default_root", "find", "recorded", "runs",
    "unreadable",
]  # fmt: skip
