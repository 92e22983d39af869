"""What a network costs on a chip. Pure arithmetic over layers: no torch."""

from .boards import Board, Speed, boards, speed
from .estimate import Cost, estimate, latency_ms
from .memory import Buffer, arena_bytes, lifetimes, live_bytes, plan
from .ops import Op, trace

__all__ = [
    "Board", "Buffer", "Cost", "Op", "Speed", "arena_bytes", "boards", "estimate", "latency_ms",
    "lifetimes", "live_bytes", "plan", "speed", "trace",
]  # fmt: skip
