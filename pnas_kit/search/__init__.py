"""Which networks to try and which to keep."""

from .candidate import Candidate, Limits
from .engine import LOOKAHEAD, SearchError, search
from .evaluate import PROXIES, Problem, evaluate
from .executors import Cluster, ClusterError
from .frame import frame
from .front import front, points, propose
from .smallest import impossible, smallest, what_blocks

__all__ = [
    "LOOKAHEAD", "PROXIES", "Candidate", "Cluster", "ClusterError", "Limits", "Problem", "SearchError", "evaluate", "frame",
    "front", "impossible", "points", "propose", "search", "smallest", "what_blocks",
]  # fmt: skip
