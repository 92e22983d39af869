"""The file that a search is recorded in."""

from __future__ import annotations

import sys
from pathlib import Path

from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileOpenLock

from .candidate import Candidate
from .evaluate import Problem
from .journal_file import JournalFile
from .ledger import STUDY, read_candidate


def journal_storage(path: Path) -> JournalStorage:
    """An Optuna storage in a file."""
    lock = JournalFileOpenLock(str(path)) if sys.platform == "win32" else None
    return JournalStorage(JournalFile(str(path), lock_obj=lock))


class Journal:
    """Reads the candidates of a search from its file while another process writes it."""

    def __init__(self, path: Path, problem: Problem) -> None:
        self._path, self._problem = path, problem
        self._storage: JournalStorage | None = None
        self._candidates: list[Candidate] = []

    def candidates(self) -> list[Candidate]:
        """Finished candidates in order of their number; only what is new is read."""
        if self._storage is None:
            if not self._path.exists():
                return []
            self._storage = journal_storage(self._path)
        try:
            study = self._storage.get_study_id_from_name(STUDY)
        except KeyError:
            return []
        trials = self._storage.get_all_trials(study, deepcopy=False)
        for trial in trials[len(self._candidates) :]:
            if not trial.state.is_finished():
                break
            self._candidates.append(read_candidate(trial, self._problem.input_shape, self._problem.classes))
        return list(self._candidates)
