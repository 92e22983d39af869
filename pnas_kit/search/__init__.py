"""Which networks to try and which to keep."""

from .best import Best, best_under
from .candidate import Candidate, Limits
from .engine import LOOKAHEAD, SearchError, search
from .evaluate import PROXIES, Problem, evaluate, titles
from .executors import Cluster, ClusterError
from .frame import frame
from .front import front, points, propose, propose_curve
from .history import History
from .smallest import impossible, smallest, what_blocks

__all__ = [
    "LOOKAHEAD", "PROXIES", "Best", "Candidate", "Cluster", "ClusterError", "History", "Limits", "Problem", "SearchError",
    "best_under", "evaluate", "frame", "front", "impossible", "points", "propose", "propose_curve", "search", "smallest",
    "titles", "what_blocks",
]  # fmt: skip
