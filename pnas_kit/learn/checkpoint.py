"""The file that an interrupted training goes on from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch


def save(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint whole or not at all: a training that is killed meanwhile still has the one before."""
    draft = path.with_suffix(".draft")
    torch.save(state, draft)
    os.replace(draft, path)
