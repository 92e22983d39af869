"""Where a network's time and memory go, operator by operator: the figures behind the pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pnas_kit.space.layers import INPUT, Shape

from .boards import Board
from .memory import Buffer, lifetimes, plan, scratch_name
from .ops import Op
from .speed import cycles, speed


def latency_by_op(ops: Sequence[Op], board: Board, engine: str | None = None) -> list[tuple[str, float]]:
    """Name and milliseconds of every operator, in the order they run; they sum to `latency_ms`.

    Operators without MACs have 0, see `pnas_kit.cost.speed.cycles`.

    Raises:
        ValueError: nothing is known of the engine on the board's core.
    """
    at = speed(board.core, engine)
    return [(op.name, cycles(op, at) / board.clock_mhz / 1000) for op in ops]


@dataclass(frozen=True)
class Moment:
    """What is in the arena while one operator runs: the live buffers with their offsets, and their bytes in all."""

    op: str
    live: tuple[Buffer, ...]
    bytes: int


@dataclass(frozen=True)
class Timeline:
    """Memory over time.

    Attributes:
        moments: one for every operator.
        peak: index of the moment with the most live bytes, the first of equals.
        arena_bytes: what the planner takes; more than the peak where buffers leave gaps.
        hint: what makes the peak and what would lower it, in words.
    """

    moments: tuple[Moment, ...]
    peak: int
    arena_bytes: int
    hint: str


def memory_timeline(ops: Sequence[Op], input_shape: Shape) -> Timeline:
    """Live buffers during every operator, the peak, and what would lower it.

    Args:
        ops: with the scratch of the engine's kernels, from `planned_ops`, or that of the reference kernels, from `trace`.
    """
    started = lifetimes(ops, input_shape)
    placed = {b.name: b for b in plan(started)}
    buffers = [placed[b.name] for b in started]
    moments = []
    for index, op in enumerate(ops):
        live = tuple(b for b in buffers if b.first <= index <= b.last)
        moments.append(Moment(op.name, live, sum(b.size for b in live)))
    peak = max(range(len(ops)), key=lambda i: (moments[i].bytes, -i))
    arena = max(b.offset + b.size for b in buffers)
    return Timeline(tuple(moments), peak, arena, _hint(ops, moments[peak], ops[peak], arena))


def _hint(ops: Sequence[Op], moment: Moment, op: Op, arena: int) -> str:
    """Words for the peak: who is alive, who waits, and the parameter that acts on it."""
    inputs = ["the network's input" if name == INPUT else f"the output of {name}" for name in dict.fromkeys(op.inputs)]
    words = f"{moment.op} needs the most: {', '.join(inputs)} and its own output are alive together."
    if op.scratch_bytes:
        words += f" Its kernel takes {op.scratch_bytes} bytes of scratch beside them."
    waiting = [b.name for b in moment.live if b.name not in (*op.inputs, op.name, scratch_name(op.name))]
    words += "".join(f" {_waits(ops, name, moment.op)}" for name in waiting)
    words += f" {_remedy(op, bool(waiting))}"
    gap = arena - moment.bytes
    return words + (f" The planner leaves gaps of {gap} bytes beyond that." if gap else "")


def _waits(ops: Sequence[Op], name: str, during: str) -> str:
    """For whom a buffer stays in memory after `during`, which does not use it."""
    names = [op.name for op in ops]
    later = next((op.name for op in ops[names.index(during) + 1 :] if name in op.inputs), None)
    what = "The network's input" if name == INPUT else f"The output of {name}"
    return f"{what} stays as well, because {f'{later} still reads it' if later else 'the network answers with it'}."


def _remedy(op: Op, waiting: bool) -> str:
    group = _group(op.name)
    if INPUT in op.inputs:
        advice = "a smaller input, or fewer channels in the first layer"
    elif group is None:
        advice = "a stride earlier, or a smaller width"
    elif group == 0:
        advice = "a stride in group 0, a smaller width, or pruning of group 0"
    else:
        advice = f"a stride in group {group} or earlier, a smaller width, or pruning of group {group}"
    family = ", or a family without shortcuts and branches there" if waiting or op.kind in ("add", "concat") else ""
    return f"What lowers it: {advice}{family}."


def _group(name: str) -> int | None:
    """The group that a layer's name tells ("g0b1.dw" is in group 0), None outside the groups."""
    found = re.match(r"g(\d+)(?:b\d+)?\.", name)
    return int(found[1]) if found else None
