"""The list of trials where it lasts: in a journal file or a database.

Optuna writes a trial of fourteen parameters in some thirty steps, each a transaction or a locked, flushed line. Here the
study that the sampler works on is in memory, and each finished trial is written whole, in one step; `optuna-dashboard`
sees a study like any other. Trials that were under way when a search ended are not in it: they are asked for again, by a
sampler that knows what it knew then.
"""

from __future__ import annotations

import copy

import optuna
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState


class Archive:
    """A study where it lasts, and the same study in memory.

    Args:
        kept: the study where it lasts; all of its trials are finished.
        lookahead: trials that may be under way at the same time.
    """

    def __init__(self, kept: optuna.Study, lookahead: int) -> None:
        self._kept = kept
        trials = kept.get_trials()
        self.study = optuna.create_study(directions=kept.directions)
        self._notes = dict(kept._storage.get_study_system_attrs(kept._study_id))
        for key, value in self._notes.items():
            self.study._storage.set_study_system_attr(self.study._study_id, key, value)
        told = max(0, len(trials) - lookahead)
        for trial in trials[:told]:
            self._add(trial)
        for trial in trials[told:]:
            self._add(_as_asked(trial))
        self._remembered = {trial.number: trial for trial in trials[told:]}

    def _add(self, trial: FrozenTrial) -> None:
        self.study._storage.create_new_trial(self.study._study_id, trial)

    def remembered(self, number: int) -> FrozenTrial | None:
        """The finished trial of this number that the search in memory has yet to be told."""
        return self._remembered.get(number)

    def replay(self, number: int) -> None:
        """Tell the search in memory a remembered trial."""
        trial, storage = self._remembered.pop(number), self.study._storage
        trial_id = storage.get_trial_id_from_study_id_trial_number(self.study._study_id, number)
        for key, value in trial.user_attrs.items():
            storage.set_trial_user_attr(trial_id, key, value)
        for key, value in trial.system_attrs.items():
            storage.set_trial_system_attr(trial_id, key, value)
        storage.set_trial_state_values(trial_id, trial.state, trial.values)

    def keep(self, trial: FrozenTrial) -> None:
        """Write a finished trial, and before it what the sampler noted down about the study."""
        storage, study = self._kept._storage, self._kept._study_id
        for key, value in self.study._storage.get_study_system_attrs(self.study._study_id).items():
            if self._notes.get(key) != value:
                storage.set_study_system_attr(study, key, value)
                self._notes[key] = value
        storage.create_new_trial(study, trial)


def can_be_archived(study: optuna.Study) -> bool:
    """Whether a study outlives this process and has no trials under way, as those of the first versions have."""
    storage = study._storage
    lasting = not isinstance(storage, InMemoryStorage)
    return lasting and all(trial.state.is_finished() for trial in study.get_trials(deepcopy=False))


def _as_asked(trial: FrozenTrial) -> FrozenTrial:
    """A finished trial as it was while it was under way."""
    asked = copy.copy(trial)
    asked.state, asked.values, asked.datetime_complete, asked.user_attrs = TrialState.RUNNING, None, None, {}
    asked.system_attrs = {key: value for key, value in trial.system_attrs.items() if not key.startswith("constraints")}
    return asked
