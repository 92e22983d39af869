"""Processes that outlive whoever started them, and whether they are still there."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

STARTING_SECONDS = 60
"""After so long without a sign a process that was being started counts as crashed."""


def launch(log: Path, *arguments: str) -> None:
    """Start `python -m pnas_kit ARGUMENTS`, detached; what it says is added to the log."""
    with log.open("ab") as said:
        subprocess.Popen(
            [sys.executable, "-m", "pnas_kit", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            **_detached(),
        )


def is_alive(pid: int | None, started: float) -> bool:
    """Whether the process is at work, or (without a `pid`) may still be starting."""
    if pid is None:
        return time.time() - started < STARTING_SECONDS
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _detached() -> dict:
    """Arguments that let a child process live on when its parent, or its parent's terminal, ends."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
