"""Which networks to try and which to keep."""

from .candidate import Candidate, Limits
from .engine import SearchError, search
from .evaluate import PROXIES, Problem, evaluate
from .front import front, points, propose, propose_curve
from .history import History

__all__ = [
    "PROXIES",
    "Candidate",
    "History",
    "Limits",
    "Problem",
    "SearchError",
    "evaluate",
    "front",
    "points",
    "propose",
    "propose_curve",
    "search",
]
