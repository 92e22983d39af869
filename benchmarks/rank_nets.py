"""The nets of the ranking study: feasible, of every family and size."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping

import numpy as np

from pnas_kit.cost import Cost, boards, estimate, trace
from pnas_kit.learn.data import Card
from pnas_kit.search import Limits
from pnas_kit.space import Arch, ShapeError, space

BOARD = "nano-33-ble"
PARAMETERS = ("depth", "kernel", "sparsity", "stride", "width")
MOST_MACS = 2_500_000
"""Below what the board's default limits allow: three hundred trainings must fit into an hour of one core."""
DRAWS = 100
"""Feasible nets drawn of each family, from which those nearest to evenly spread log MACs are taken."""


def sampled(shape: tuple[int, int, int], classes: int, nets: int) -> list[Arch]:
    """Feasible architectures, as many of each family, each family's evenly spread in log MACs, in random order."""
    families = space(shape)[0].options
    columns = [_spread(shape, classes, family, -(-nets // len(families))) for family in families]
    return [arch for row in zip(*columns, strict=True) for arch in row][:nets]


def _spread(shape: tuple[int, int, int], classes: int, family: str, count: int) -> list[Arch]:
    rng = random.Random(family)
    drawn = sorted((feasible(rng, shape, classes, family) for _ in range(DRAWS)), key=lambda pair: pair[1].macs)
    logs = np.log([cost.macs for _, cost in drawn])
    chosen: list[int] = []
    for wanted in np.linspace(logs[0], logs[-1], count):
        distance = np.abs(logs - wanted)
        distance[chosen] = np.inf
        chosen.append(int(np.argmin(distance)))
    rng.shuffle(chosen)
    return [drawn[i][0] for i in chosen]


def feasible(rng: random.Random, shape: tuple[int, int, int], classes: int, family: str | None = None) -> tuple[Arch, Cost]:
    """A random architecture that meets the board's default limits and `MOST_MACS`, and its cost."""
    board = boards()[BOARD]
    limits = Limits.of(board)
    while True:
        params = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(shape)}
        arch = Arch.from_params(params | ({"family": family} if family else {}), shape, classes)
        try:
            macs = sum(op.macs for op in trace(arch.pruned, shape))
        except ShapeError:
            continue
        if macs > MOST_MACS:
            continue
        cost = estimate(arch.pruned, shape, board)
        if max(limits.excess(cost).values()) <= 0:
            return arch, cost


def compact(arch: Arch) -> str:
    """The searched parameters but the family as short JSON; the data set gives the shape and the classes."""
    fields = json.loads(arch.to_json())
    return json.dumps({name: fields[name] for name in PARAMETERS}, separators=(",", ":"))


def decoded(row: Mapping[str, str], card: Card) -> Arch:
    """The architecture in a row of a table, for the inputs and classes of its data set."""
    fields = json.loads(row["spec"]) | {"family": row["family"], "input_shape": card.shape}
    return Arch.from_json(json.dumps(fields | {"classes": len(card.classes)}))
