"""A run is a folder. Everything that lasts is in it; whoever looks at it, and whoever works on it, shares only that."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from math import inf
from pathlib import Path

from pnas_kit.learn.data import OWN, Card, Dataset, card_from, card_of, load
from pnas_kit.search import Candidate
from pnas_kit.search.front import propose
from pnas_kit.search.journal import Journal, Transcript

from .folder import Looks, read_json, write_json
from .preflight import disk_shortage, need
from .process import is_alive, launch
from .prototypes import Prototypes, RunError
from .records import PHASES, Config, Status
from .shelf import Shelved

LEAVE_SECONDS = 20
"""How long a runner that said its last word may take to be gone; on a busy machine that is more than a moment."""
WAIT_SECONDS = 0.05


def default_root() -> Path:
    """The folder of runs: `PNAS_RUNS`, or `runs` in the working directory."""
    return Path(os.environ.get("PNAS_RUNS", "runs")).absolute()


def runs(root: Path | None = None) -> list[Run]:
    """All runs of a folder, newest first; what is no run, or cannot be read, is left out (`unreadable` names it)."""
    return _sorted_out(root or default_root())[0]


def unreadable(root: Path | None = None) -> dict[str, str]:
    """The folders whose configuration cannot be read, with the reason."""
    return _sorted_out(root or default_root())[1]


def _sorted_out(root: Path) -> tuple[list[Run], dict[str, str]]:
    found, wrong = [], {}
    for config in root.glob("*/config.json"):
        try:
            found.append((config.stat().st_mtime, Run(config.parent)))
        except (RunError, FileNotFoundError):
            continue  # deleted while we looked
        except Exception as error:  # of another version, or damaged: the others are shown all the same
            wrong[config.parent.name] = _why(error)
    return [run for _, run in sorted(found, key=lambda pair: pair[0], reverse=True)], wrong


def _why(error: Exception) -> str:
    """Why a run's configuration cannot be read, and what to do."""
    if unknown := re.search(r"unexpected keyword argument '(\w+)'", str(error)):
        return f"its config.json has “{unknown[1]}”, which this version does not know. Use the version that made it."
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "its config.json is cut short or damaged. Restore it, or remove the folder."
    return str(error) or type(error).__name__


def find(name: str, root: Path | None = None) -> Run:
    """The run of a folder's name.

    Raises:
        RunError: there is none, or the name leads elsewhere.
    """
    path = (root or default_root()) / name
    inside = path.name == name and not name.startswith(".")
    if not inside or not (path / "config.json").is_file():
        raise RunError(f"there is no run {name!r} here: it was deleted, or it is on another computer")
    return Run(path)


class Run(Prototypes, Shelved):
    """One run: a search and the training of the prototypes picked from it."""

    def __init__(self, path: Path | str) -> None:
        self.path, self.looks = Path(path).absolute(), Looks()
        fields = read_json(self.path / "config.json")
        if fields is None:
            raise RunError(f"there is no run in {self.path.name}: its config.json is missing")
        self.config = Config(**fields)
        own = read_json(self.path / "card.json")  # an own data set may be forgotten while its runs stay
        self.card: Card = card_from(own) if own else card_of(self.config.data)
        self.problem = self.config.problem_of(self.card)
        self._trials = self.transcript if self.config.storage else Journal(self.path / "journal.log", self.problem)

    @classmethod
    def create(cls, config: Config, root: Path | None = None) -> Run:
        """A new folder for `config`, named by data set, board and time.

        Raises:
            DataError: the own data set is not there.
        """
        card = card_of(config.data)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{config.data.replace('/', '-')}-{config.board}-{secrets.token_hex(2)}"
        path = (root or default_root()) / name
        path.mkdir(parents=True)
        if config.data.startswith(OWN):
            write_json(path / "card.json", asdict(card))
        write_json(path / "config.json", asdict(config))
        return cls(path)

    @property
    def name(self) -> str:
        return self.path.name

    def load_data(self, progress: Callable[[str, float], None] | None = None) -> Dataset:
        """The data set of the run.

        Raises:
            DataError: it cannot be had.
            RunError: another data set was imported under the same name since.
        """
        data = load(self.config.data, progress=progress)
        found = data.card if self.card.train else replace(data.card, train=0, test=0)  # counted only when loaded
        if found != self.card:
            raise RunError(
                f"{self.config.data} is not the data set of this run: it was imported anew. Begin a new run with it"
            )
        return data

    # ---- the runner

    def start(self, phase: str) -> None:
        """Start, or go on with, a phase in a process of its own that outlives this one.

        Raises:
            RunError: a runner is at work already, nothing is picked for training, or the disk is too full.
        """
        if phase not in PHASES:
            raise RunError(f"phase is one of {PHASES}, got {phase!r}")
        if self.status.alive:
            raise RunError(f"the {self.status.phase} of run {self.name} is already going on; stop it first")
        if phase == "train" and not self.picks:
            raise RunError("no prototype is picked yet: choose at least one, then train")
        if phase == "train" and not self.untrained() and not all(map(self.result, self.picks)):
            raise RunError("every prototype that is left was stopped: take one up again with `unskip`, then train")
        if short := disk_shortage(need(self.config, self.card, phase).disk, self.path):
            raise RunError(short)
        self._wait_for_the_last_runner()
        for leftover in ("stop", "pause", "journal.log.lock"):
            (self.path / leftover).unlink(missing_ok=True)
        write_json(self.path / "status.json", asdict(Status(phase=phase, state="starting", started=time.time())))
        launch(self.path / "runner.log", phase, str(self.path))

    def _wait_for_the_last_runner(self) -> None:
        """A runner that was told to stop says so at once and is gone a moment later."""
        deadline = time.monotonic() + LEAVE_SECONDS
        while (status := self.status).pid is not None and is_alive(status.pid, status.started):
            if time.monotonic() > deadline:
                raise RunError(f"the last runner, process {status.pid}, does not end; end it, then start again")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask the runner to end; what is finished is kept and `start` goes on from there."""
        (self.path / "stop").touch()

    def pause(self) -> None:
        (self.path / "pause").touch()

    def resume(self) -> None:
        """Let a paused runner go on."""
        (self.path / "pause").unlink(missing_ok=True)

    def wait_while_paused(self) -> None:
        """For whoever works on the run: return when nothing, or no longer anything, holds it up."""
        while self.paused:
            time.sleep(WAIT_SECONDS)

    @property
    def paused(self) -> bool:
        """Whether its runner is asked to rest."""
        return (self.path / "pause").exists()

    @property
    def stopping(self) -> bool:
        """Whether its runner is asked to end."""
        return (self.path / "stop").exists()

    def wait(self, seconds: float = inf) -> Status:
        """Wait until the runner has ended, or for so many seconds; returns how the run stands.

        Raises:
            RunError: the runner failed; the message is its error.
        """
        deadline = time.monotonic() + seconds
        while (status := self.status).alive and time.monotonic() < deadline:
            time.sleep(WAIT_SECONDS)
        if status.state in ("failed", "crashed", "limited"):
            raise RunError(f"the {status.phase} of run {self.name} {status.state}: {status.error}")
        return status

    @property
    def status(self) -> Status:
        fields = read_json(self.path / "status.json")
        if fields is None:
            return Status()
        status = Status(**fields)
        if status.alive and not is_alive(status.pid, status.started):
            return Status(**{**fields, "state": "crashed", "error": self._crash_message()})
        return status

    def _crash_message(self) -> str:
        return (
            "the runner ended without a word, perhaps because memory ran out or the machine was restarted. "
            f"What was finished is safe; start again to go on. Its last words are in {self.name}/runner.log"
        )

    # ---- the search

    def candidates(self) -> list[Candidate]:
        """Finished trials in order of their number; cheap to ask again."""
        return self._trials.candidates()

    def proposed(self) -> list[int]:
        """Numbers of the prototypes that subset selection proposes."""
        found = propose(self.candidates(), self.problem, self.config.picks, objectives=self.config.proposed_in)
        return [c.number for c in found]

    @property
    def transcript(self) -> Transcript:
        """The copy of a search that is recorded in a database."""
        return Transcript(self.path / "candidates.jsonl")

    @property
    def picks(self) -> list[int]:
        """Numbers of the trials chosen for training."""
        return list(self.looks.at(self.path / "picks.json", read_json) or ())

    def pick(self, numbers: list[int]) -> None:
        """Choose the trials to train.

        Raises:
            RunError: one of them is not a candidate that fits.
        """
        feasible = {c.number for c in self.candidates() if c.feasible}
        wrong = [n for n in numbers if n not in feasible]
        if wrong:
            raise RunError(f"only candidates that meet every limit can be trained, {wrong} are not")
        write_json(self.path / "picks.json", list(dict.fromkeys(numbers)))
