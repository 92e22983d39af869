"""The sampler: NSGA-II (Deb 2002) whose every draw depends on the seed, the trial's number and the finished trials only.

A search that was stopped, or killed between two parameters of one trial, therefore goes on exactly as if it had not been.
"""

from __future__ import annotations

import zlib
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import NSGAIISampler, RandomSampler

POPULATION = 50


class SeededNSGAII(NSGAIISampler):
    """NSGA-II for the one trial of this number."""

    def __init__(self, seed: int, number: int) -> None:
        super().__init__(population_size=POPULATION, seed=_mixed(seed, number))
        self._own_seed = seed

    def select_parent(self, study: optuna.Study, generation: int) -> list[optuna.trial.FrozenTrial]:
        """Parents in order of number: the order in which the storage returns them to later trials."""
        return sorted(super().select_parent(study, generation), key=lambda trial: trial.number)

    def sample_independent(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        sampler = RandomSampler(seed=_mixed(self._own_seed, trial.number, param_name))
        return sampler.sample_independent(study, trial, param_name, param_distribution)


def _mixed(*parts: int | str) -> int:
    return zlib.crc32("/".join(map(str, parts)).encode())
