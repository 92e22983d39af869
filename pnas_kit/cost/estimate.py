"""What a network costs on a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pnas_kit.space.layers import Layers, Shape

from .boards import Board
from .cimage import GENERATED_C, c_flash_bytes, c_ram_bytes
from .flash import tflite_bytes
from .memory import arena_bytes
from .ops import Op, trace
from .scratch import planned_ops
from .speed import Estimated, combined, cycles, speed
from .tail import tail_bytes


@dataclass(frozen=True)
class Cost:
    """Cost of the deployed int8 network.

    Attributes:
        macs: multiply-accumulates of one inference (FLOPs are twice that).
        params: weights and biases.
        arena_bytes: feature maps as TensorFlow Lite Micro places them with its reference kernels.
        ram_bytes: with TensorFlow Lite Micro the arena, with CMSIS-NN's scratch where the engine has it, and the runtime's
            persistent part on a 32-bit core; scratch and persistent part are derived, not measured. With the generated C
            its one arena.
        flash_bytes: the `.tflite` file, or code and constants of the generated C.
        latency_ms: estimated; `latency` gives its band.
        energy_mj: estimated from the board's power, None where no power is published; `energy` gives its band.
    """

    macs: int
    params: int
    arena_bytes: int
    ram_bytes: int
    flash_bytes: int
    latency_ms: float
    energy_mj: float | None


def estimate(layers: Layers, input_shape: Shape, board: Board, *, engine: str | None = None) -> Cost:
    """The cost of `layers` on `board` with an engine of `speeds(board.core)`, or the core's default.

    Raises:
        ShapeError: the input cannot pass through the layers.
        ValueError: nothing is known of the engine on the board's core.
    """
    ops, name = trace(layers, input_shape), speed(board.core, engine).engine
    spent = energy(ops, board, engine)
    return Cost(
        macs=sum(op.macs for op in ops),
        params=sum(op.params for op in ops),
        arena_bytes=arena_bytes(ops, input_shape),
        ram_bytes=ram_bytes(layers, input_shape, name, board.core),
        flash_bytes=flash_bytes(layers, input_shape, engine),
        latency_ms=latency_ms(ops, board, engine),
        energy_mj=None if spent is None else spent.value,
    )


def ram_bytes(layers: Layers, input_shape: Shape, engine: str | None = None, core: str = "") -> int:
    """Bytes of RAM that an engine needs on a core; every engine but the generated C is taken for TensorFlow Lite Micro.

    Only CMSIS-NN's scratch is known (`scratch.py`): other engines count as the reference kernels, and so does None.
    """
    if engine == GENERATED_C:
        return c_ram_bytes(layers, input_shape)
    return arena_bytes(planned_ops(layers, input_shape, engine, core), input_shape) + tail_bytes(layers)


def flash_bytes(layers: Layers, input_shape: Shape, engine: str | None = None) -> int:
    """Bytes of flash that an engine needs for the network, its own code not counted where it is not generated with it."""
    if engine == GENERATED_C:
        return c_flash_bytes(layers, input_shape)
    return tflite_bytes(layers, input_shape)


def latency_ms(ops: Sequence[Op], board: Board, engine: str | None = None) -> float:
    """Milliseconds of one inference: MACs times cycles per MAC of their kind, over the clock."""
    at = speed(board.core, engine)
    return sum(cycles(op, at) for op in ops) / board.clock_mhz / 1000


def latency(ops: Sequence[Op], board: Board, engine: str | None = None) -> Estimated:
    """Milliseconds of one inference with their band."""
    return Estimated(latency_ms(ops, board, engine), speed(board.core, engine).band)


def energy(ops: Sequence[Op], board: Board, engine: str | None = None) -> Estimated | None:
    """Millijoules of one inference with their band; None where the board's power is not published.

    The band joins the latency's and the spread of the published power; where there is no spread it is the latency's
    alone, and too narrow by what is not known.
    """
    if board.power_mw is None:
        return None
    time = latency(ops, board, engine)
    return Estimated(board.power_mw * time.value / 1000, combined(time.band, board.power_spread or 0.0))
