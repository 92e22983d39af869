"""Two runs side by side: what can be compared, and what cannot and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pnas_kit.search import Candidate, front, points
from pnas_kit.search.pareto import hypervolume_history, normalise

from .records import Result
from .run import Run

REFERENCE = 1.1
"""Corner that hypervolumes are measured to, as in `History`; objectives are scaled to [0, 1] over both runs."""

PLAIN = ("macs", "score")
ON_ANY_BOARD = {"macs", "params", "flash_bytes"}
"""Costs that do not depend on the board."""

Curve = list[tuple[int, float]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What two runs have in common.

    Attributes:
        runs: the two.
        why_not: why fronts, hypervolumes and accuracies cannot be compared, and what still can; empty where they can.
        notes: what to keep in mind where they can.
        objectives: in which both hypervolumes are measured; empty where they cannot be.
        volumes: of each run, pairs of a candidate's number and the hypervolume after it.
        prototypes: of each run, the best first, see `Prototype`.
    """

    runs: tuple[Run, Run]
    why_not: str
    notes: tuple[str, ...]
    objectives: tuple[str, ...]
    volumes: tuple[Curve, Curve]
    prototypes: tuple[list[Prototype], list[Prototype]]

    @property
    def comparable(self) -> bool:
        return not self.why_not

    @property
    def reference(self) -> Prototype | None:
        """The prototype that differences are told to: the first run's best."""
        return next(iter(self.prototypes[0]), None)


@dataclass(frozen=True)
class Prototype:
    """One of the networks that a run came to.

    Attributes:
        candidate: as the search found it.
        result: its verified figures; None where it is not trained.
    """

    candidate: Candidate
    result: Result | None

    @property
    def figures(self) -> dict[str, float | None]:
        """What is compared, by name; flash as verified where it is."""
        cost, result = self.candidate.cost, self.result
        return {
            "int8_accuracy": result and result.int8_accuracy,
            "flash_bytes": result.flash_used if result else cost.flash_bytes,
            "ram_bytes": cost.ram_bytes,
            "macs": cost.macs,
            "latency_ms": cost.latency_ms,
            "score": self.candidate.score,
        }


def compare(first: Run, second: Run) -> Comparison:
    """The two runs side by side; nothing is computed that would mislead."""
    why_not = _why_not(first, second)
    objectives, notes = ((), ()) if why_not else _objectives(first, second)
    return Comparison(
        runs=(first, second),
        why_not=why_not,
        notes=notes,
        objectives=objectives,
        volumes=_volumes(first, second, objectives) if objectives else ([], []),
        prototypes=(_prototypes(first), _prototypes(second)),
    )


def _why_not(first: Run, second: Run) -> str:
    a, b = first.card, second.card
    if a == b:
        return ""
    if a.name == b.name:
        what = f"{a.title} was imported anew between the two runs"
    else:
        what = f"one run is on {a.title}, the other on {b.title}"
    return (
        f"These runs cannot be ranked against each other: {what}, so scores, hypervolumes and accuracies mean different "
        "things. What a network costs, in RAM, flash, MACs and milliseconds, can still be compared."
    )


def _objectives(first: Run, second: Run) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """In what both hypervolumes are measured, and what to keep in mind."""
    a, b = first.config, second.config
    notes = []
    objectives = first.problem.objectives
    other_board = a.target != b.target or a.engine != b.engine
    if objectives != second.problem.objectives:
        notes.append("The two searched for different objectives: the hypervolume is that of compute and score alone.")
        objectives = PLAIN
    elif other_board and not set(first.problem.costs) <= ON_ANY_BOARD:
        notes.append("Costs on two boards are not the same objective: the hypervolume is that of compute and score alone.")
        objectives = PLAIN
    elif a.seed != b.seed and first.problem.proxies:
        notes.append("The seeds differ, and with them the samples that scored the networks: small differences mean nothing.")
    if other_board:
        notes.append("RAM and latency are those of two different targets.")
    if a.limits != b.limits:
        notes.append("The budgets differ: the looser one may hold larger networks, which lie further right on the chart.")
    if any(c.feasible and c.score is None for run in (first, second) for c in run.candidates()):
        notes.append("Candidates of an older search have no score and are left out of the chart.")
        objectives = objectives if objectives != PLAIN else ()
    return tuple(objectives), tuple(notes)


def _volumes(first: Run, second: Run, objectives: Sequence[str]) -> tuple[Curve, Curve]:
    """Hypervolumes on one scale, from the candidates of both, and to one reference."""
    fit = [[c for c in run.candidates() if c.feasible] for run in (first, second)]
    found = [points(some, run.problem, objectives) for some, run in zip(fit, (first, second), strict=True)]
    scaled = normalise(np.concatenate(found))
    corner = np.full(len(objectives), REFERENCE)
    parts = np.split(scaled, [len(found[0])])
    shares = [hypervolume_history(part, corner) / REFERENCE ** len(objectives) if len(part) else [] for part in parts]
    first_curve, second_curve = (
        [(c.number, float(value)) for c, value in zip(some, share, strict=True)]
        for some, share in zip(fit, shares, strict=True)
    )
    return first_curve, second_curve


def _prototypes(run: Run) -> list[Prototype]:
    """The verified, the most accurate first; where there is none the picked, else the proposed, the best score first."""
    by_number = {c.number: c for c in run.candidates()}
    results = {n: run.result(n) for n in run.verified if n in by_number}
    if results:
        best = sorted(results.values(), key=lambda result: -result.int8_accuracy)
        return [Prototype(by_number[result.number], result) for result in best]
    chosen = [by_number[n] for n in run.picks or run.proposed() if n in by_number]
    return [Prototype(c, None) for c in sorted(chosen, key=lambda c: -(c.score or 0.0))]


def on_front(run: Run) -> list[Candidate]:
    """The run's front of compute and score, the smallest first."""
    scored = [c for c in run.candidates() if c.feasible and c.score is not None]
    return sorted(front(scored, run.problem, PLAIN), key=lambda c: c.cost.macs)
