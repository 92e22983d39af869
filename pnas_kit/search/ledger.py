"""The list of trials, kept in an Optuna study.

The study is the one record of a search: candidates are written into it and read back from it, and `optuna-dashboard` opens
the same file.
"""

from __future__ import annotations

import warnings

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from pnas_kit.space import Arch, Choice, space

from .archive import Archive, can_be_archived
from .candidate import Candidate
from .evaluate import Problem
from .sampler import DEFAULT, SAMPLERS

STUDY = "search"
RECORD = "candidate"
LOOKAHEAD = 16
"""Trial n is asked for once trial n - LOOKAHEAD has been told. Fixed, and not the number of workers: what the sampler knows
when it draws a trial must not depend on who evaluates it."""
UNRANKED = 0.0
"""Told as the value of an objective that was not computed; the constraint excess keeps such a trial out of every front."""

optuna.logging.set_verbosity(optuna.logging.WARNING)


class Ledger:
    """Asks for trials and tells their results, always in the order of their numbers."""

    def __init__(
        self,
        problem: Problem,
        seed: int,
        storage: BaseStorage | None = None,
        *,
        study: str = STUDY,
        lookahead: int = LOOKAHEAD,
        sampler: str = DEFAULT,
    ) -> None:
        if sampler not in SAMPLERS:
            raise ValueError(f"sampler is one of {list(SAMPLERS)}, got {sampler!r}")
        self._problem, self._seed, self._sampler = problem, seed, SAMPLERS[sampler]
        self._table = space(problem.input_shape)
        self._asked: dict[int, optuna.Trial] = {}
        self._study = optuna.create_study(
            study_name=study,
            storage=storage,
            load_if_exists=True,
            directions=["minimize"] * len(problem.costs) + ["maximize"] * len(problem.proxies),
            sampler=self._sampler(seed, 0),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.set_metric_names(list(problem.objectives))
        self._archive = Archive(self._study, lookahead) if can_be_archived(self._study) else None
        if self._archive:
            self._study = self._archive.study

    def trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def ask(self) -> tuple[int, Arch]:
        """The next trial's number and architecture."""
        self._study.sampler = self._sampler(self._seed, len(self.trials()))
        return self._open(self._study.ask())

    def ask_again(self, unfinished: FrozenTrial) -> tuple[int, Arch]:
        """A trial that was asked for but never told, with whatever of its parameters is missing."""
        self._study.sampler = self._sampler(self._seed, unfinished.number)
        return self._open(optuna.Trial(self._study, unfinished._trial_id))

    def remembered(self, number: int) -> Candidate | None:
        """The candidate of a trial that is recorded as finished, but that has yet to be told again here."""
        trial = self._archive and self._archive.remembered(number)
        return trial and read_candidate(trial, self._problem)

    def _open(self, trial: optuna.Trial) -> tuple[int, Arch]:
        self._asked[trial.number] = trial
        params = {choice.name: _suggest(trial, choice) for choice in self._table}
        return trial.number, self._problem.arch(params)

    def tell(self, candidate: Candidate) -> bool:
        """Record a finished candidate; it counts as finished only once all of it is written. False if it was already."""
        if self._archive and self._archive.remembered(candidate.number):
            self._archive.replay(candidate.number)
            return False
        trial = self._asked.pop(candidate.number)
        trial.set_user_attr(RECORD, candidate.to_record())
        known = self.trials()[candidate.number].constraints  # set already if the runner was killed right here
        for name, excess in candidate.excess.items():
            if name not in known:
                trial.set_constraint(name, excess)
        if candidate.failed:
            self._study.tell(trial, state=TrialState.FAIL)
        else:
            self._study.tell(trial, self._values(candidate))
        if self._archive:
            self._archive.keep(self.trials()[candidate.number])
        return True

    def _values(self, candidate: Candidate) -> list[float]:
        if candidate.feasible:
            return self._problem.values(candidate)
        costs = [getattr(candidate.cost, name) if candidate.cost else UNRANKED for name in self._problem.costs]
        return costs + [UNRANKED] * len(self._problem.proxies)


def _suggest(trial: optuna.Trial, choice: Choice) -> str | int | float:
    if choice.continuous:
        return trial.suggest_float(choice.name, choice.low, choice.high)
    return trial.suggest_categorical(choice.name, choice.options)


def read_candidate(trial: FrozenTrial, problem: Problem) -> Candidate:
    """The candidate that `Ledger.tell` recorded in a finished trial."""
    return Candidate.from_record(trial.number, problem.arch(trial.params), trial.user_attrs[RECORD])
