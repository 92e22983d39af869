"""Samplers whose every draw depends on the seed, the trial's number and the finished trials only.

A search that was stopped, or killed between two parameters of one trial, therefore goes on exactly as if it had not been.
Each trial gets a sampler of its own, and nothing is carried from one to the next. `docs/search.md` compares them.
"""

from __future__ import annotations

import copy
import warnings
import zlib
from collections.abc import Callable, Sequence
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, NSGAIIISampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

POPULATION = 50
REFERENCE = 64
"""Feasible trials, the first by number, whose proxy values scale the aggregate of `PlaneNSGAII`; fixed from then on."""


class Seeded:
    """For a sampler in front of which it is inherited: independent draws and the order of parents depend on nothing else."""

    _own_seed: int

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """The parameters of any finished trial: all have the same, so that none needs to be compared with the others."""
        finished = study._get_trials(deepcopy=False, states=(TrialState.COMPLETE,), use_cache=True)
        return dict(sorted(finished[0].distributions.items())) if finished else {}

    def get_trial_generation(self, study: optuna.Study, trial: FrozenTrial) -> int:
        """The generation of the last finished trial, or the next one if that has its full number.

        Trials are told in order of their numbers, so only the last generation is looked at, not every trial.
        """
        key = self._get_generation_key()
        generation = trial.system_attrs.get(key)
        if generation is None:
            backwards = reversed(study._get_trials(deepcopy=False, states=(TrialState.COMPLETE,), use_cache=True))
            generations = (other.system_attrs.get(key, 0) for other in backwards)
            last = next(generations, 0)
            full = 1 + sum(1 for _ in takewhile(lambda other: other == last, generations)) >= self.population_size
            generation = last + full
            study._storage.set_trial_system_attr(trial._trial_id, key, generation)
        return generation

    def select_parent(self, study: optuna.Study, generation: int) -> list[FrozenTrial]:
        """Parents in order of number: the order in which the storage returns them to later trials."""
        return sorted(super().select_parent(study, generation), key=lambda trial: trial.number)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        sampler = RandomSampler(seed=_mixed(self._own_seed, trial.number, param_name))
        return sampler.sample_independent(study, trial, param_name, param_distribution)


class SeededRandom(Seeded, RandomSampler):
    """Uniform draws for the one trial of this number."""

    def __init__(self, seed: int, number: int) -> None:
        super().__init__(seed=_mixed(seed, number))
        self._own_seed = seed

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """None: every parameter is drawn on its own."""
        return {}


class SeededNSGAII(Seeded, NSGAIISampler):
    """NSGA-II (Deb 2002) for the one trial of this number."""

    def __init__(self, seed: int, number: int, population: int = POPULATION) -> None:
        super().__init__(population_size=population, seed=_mixed(seed, number))
        self._own_seed = seed


class SeededNSGAIII(Seeded, NSGAIIISampler):
    """NSGA-III (Deb, Jain 2014) for the one trial of this number."""

    def __init__(self, seed: int, number: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            super().__init__(population_size=POPULATION, seed=_mixed(seed, number))
        self._own_seed = seed


class SeededTPE(Seeded, TPESampler):
    """Multi-objective TPE (Ozaki 2022), all parameters drawn together, for the one trial of this number.

    `group` would change nothing, since every trial has the same parameters; a constant liar would make a draw depend on
    trials that are still running.
    """

    def __init__(self, seed: int, number: int) -> None:
        super().__init__(seed=_mixed(seed, number), multivariate=True, constant_liar=False)
        self._own_seed = seed


class PlaneNSGAII(SeededNSGAII):
    """NSGA-II in two objectives: the first (MACs) against the mean standardised value of all others.

    The others are standardised by median and quartile range of the first `REFERENCE` feasible trials, not of the population:
    a trial's score must not change while the search goes on.
    """

    def select_parent(self, study: optuna.Study, generation: int) -> list[FrozenTrial]:
        grown = self.get_population(study, generation - 1) + self.get_parent_population(study, generation - 1)
        kept = {t.number for t in self._elite_population_selection_strategy(PAIR, self._in_plane(study, grown))}
        return sorted((t for t in grown if t.number in kept), key=lambda trial: trial.number)

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        parents = self.get_parent_population(study, self.get_trial_generation(study, trial))
        return self._child_generation_strategy(PAIR, search_space, self._in_plane(study, parents)) if parents else {}

    def _in_plane(self, study: optuna.Study, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
        first, *signs = (1.0 if d == StudyDirection.MAXIMIZE else -1.0 for d in study.directions)
        finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        feasible = [t.values[1:] for t in finished if all(v <= 0 for v in t.constraints.values())]
        scores = standardised([t.values[1:] for t in trials], feasible[:REFERENCE]) @ np.array(signs)
        return [_with_values(t, [-first * t.values[0], score]) for t, score in zip(trials, scores, strict=True)]


PAIR = SimpleNamespace(directions=[StudyDirection.MINIMIZE, StudyDirection.MAXIMIZE])
"""All that NSGA-II's operators ask of a study."""


def standardised(values: Sequence[Sequence[float]], reference: Sequence[Sequence[float]]) -> np.ndarray:
    """Values `(n, d)` less the median of the reference `(m, d)`, over its quartile range; float64 `(n, d)`."""
    values = np.asarray(values, dtype=np.float64)
    if not len(reference):
        return np.zeros_like(values)
    low, middle, high = np.quantile(reference, [0.25, 0.5, 0.75], axis=0)
    return (values - middle) / np.where(high > low, high - low, 1.0)


def _with_values(trial: FrozenTrial, values: list[float]) -> FrozenTrial:
    other = copy.copy(trial)
    other.values = values
    return other


SAMPLERS: dict[str, Callable[[int, int], BaseSampler]] = {
    "random": SeededRandom,
    "nsga2": SeededNSGAII,
    "nsga3": SeededNSGAIII,
    "tpe": SeededTPE,
    "plane": PlaneNSGAII,
}
"""By name, what makes the sampler for a seed and a trial's number."""
SAMPLER_TITLES = {
    "random": "uniform sampling",
    "nsga2": "NSGA-II",
    "nsga3": "NSGA-III",
    "tpe": "multi-objective TPE",
    "plane": "NSGA-II on MACs and one score",
}
"""The same for people."""

DEFAULT = "nsga2"


def _mixed(*parts: int | str) -> int:
    return zlib.crc32("/".join(map(str, parts)).encode())
