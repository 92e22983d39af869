"""PrototypeNAS workbench: find, train and verify networks that fit a microcontroller.

The names below are loaded when they are first used, so that a notebook or app that only looks at runs stays light.
"""

from importlib import import_module

_HOME = {
    "Arch": "space",
    "Board": "cost",
    "Candidate": "search",
    "Config": "runs",
    "Limits": "search",
    "Problem": "search",
    "Recipe": "learn",
    "Run": "runs",
    "Training": "learn.train",
    "arena": "deploy",
    "boards": "cost",
    "detection_loss": "learn.detection",
    "estimate": "cost",
    "evaluate": "deploy",
    "explore": "notebook",
    "frame": "search",
    "front": "search",
    "load": "learn.data",
    "propose": "search",
    "proxy_batches": "learn.data",
    "quantise": "deploy",
    "write_tflite": "deploy",
}
__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"pnas_kit has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"pnas_kit.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
