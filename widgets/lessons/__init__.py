"""The lessons' small apps and what their notebooks call: ``from widgets.lessons import check, source, SearchSpace``.

The names are loaded when they are first used, so that an app does not wait for what only another one needs.
"""

import os
from importlib import import_module
from typing import Any

_HOME = {
    "ChipCost": "chip_cost",
    "OntoChip": "onto_chip",
    "ParetoFront": "pareto",
    "SearchSpace": "search_space",
    "TrainPruneQuantise": "training",
    "Untrained": "untrained",
    "check": "answers",
    "page_colours": "page_colours",
    "source": "source",
}
__all__ = [*sorted(_HOME), "sized"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"widgets.lessons has no {name!r}; it has {', '.join(__all__)}")
    found = getattr(import_module(f"widgets.lessons.{_HOME[name]}"), name)
    globals()[name] = found  # some are also the name of their module, which the import has put here
    return found


def sized(full: Any, small: Any) -> Any:
    """``full``, or ``small`` where PNAS_LESSON_SMALL is 1: the tests run every lesson with small parameters."""
    return small if os.environ.get("PNAS_LESSON_SMALL") == "1" else full
