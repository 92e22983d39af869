"""Multi-objective TPE (Ozaki 2022) at a cost that does not matter beside an evaluation.

Optuna's sampler gives the model; what it spends its time on, choosing the good trials by hypervolume before every draw, is
done here once for `STEP` trials and by a lazy greedy choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import TPESampler
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from .boxes import Boxes
from .dominance import non_dominated

STEP = 16
"""Finished trials after which the good ones are chosen anew."""

MOST_GOOD, MOST_OTHERS = 50, 500
"""Trials that a model is made of, the latest of the others: a draw takes as long after 5,000 trials as after 500."""

BATCH = 16
"""Gains that `spread` computes at a time."""


class QuickTPE(TPESampler):
    """TPE over all parameters together, which looks at finished trials only.

    A tenth of the trials are good: those of the first fronts, and of the front that is too many the ones that together
    dominate the most. Objectives count by their ranks, since a proxy's outliers would otherwise be all of the hypervolume.
    """

    _known: tuple = (None, None)

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed, multivariate=True, constant_liar=False)

    def _sample(self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]) -> dict[str, Any]:
        finished = study._get_trials(deepcopy=False, states=(TrialState.COMPLETE,), use_cache=True)
        finished = finished[: max(self._n_startup_trials, len(finished) // STEP * STEP)]
        below, above = self._models(study, finished, search_space)
        drawn = below.sample(self._rng.rng, self._n_ei_candidates)
        best = self._compare(drawn, self._compute_acquisition_func(drawn, below, above))
        return {name: dist.to_external_repr(best[name]) for name, dist in search_space.items()}

    def _models(self, study: optuna.Study, finished: list[FrozenTrial], search_space: dict[str, BaseDistribution]) -> tuple:
        """The densities of good trials and of all others; kept until more are finished, which never change afterwards."""
        which = (study._storage, study._study_id, len(finished), *search_space)
        if QuickTPE._known[0] != which:
            good = _good(finished, study.directions)
            rest = [t for place, t in enumerate(finished) if place not in good][-MOST_OTHERS:]
            below = self._build_parzen_estimator(study, search_space, [finished[i] for i in good], handle_below=True)
            above = self._build_parzen_estimator(study, search_space, rest, handle_below=False)
            QuickTPE._known = which, (below, above)
        return QuickTPE._known[1]


def _good(trials: Sequence[FrozenTrial], directions: Sequence[StudyDirection]) -> list[int]:
    """Positions of the good trials; where too few are feasible, those that exceed the limits least."""
    count = min(MOST_GOOD, math.ceil(0.1 * len(trials)))
    excess = np.array([sum(v for v in t.constraints.values() if v > 0) for t in trials])
    feasible = np.flatnonzero(excess == 0)
    if len(feasible) <= count:
        return sorted(np.argsort(excess, kind="stable")[:count].tolist())
    signs = np.array([-1.0 if d == StudyDirection.MAXIMIZE else 1.0 for d in directions])
    values = np.array([trials[i].values for i in feasible]) * signs
    return sorted(feasible[_leading(values, count)].tolist())


def _leading(points: np.ndarray, count: int) -> list[int]:
    """Positions of `count` points `(n, d)`, all minimised, of the first fronts."""
    ranks = np.argsort(np.argsort(points, axis=0, kind="stable"), axis=0) / max(1, len(points) - 1)
    rest, chosen = np.arange(len(points)), []
    while len(chosen) < count:
        first = non_dominated(points[rest])
        layer, rest = rest[first], rest[~first]
        room = count - len(chosen)
        chosen += (layer if len(layer) <= room else layer[spread(ranks[layer], room)]).tolist()
    return chosen


def spread(points: np.ndarray, count: int, reference: float = 1.1) -> list[int]:
    """Positions of the greedy choice of `count` points by hypervolume, float64 `(n, d)`.

    Gains only shrink, so those from before are upper bounds (Minoux 1978): only the most promising are computed anew.
    """
    boxes = Boxes(np.full(points.shape[1], reference))
    bounds = np.prod(reference - points, axis=1)
    chosen: list[int] = []
    while len(chosen) < count:
        fresh = np.zeros(len(points), dtype=bool)
        while not fresh[np.argmax(bounds)]:
            ahead = np.argsort(-bounds, kind="stable")[:BATCH]
            bounds[ahead], fresh[ahead] = boxes.gains(points[ahead]), True
        best = int(np.argmax(bounds))
        chosen.append(best)
        boxes.insert(points[best])
        bounds[best] = -1.0
    return chosen
