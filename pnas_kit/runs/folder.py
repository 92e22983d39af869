"""Reading and writing the small files of a run so that a reader never sees half of one."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


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


def append_line(path: Path, value: Any) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(value) + "\n")


def read_lines(path: Path) -> list[Any]:
    """The values of a file that `append_line` made; a last line that is still being written is left out."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]
