"""RAM of the deployed network: when each feature map lives and where the runtime puts it.

TensorFlow Lite Micro places feature maps once, before the first run, with a greedy planner; the rules here reproduce its
arena byte for byte (tests hold it against the real allocator).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pnas_kit.space.layers import INPUT, Shape

from .ops import Op

ALIGNMENT = 16


@dataclass(frozen=True)
class Buffer:
    """A feature map in the arena: `size` bytes at `offset`, alive from operator `first` to operator `last` inclusive."""

    name: str
    size: int
    first: int
    last: int
    offset: int = 0


def lifetimes(ops: Sequence[Op], input_shape: Shape) -> list[Buffer]:
    """Every feature map in the order of the tensors in the file, then the operators' scratch; sizes are rounded up.

    The input lives from the first operator, outputs (what no operator reads) to the last, scratch during its operator.
    """
    last = {name: i for i, op in enumerate(ops) for name in op.inputs}
    made = [(INPUT, math.prod(input_shape), 0), *((op.name, op.output_bytes, i) for i, op in enumerate(ops))]
    maps = [Buffer(name, _aligned(size), first, last.get(name, len(ops) - 1)) for name, size, first in made]
    own = [(scratch_name(op.name), _aligned(op.scratch_bytes), i) for i, op in enumerate(ops) if op.scratch_bytes]
    scratch = [Buffer(name, size, i, i) for name, size, i in own]
    return maps + scratch


def scratch_name(op: str) -> str:
    """The name of an operator's scratch among the buffers."""
    return f"{op} scratch"


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def plan(buffers: Sequence[Buffer]) -> list[Buffer]:
    """The buffers with their offsets: largest first, each at the lowest gap among those alive at the same time.

    Of equal sizes the later tensor is placed first, as the runtime does.
    """
    placed: list[Buffer] = []
    for index in sorted(range(len(buffers)), key=lambda i: (-buffers[i].size, -i)):
        b = buffers[index]
        neighbours = sorted((p for p in placed if p.first <= b.last and b.first <= p.last), key=lambda p: p.offset)
        placed.append(Buffer(b.name, b.size, b.first, b.last, _lowest_gap(neighbours, b.size)))
    return placed


def _lowest_gap(neighbours: Sequence[Buffer], size: int) -> int:
    offset = 0
    for other in neighbours:
        if offset + size <= other.offset:
            break
        offset = max(offset, other.offset + other.size)
    return offset


def arena_bytes(ops: Sequence[Op], input_shape: Shape) -> int:
    """Bytes of the runtime's arena for feature maps (TFLM's head)."""
    return max(b.offset + b.size for b in plan(lifetimes(ops, input_shape)))


def live_bytes(ops: Sequence[Op], input_shape: Shape) -> list[int]:
    """Bytes of feature maps alive during each operator; the largest is the least RAM any planner could reach."""
    buffers = lifetimes(ops, input_shape)
    return [sum(b.size for b in buffers if b.first <= i <= b.last) for i in range(len(ops))]
