"""The workbench, its parts and the class view: ``from widgets import Workbench, Candidates, Replay, Classroom``."""

from importlib import import_module
from typing import Any

__all__ = ["Candidates", "Classroom", "Replay", "Workbench"]


def __getattr__(name: str) -> Any:
    # Lazy, so that `python -m widgets.serve` does not import what only a kernel needs.
    if name in __all__:
        return getattr(import_module(f"widgets.{name.lower()}"), name)
    raise AttributeError(f"module 'widgets' has no attribute {name!r}")
