"""What a search finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from pnas_kit.cost import Board, Cost, room
from pnas_kit.cost.beside import Features
from pnas_kit.space import Arch


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Upper limits that a candidate must meet."""

    ram_bytes: int
    flash_bytes: int
    macs: int

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f"the limit on {name} is above 0, got {value}")

    @classmethod
    def of(cls, board: Board) -> Limits:
        """All of a board's memory, and the MACs that it computes in half a second."""
        return cls(ram_bytes=board.ram_bytes, flash_bytes=board.flash_bytes, macs=board.default_macs)

    def within(self, board: Board, front_end: Features | None = None) -> Limits:
        """The same, but no more than the board has beside stack, start-up and the features of sound."""
        left = {name: max(1, size) for name, size in room(board, front_end)._asdict().items()}
        return replace(self, **{name: min(getattr(self, name), size) for name, size in left.items()})

    def excess(self, cost: Cost) -> dict[str, float]:
        """By how much of itself each limit is exceeded; 0 or less where it is met."""
        return {name: getattr(cost, name) / limit - 1 for name, limit in asdict(self).items()}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One evaluated trial.

    Attributes:
        number: the trial's number, from 0.
        arch: the architecture.
        cost: what the pruned network costs; None when the input cannot pass through it.
        proxies: the objectives among the untrained network's scores, higher is better; None unless every limit is met.
        score: the one score that ranks best alone, `pnas_kit.search.evaluate.SCORE`; None as above, or where a search from
            before there was one is read.
        excess: by how much of itself each limit is exceeded.
        reason: why the candidate is not ranked, in words; None when it is.
        failed: the evaluation itself went wrong (as opposed to a candidate that does not fit).
        seconds: time the evaluation took.
    """

    number: int
    arch: Arch
    cost: Cost | None = None
    proxies: dict[str, float] | None = None
    score: float | None = None
    excess: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    failed: bool = False
    seconds: float = 0.0

    @property
    def feasible(self) -> bool:
        """Whether the candidate fits and was scored."""
        return self.proxies is not None

    def to_record(self) -> dict:
        """What the architecture's parameters do not already say, as plain JSON values."""
        record = asdict(self)
        del record["number"], record["arch"]
        return record | {"bits": self.arch.bits}

    @classmethod
    def from_record(cls, number: int, arch: Arch, record: dict) -> Candidate:
        """The candidate that `to_record` described, for the architecture of its parameters."""
        record = dict(record)
        arch = replace(arch, bits=tuple(record.pop("bits", arch.bits)))
        cost = record["cost"] and Cost(**record["cost"])
        return cls(**{**record, "number": number, "arch": arch, "cost": cost})
