"""Evaluating one trial: a pure function of the architecture and the problem, so that any process may do it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from pnas_kit.cost import Board, estimate
from pnas_kit.score.names import TITLES
from pnas_kit.space import Arch, Shape, ShapeError

from .candidate import Candidate, Limits
from .precision import fitted
from .process import device, keep_memory

Batches = Sequence[tuple[np.ndarray, np.ndarray]]
"""Mini-batches of float32 `(batch, height, width, channels)` and int64 `(batch,)`, or what the problem's loss takes."""

PROXIES = ("meco", "zico", "naswot", "snip")
SCORE = "zen_mean"
"""The proxy that ranks best alone (docs/search.md): measured of every candidate, whether or not it is an objective."""
COSTS = ("macs", "params", "ram_bytes", "flash_bytes", "latency_ms")
_CALLED = TITLES | {
    "macs": "MACs", "params": "parameters", "ram_bytes": "RAM", "flash_bytes": "flash", "latency_ms": "latency",
}  # fmt: skip


def titles(names: Iterable[str]) -> str:
    """Objectives as people call them, in a line: "MACs, MeCo"; one without a title keeps its name."""
    return ", ".join(_CALLED.get(name, name) for name in names)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is searched for: nets for inputs of a shape, on a board, within limits.

    With `int4` a net whose int8 weights exceed the flash limit may have groups lowered to int4; without, every weight is
    int8, as in the paper. `engine` runs the net, and decides what it needs; None is the core's default.

    `costs` are minimised (names in `COSTS`) and `proxies` maximised (names in `pnas_kit.score.PROXIES`); the paper's are the
    default.

    `head` is what the nets answer (`pnas_kit.space.Arch`). For a detector `loss` is what its proxies' gradients are of, a
    function of a module, so that it travels to other processes; a classifier's is the cross entropy.
    """

    input_shape: Shape
    classes: int
    board: Board
    limits: Limits
    proxies: tuple[str, ...] = PROXIES
    seed: int = 0
    int4: bool = False
    engine: str | None = None
    costs: tuple[str, ...] = ("macs",)
    head: str = "classifier"
    loss: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.costs if name not in COSTS]
        if unknown:
            raise ValueError(f"costs are out of {list(COSTS)}, got {unknown}")
        twice = sorted({name for name in self.objectives if self.objectives.count(name) > 1})
        if twice or not self.objectives:
            raise ValueError(f"there is at least one objective, and each only once, got {list(self.objectives)}")

    @classmethod
    def of(cls, card: Any, board: Board, limits: Limits, **settings: Any) -> Problem:
        """The problem for a data set's card (anything with a `shape` and `classes`).

        Of the board's memory what an application needs beside the network is kept, whatever the limits (`Limits.within`).
        """
        limits = limits.within(board, getattr(card, "front_end", None))
        if getattr(card, "task", None) == "detection":
            settings = {"head": "detector", **settings}
        return cls(input_shape=card.shape, classes=len(card.classes), board=board, limits=limits, **settings)

    def arch(self, params: Mapping[str, str | int | float]) -> Arch:
        """The architecture for one value of each of the space's parameters."""
        return Arch.from_params(params, self.input_shape, self.classes, head=self.head)

    @property
    def objectives(self) -> tuple[str, ...]:
        """Names of the objectives: the costs, which are minimised, then the proxies, which are maximised."""
        return (*self.costs, *self.proxies)

    def values(self, candidate: Candidate) -> list[float]:
        """A feasible candidate's value of each objective."""
        return [*(getattr(candidate.cost, name) for name in self.costs), *(candidate.proxies[name] for name in self.proxies)]


def check(problem: Problem, batches: Batches) -> None:
    """Raises ValueError if no net for the problem could be scored on these batches; `proxy_batches` draws such as can be."""
    if problem.head == "detector" and problem.loss is None:
        raise ValueError("a detector's proxies need a loss: give the problem loss=pnas_kit.detection_loss")
    height, width, channels = problem.input_shape
    for index, (x, y) in enumerate(batches):
        if x.shape[1:] != (height, width, channels) or x.dtype != np.float32 or len(x) < 2:
            raise ValueError(
                f"batch {index}: expected float32 of 2 or more samples of {problem.input_shape}, got {x.dtype} {x.shape}"
            )
        if not np.isfinite(x).all():
            raise ValueError(f"batch {index}: expected finite values, got NaN or infinity; clean the data set")
        if problem.loss is None and (
            y.shape != x.shape[:1] or y.dtype != np.int64 or y.min() < 0 or y.max() >= problem.classes
        ):
            raise ValueError(
                f"batch {index}: expected {len(x)} int64 labels 0 to {problem.classes - 1}, got {y.dtype} {y.shape} "
                f"from {y.min()} to {y.max()}"
            )
        if len(np.unique(x.reshape(len(x), -1), axis=0)) < len(x):
            raise ValueError(
                f"batch {index}: expected samples that differ, got equal ones; NASWOT's matrix would be singular"
            )
    if len(batches) < 2:
        raise ValueError(f"expected at least two batches, got {len(batches)}; ZiCo compares their gradients")


def evaluate(number: int, arch: Arch, problem: Problem, batches: Batches) -> Candidate:
    """The candidate for `arch`: its cost, and its proxies if it meets the limits.

    Cost comes first because it is a thousand times cheaper than the proxies; a candidate that does not fit is not scored.
    """
    start = time.perf_counter()
    try:
        arch = fitted(arch, problem.limits.flash_bytes, problem.engine) if problem.int4 else arch
        cost = estimate(arch.pruned, arch.input_shape, problem.board, engine=problem.engine)
    except ShapeError as error:
        return Candidate(number=number, arch=arch, excess={"shape": 1.0}, reason=str(error), seconds=_since(start))
    excess = problem.limits.excess(cost)
    over = [name for name, value in excess.items() if value > 0]
    if over:
        reason = "exceeds " + ", ".join(f"{name} by {100 * excess[name]:.0f} %" for name in over)
        return Candidate(number=number, arch=arch, cost=cost, excess=excess, reason=reason, seconds=_since(start))
    try:
        values, reason = _score(arch, problem, batches), None
    except (ArithmeticError, RuntimeError) as error:
        values, reason = None, f"{type(error).__name__}: {error}"
    return Candidate(
        number=number, arch=arch, cost=cost, excess=excess, reason=reason, seconds=_since(start),
        proxies=values and {name: values[name] for name in problem.proxies}, score=values and values[SCORE],
        failed=values is None,
    )  # fmt: skip


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 4)


def _score(arch: Arch, problem: Problem, batches: Batches) -> dict[str, float]:
    import torch

    from pnas_kit.score import score
    from pnas_kit.space.net import build

    keep_memory()
    with _one_thread():
        net = build(arch.pruned, arch.input_shape, problem.seed).to(device())
        tensors = [
            (torch.from_numpy(x).permute(0, 3, 1, 2).to(device()), torch.from_numpy(y).to(device())) for x, y in batches
        ]
        names = tuple(dict.fromkeys((*problem.proxies, SCORE)))
        return score(net, tensors, names, **({"loss": problem.loss} if problem.loss else {}))


@contextmanager
def _one_thread():
    """Sums are split by thread, so the last digits depend on their number: always one, and the same seed gives the
    same front whatever machine or number of workers runs it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
