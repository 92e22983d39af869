"""What a network costs on a chip. Pure arithmetic over layers: no torch."""

from .beside import Room, beside, room
from .boards import Board, boards
from .estimate import Cost, energy, estimate, latency, latency_ms
from .explain import Moment, Timeline, latency_by_op, memory_timeline
from .memory import Buffer, arena_bytes, lifetimes, live_bytes, plan
from .ops import Op, trace
from .scratch import CMSIS_NN, cmsis_nn_bytes, planned_ops
from .speed import Estimated, Speed, cores, speed, speeds

__all__ = [
    "CMSIS_NN",
    "Board",
    "Buffer",
    "Cost",
    "Estimated",
    "Moment",
    "Op",
    "Room",
    "Speed",
    "Timeline",
    "arena_bytes",
    "beside",
    "boards",
    "cmsis_nn_bytes",
    "cores",
    "energy",
    "estimate",
    "latency",
    "latency_by_op",
    "latency_ms",
    "lifetimes",
    "live_bytes",
    "memory_timeline",
    "plan",
    "planned_ops",
    "room",
    "speed",
    "speeds",
    "trace",
]  # fmt: skip
