"""Limits that cannot be met: which one is in the way, and what the smallest network of the space needs.

Before a search this is a bound on the space, during one a count of what went over which limit.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import NamedTuple

from pnas_kit.cost import Board, Cost, estimate
from pnas_kit.space import Arch, Shape, ShapeError, space
from pnas_kit.space.choices import GROUPS
from pnas_kit.space.layers import PRECISIONS

from .candidate import Candidate, Limits
from .evaluate import Problem

TITLES = {"ram_bytes": "RAM", "flash_bytes": "flash", "macs": "compute"}
ENOUGH = 30
"""Candidates after which a search that finds nothing that fits says why."""

RARE = 0.02
"""Share of fitting candidates below which a search says what stands in the way."""


class Need(NamedTuple):
    """The least of one figure that any network of the space needs, and that network in words."""

    needed: int
    words: str


class Obstacle(NamedTuple):
    """Of the candidates tried, the share over a limit, and by how much of the limit the nearest of them is over."""

    share: float
    nearest: float


def smallest(problem: Problem) -> dict[str, Need]:
    """For each limit the least that a network of the space needs. Takes a tenth of a second, once for a task and board.

    One superblock a group, the narrowest width, the smallest kernels and the most pruning make every figure smallest;
    strides lower the feature maps but cost shortcuts, so all their combinations are tried, in every family.
    """
    costs = _corner(problem.input_shape, problem.classes, problem.board, problem.engine, problem.int4, problem.head)
    needs = {}
    for name in Limits.__dataclass_fields__:
        arch, cost = min(costs, key=lambda item: getattr(item[1], name))
        needs[name] = Need(getattr(cost, name), arch.words)
    return needs


def impossible(problem: Problem) -> dict[str, str]:
    """A sentence for each limit that no network of the space meets; empty when every limit can be met by itself."""
    needs = smallest(problem)
    return {
        name: f"No network of this space meets the {TITLES[name]} limit of {in_words(name, limit)}: "
        f"the smallest needs {in_words(name, needs[name].needed)} ({needs[name].words})."
        for name, limit in asdict(problem.limits).items()
        if needs[name].needed > limit
    }


def obstacles(candidates: Sequence[Candidate]) -> dict[str, Obstacle]:
    """The limits that candidates went over, the one that stopped the most first.

    "shape" stands for nets with more strides than the input has pixels.
    """
    over: dict[str, list[float]] = {}
    for candidate in candidates:
        for name, excess in candidate.excess.items():
            if excess > 0:
                over.setdefault(name, []).append(excess)
    found = {name: Obstacle(len(values) / len(candidates), min(values)) for name, values in over.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1].share))


def what_blocks(candidates: Sequence[Candidate]) -> str:
    """Why hardly any candidate fits, in a sentence; empty while it is too early to say, or where enough of them do."""
    most = int(RARE * len(candidates))
    # No further than to the first too many: a long list is asked about again and again.
    fit = sum(1 for _ in itertools.islice((c for c in candidates if c.feasible), most + 1))
    if len(candidates) < ENOUGH or fit > most:
        return ""
    parts = []
    for name, (share, nearest) in obstacles(candidates).items():
        what = "have too many strides for the input" if name == "shape" else f"exceed {TITLES.get(name, name)}"
        parts.append(f"{100 * share:.0f} % {what}" + (f" (the nearest by {100 * nearest:.0f} %)" if not parts else ""))
    count = f"{fit or 'None'} of {len(candidates)} candidates {'fits' if fit < 2 else 'fit'}"
    return f"{count}: {', '.join(parts)}." if parts else ""


def in_words(name: str, value: float) -> str:
    """A limit's value with its unit."""
    return f"{value / 1e6:.3g} M MACs" if name == "macs" else f"{value / 1024:.1f} KiB"


@functools.lru_cache(maxsize=64)
def _corner(
    input_shape: Shape, classes: int, board: Board, engine: str | None, int4: bool, head: str
) -> tuple[tuple[Arch, Cost], ...]:
    """The nets at the small end of the space that the input can pass through, with their costs."""
    found = []
    for arch in _smallest_nets(input_shape, classes, PRECISIONS if int4 else PRECISIONS[:1], head):
        try:
            found.append((arch, estimate(arch.pruned, input_shape, board, engine=engine)))
        except ShapeError:
            continue
    return tuple(found)


def _smallest_nets(input_shape: Shape, classes: int, precisions: Sequence[int], head: str) -> Iterator[Arch]:
    choices = {choice.name: choice for choice in space(input_shape)}
    strides = itertools.product((1, 2), repeat=GROUPS)
    for family, stride, bits in itertools.product(choices["family"].options, strides, precisions):
        yield Arch(
            family=family,
            depth=(1 + min(choices["depth_0"].options),) * GROUPS,
            kernel=(3,) * GROUPS,
            stride=stride,
            width=choices["width"].low,
            sparsity=(choices["sparsity_0"].high,) * GROUPS,
            input_shape=input_shape,
            classes=classes,
            bits=(bits,) * GROUPS,
            head=head,
        )
