"""Reading and writing the small files of a run so that a reader never sees half of one."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
SETTLED_NS = 50_000_000
"""Two writes may get the same time: a file that was written so recently is not taken for unchanged."""


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8")
    _replace(draft, path)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    _replace(draft, path)


def _replace(draft: Path, path: Path) -> None:
    for attempt in range(20):
        try:
            os.replace(draft, path)
            return
        except PermissionError:  # Windows, while a reader has the file open
            if attempt == 19:
                raise
            time.sleep(0.01)


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, indent=1))


def read_json(path: Path, default: Any = None) -> Any:
    """The value in the file, or `default` when there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default


def damage(error: Exception) -> str:
    """What is wrong with a JSON file that cannot be read, for whoever repairs it by hand."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from line {error.lineno}, column {error.colno} on"
    return f"{error}"


def append_line(path: Path, value: Any) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(value) + "\n")


def read_lines(path: Path) -> list[Any]:
    """The values of a file that `append_line` made; a last line that is still being written is left out."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


class Looks:
    """What files say, for whoever looks again and again: a file is read anew only after it has changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int, int], Any]] = {}

    def at(self, path: Path, read: Callable[[Path], T]) -> T | None:
        """What `read` makes of a file, None where there is none. The same object each time: not to be changed."""
        try:
            found = path.stat()
        except FileNotFoundError:
            self._known.pop(path, None)
            return None
        # Taken before the file is read: what is added meanwhile is found by the next look.
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        settled = time.time_ns() - found.st_mtime_ns > SETTLED_NS
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        value = read(path)
        if settled:
            self._known[path] = (stamp, value)
        return value
