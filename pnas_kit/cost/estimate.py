"""What a network costs on a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pnas_kit.space.layers import Layers, Shape

from .boards import Board, speed
from .flash import tflite_bytes
from .memory import arena_bytes
from .ops import Op, trace
from .tail import tail_bytes


@dataclass(frozen=True)
class Cost:
    """Cost of the deployed int8 network.

    Attributes:
        macs: multiply-accumulates of one inference (FLOPs are twice that).
        params: weights and biases.
        arena_bytes: feature maps as TensorFlow Lite Micro places them.
        ram_bytes: the arena and the runtime's persistent part on a 32-bit core, which is derived, not measured.
        flash_bytes: the `.tflite` file.
        latency_ms: estimated; see `Speed.band` for how well.
        energy_mj: estimated from the board's power; None where no power is published.
    """

    macs: int
    params: int
    arena_bytes: int
    ram_bytes: int
    flash_bytes: int
    latency_ms: float
    energy_mj: float | None


def estimate(layers: Layers, input_shape: Shape, board: Board) -> Cost:
    """The cost of `layers` on `board`.

    Raises:
        ShapeError: the input cannot pass through the layers.
    """
    ops = trace(layers, input_shape)
    arena = arena_bytes(ops, input_shape)
    latency = latency_ms(ops, board)
    return Cost(
        macs=sum(op.macs for op in ops),
        params=sum(op.params for op in ops),
        arena_bytes=arena,
        ram_bytes=arena + tail_bytes(layers),
        flash_bytes=tflite_bytes(layers, input_shape),
        latency_ms=latency,
        energy_mj=None if board.power_mw is None else board.power_mw * latency / 1000,
    )


def latency_ms(ops: Sequence[Op], board: Board) -> float:
    """Milliseconds of one inference: MACs times the core's cycles per MAC of that kind, over the clock.

    Adds, pools and concatenations have no MACs and are left out; they are a few percent of the nets it was fitted on.
    """
    cycles = speed(board.core).cycles
    return sum(op.macs * cycles[op.kind] for op in ops if op.macs) / board.clock_mhz / 1000
