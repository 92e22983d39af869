"""A network's layers as one strip, each as wide as its share: where the MACs or the bytes are, at a glance."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from pnas_kit.cost import Op, trace
from pnas_kit.space import Arch
from widgets import words
from widgets.chip_figures import KINDS
from widgets.words import attribute

MEASURES = {"macs": "MACs", "bytes": "weights"}
THIN = 0.012  # share below which a layer is drawn together with its neighbours of the same kind


@lru_cache(maxsize=256)
def shares_html(arch: Arch, by: str) -> str:
    """The strip of an architecture as it is deployed.

    Args:
        by: a key of `MEASURES`.
    """
    ops = [op for op in trace(arch.pruned, arch.input_shape) if _amount(op, by)]
    whole = sum(_amount(op, by) for op in ops) or 1
    pieces = "".join(_piece(kind, group, by, whole) for kind, group in _grouped(ops, by, whole))
    most = max(ops, key=lambda op: _amount(op, by))
    share = 100 * _amount(most, by) / whole
    label = f"{len(ops)} layers by {MEASURES[by]}: the most, {share:.0f} %, in {most.name} ({most.kind})"
    return f'<div class="pn-shares" role="img" aria-label="{attribute(label)}">{pieces}</div>'


def _amount(op: Op, by: str) -> int:
    return op.macs if by == "macs" else op.params


def _grouped(ops: list[Op], by: str, whole: int) -> list[tuple[str, list[Op]]]:
    """Layers in order; thin neighbours of a kind together."""
    place = iter(range(len(ops)))
    keys = [(op.kind, -1 if _amount(op, by) < THIN * whole else next(place)) for op in ops]
    runs = groupby(zip(keys, ops, strict=True), key=lambda pair: pair[0])
    return [(key[0], [op for _, op in group]) for key, group in runs]


def _piece(kind: str, ops: list[Op], by: str, whole: int) -> str:
    amount = sum(_amount(op, by) for op in ops)
    names = ops[0].name if len(ops) == 1 else f"{ops[0].name} to {ops[-1].name}"
    much = words.macs(amount) if by == "macs" else f"{words.count(amount)} weights"
    return (
        f'<i style="flex-grow:{amount / whole:.5f};background:{KINDS.get(kind, "currentColor")}" '
        f'title="{attribute(names)}, {kind}: {much}, {100 * amount / whole:.1f} %"></i>'
    )


def shares_key() -> str:
    """What the colours are."""
    return "".join(f'<span><i style="background:{colour}"></i>{kind}</span>' for kind, colour in KINDS.items())
