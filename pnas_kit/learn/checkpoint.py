"""The file that an interrupted training goes on from."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import torch


def save(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint whole or not at all: a training that is killed meanwhile still has the one before."""
    draft = path.with_suffix(".draft")
    torch.save(state, draft)
    os.replace(draft, path)


def taken_up(path: Path, of: dict[str, Any], device: torch.device | str = "cpu") -> dict[str, Any] | None:
    """What an earlier training of the same version, settings and data (`of`) saved; of another None, and a warning."""
    if not path.exists():
        return None
    state = torch.load(path, weights_only=True, map_location=device)
    if state.get("of") == of:
        return state
    warnings.warn(f"{path.name} is of another version, seed, net, recipe or data: this training begins anew", stacklevel=3)
    return None
