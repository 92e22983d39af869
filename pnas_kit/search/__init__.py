"""Which networks to try and which to keep."""

from .candidate import Candidate, Limits
from .engine import SearchError, search
from .evaluate import PROXIES, Problem, evaluate
from .frame import frame
from .front import front, points, propose
from .smallest import impossible, smallest, what_blocks

__all__ = [
    "PROXIES", "Candidate", "Limits", "Problem", "SearchError", "evaluate", "frame", "front", "impossible", "points",
    "propose", "search", "smallest", "what_blocks",
]  # fmt: skip
