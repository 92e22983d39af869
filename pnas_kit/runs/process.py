"""Processes that outlive whoever started them, and whether they are still there."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import psutil

STARTING_SECONDS = 60
"""After so long without a sign a process that was being started counts as crashed."""

LEAVING_SECONDS = 5
"""How long to wait for processes that were ended to be gone."""


def launch(log: Path, *arguments: str) -> int:
    """Start `python -m pnas_kit ARGUMENTS`, detached; what it says is added to the log. Returns its pid."""
    with log.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "pnas_kit", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            **_detached(),
        ).pid


def is_alive(pid: int | None, started: float) -> bool:
    """Whether the process is at work, or (without a `pid`) may still be starting."""
    if pid is None:
        return time.time() - started < STARTING_SECONDS
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(pid: int | None, started: float) -> None:
    """End a process and all that it started, at once, on every system; nothing where it is gone already."""
    if pid is None or not is_alive(pid, started):
        return
    try:
        process = psutil.Process(pid)
        process.suspend()  # or it would start more, and take the end of its children for their failure
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(family, timeout=LEAVING_SECONDS)


def _detached() -> dict:
    """Arguments that let a child process live on when its parent, or its parent's terminal, ends."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
