"""C99 for any microcontroller: the quantised net as source, and its run on emulated boards."""

from .generator import generate
from .numbers import CodeError

__all__ = ["CodeError", "generate"]
