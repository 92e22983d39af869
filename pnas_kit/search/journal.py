"""The files that a search is recorded in."""

from __future__ import annotations

import json
import os
import sys
from itertools import takewhile
from pathlib import Path

from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

from pnas_kit.space import Arch

from .candidate import Candidate
from .evaluate import Problem
from .ledger import STUDY, read_candidate


def journal_storage(path: Path) -> JournalStorage:
    """An Optuna storage in a file."""
    lock = JournalFileOpenLock(str(path)) if sys.platform == "win32" else None
    return JournalStorage(JournalFileBackend(str(path), lock_obj=lock))


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
        self._candidates += recorded(self._storage, STUDY, self._problem, known=len(self._candidates))
        return list(self._candidates)


def recorded(storage: BaseStorage, study: str, problem: Problem, known: int = 0) -> list[Candidate]:
    """Finished candidates of a search in order of their number, without the first `known`."""
    try:
        trials = storage.get_all_trials(storage.get_study_id_from_name(study), deepcopy=False)
    except KeyError:
        return []
    new = takewhile(lambda trial: trial.state.is_finished(), trials[known:])
    return [read_candidate(trial, problem) for trial in new]


class Transcript:
    """The candidates of a search that is recorded in a database, copied into a file as they are found.

    Whoever looks at the run, or trains its prototypes, reads this and needs no database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._candidates: list[Candidate] = []

    def catch_up(self, found: list[Candidate]) -> None:
        """Complete the file after a kill: drop half a line, add what the database has more.

        Raises:
            ValueError: the database has fewer candidates than the file.
        """
        known = len(self.candidates())
        if len(found) < known:
            raise ValueError(
                f"the database holds {len(found)} trials of this search, but {known} were found: it was emptied or is "
                "another one. Restore it, then resume"
            )
        if self._path.exists():
            os.truncate(self._path, self._read)
        for candidate in found[known:]:
            self.add(candidate)

    def add(self, candidate: Candidate) -> None:
        """Write one more candidate down."""
        line = json.dumps({"number": candidate.number, "arch": candidate.arch.to_json(), "record": candidate.to_record()})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def candidates(self) -> list[Candidate]:
        """Candidates in order of their number; only what is new is read, and a line only once all of it is written."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                lines = file.read()
            whole = lines[: lines.rfind(b"\n") + 1]
            self._read += len(whole)
            self._candidates += [_from_line(json.loads(line)) for line in whole.splitlines()]
        return list(self._candidates)


def _from_line(fields: dict) -> Candidate:
    return Candidate.from_record(fields["number"], Arch.from_json(fields["arch"]), fields["record"])
