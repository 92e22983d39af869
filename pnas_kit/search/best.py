"""The one candidate to take when a budget is all that is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

from .candidate import Candidate

KIB = 1024


@dataclass(frozen=True)
class _Limit:
    name: str
    write: Callable[[float], str]


LIMITS = {
    "ram_bytes": _Limit("RAM", lambda value: f"{_figure(value / KIB)} KiB"),
    "flash_bytes": _Limit("flash", lambda value: f"{_figure(value / KIB)} KiB"),
    "macs": _Limit("compute", lambda value: f"{_figure(value / 1e6)} M MACs"),
    "latency_ms": _Limit("estimated latency", lambda value: f"{_figure(value)} ms"),
    "energy_mj": _Limit("estimated energy", lambda value: f"{_figure(value)} mJ"),
}
"""What a budget may bound: fields of a `Cost`."""


@dataclass(frozen=True, kw_only=True)
class Best:
    """What `best_under` recommends.

    Attributes:
        candidate: the recommended one; None where nothing meets the budget.
        judged_by: "accuracy" where verified results decided, else "score".
        value: its accuracy, 0 to 1, or score.
        within: how many scored candidates meet the budget.
        better: the candidate outside of the budget that is better by the same figure and exceeds it the least.
        lacks: what `better` needs more than the budget has, by field, in the field's unit.
        reason: all of it in a sentence of figures.
    """

    candidate: Candidate | None
    judged_by: str = "score"
    value: float | None = None
    within: int = 0
    better: Candidate | None = None
    lacks: dict[str, float] = field(default_factory=dict)
    reason: str = ""


def best_under(
    candidates: Sequence[Candidate],
    *,
    ram_bytes: float | None = None,
    flash_bytes: float | None = None,
    macs: float | None = None,
    latency_ms: float | None = None,
    energy_mj: float | None = None,
    accuracies: Mapping[int, float] | None = None,
) -> Best:
    """The best candidate that meets a budget, and why it and not the next.

    A verified accuracy outranks every score: where a candidate within the budget has one, only those that have one are
    compared. Scores say only which of two untrained networks is likely to be the better one.

    Args:
        candidates: of one search; those without a score are passed over.
        ram_bytes, flash_bytes, macs, latency_ms, energy_mj: the budget; None does not bound. A candidate of which a bounded
            figure is not known does not meet it. Latency and energy are compared as estimated, without their bands.
        accuracies: verified accuracy, 0 to 1, by number.

    Raises:
        ValueError: a limit is not above 0.
    """
    asked = {
        "ram_bytes": ram_bytes,
        "flash_bytes": flash_bytes,
        "macs": macs,
        "latency_ms": latency_ms,
        "energy_mj": energy_mj,
    }
    budget = {name: limit for name, limit in asked.items() if limit is not None}
    for name, limit in budget.items():
        if not limit > 0:
            raise ValueError(f"the limit on {name} is above 0, got {limit}")
    scored = [c for c in candidates if c.feasible and c.score is not None]
    within = [c for c in scored if not _excess(c, budget)]
    if not within:
        return Best(candidate=None, reason=_nothing(scored, budget))
    known = accuracies or {}
    verified = [c for c in within if c.number in known]
    judge = (lambda c: known[c.number]) if verified else (lambda c: c.score)
    best = max(verified or within, key=lambda c: (judge(c), -c.cost.macs, -c.number))
    rivals = [c for c in scored if (not verified or c.number in known) and judge(c) > judge(best)]
    rivals = [c for c in rivals if isfinite(max(_excess(c, budget).values()))]
    better = min(rivals, key=lambda c: (max(_excess(c, budget).values()), -judge(c), c.number), default=None)
    lacks = {name: getattr(better.cost, name) - budget[name] for name in _excess(better, budget)} if better else {}
    found = Best(
        candidate=best, judged_by="accuracy" if verified else "score", value=judge(best), within=len(within),
        better=better, lacks=lacks,
    )  # fmt: skip
    return Best(**{**vars(found), "reason": _reason(found, len(verified), budget, better and judge(better))})


def _excess(candidate: Candidate, budget: Mapping[str, float]) -> dict[str, float]:
    """By how much of itself each limit is exceeded, of those that are; infinite where the figure is not known."""
    values = {name: getattr(candidate.cost, name) for name in budget}
    shares = {name: inf if value is None else value / budget[name] - 1 for name, value in values.items()}
    return {name: share for name, share in shares.items() if share > 0}


def _reason(found: Best, verified: int, budget: Mapping[str, float], rival: float | None) -> str:
    if not budget:
        those = f"all {found.within} that fit the board"
    elif found.within > 1:
        those = f"the {found.within} that need {_budget(budget)}"
    else:
        those = f"the only one that needs {_budget(budget)}"
    if found.judged_by == "accuracy":
        share = f"{100 * found.value:.1f} %"
        if verified > 1:
            words = f"Highest verified accuracy, {share}, of the {verified} trained among {those}: it outranks every score"
        else:
            words = f"The only one trained among {those}: its verified accuracy, {share}, outranks every score"
        after = f"{100 * rival:.1f} %" if rival is not None else ""
    else:
        words = f"Highest score, {found.value:.2f}, of {those}" if found.within > 1 or not budget else f"It is {those}"
        after = f"score {rival:.2f}" if rival is not None else ""
    return f"{words}; {_next(found, after)}."


def _next(found: Best, after: str) -> str:
    """What a little more budget would buy."""
    if found.better is None:
        return "no other one is better, with any budget"
    needs = _listed([f"{LIMITS[name].write(more)} more {LIMITS[name].name}" for name, more in found.lacks.items()])
    return f"the next better one, {found.better.number} ({after}), needs {needs}"


def _budget(budget: Mapping[str, float]) -> str:
    return "at most " + _listed([f"{LIMITS[name].write(limit)} of {LIMITS[name].name}" for name, limit in budget.items()])


def _nothing(scored: Sequence[Candidate], budget: Mapping[str, float]) -> str:
    if not scored:
        return "No candidate is scored yet: search first."
    nearest = min(scored, key=lambda c: (max(_excess(c, budget).values()), c.number))
    over = [name for name in _excess(nearest, budget) if getattr(nearest.cost, name) is not None]
    if not over:
        return "Nothing meets this budget: what it bounds is not known for this board."
    needs = _listed([f"{LIMITS[name].write(getattr(nearest.cost, name))} of {LIMITS[name].name}" for name in over])
    return f"None of the {len(scored)} meets this budget; the nearest, {nearest.number}, needs {needs}."


def _listed(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"
