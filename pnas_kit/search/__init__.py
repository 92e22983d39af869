"""Which networks to try and which to keep."""

from .candidate import Candidate, Limits
from .engine import SearchError, search
from .evaluate import PROXIES, Problem, evaluate

__all__ = ["PROXIES", "Candidate", "Limits", "Problem", "SearchError", "evaluate", "search"]
