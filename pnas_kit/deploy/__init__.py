"""Putting a trained net on the chip: int8 `.tflite`, runs on this machine, C array, model card.

Only `quantise` needs torch, which is loaded when it is first asked for: what runs a finished file stays light.
"""

from .c_array import c_header
from .engine import RuntimeMissing
from .micro import Arena, arena, micro_run
from .model import Affine, QuantError, QuantModel, Weights, with_softmax
from .report import html_report
from .runtime import Interpreter, Output, Score, Stopped, evaluate
from .tflite import write_tflite

__all__ = [
    "Affine", "Arena", "Interpreter", "Output", "QuantError", "QuantModel", "RuntimeMissing", "Score", "Stopped", "Weights",
    "arena", "c_header", "evaluate", "html_report", "micro_run", "quantise", "with_softmax",
    "write_tflite",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name == "quantise":
        from .quantiser import quantise

        return quantise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
