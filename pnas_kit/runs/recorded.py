"""Runs that travel with the code: something to look at for whoever has no run, no time or no fast machine."""

from __future__ import annotations

from pathlib import Path

from pnas_kit.paths import DATA

from .run import Run, RunError

PLACE = DATA / "recorded"
PREFIX = "recorded-"
"""What the names of recorded runs begin with, so that none is taken for one of the user's."""


class Recorded(Run):
    """A run that can only be looked at: everything that would change its folder raises a `RunError`."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self._trials = self.transcript

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.path.name}"

    @property
    def title(self) -> str:
        return f"Recorded search: {self.card.title} on {self.problem.board.name}"

    def _refuse(self, *_: object, **__: object) -> None:
        raise RunError("a recorded run can be looked at but not changed: begin a search of your own to go on from here")

    start = stop = pause = resume = pick = skip = unskip = note = _refuse
    emulate = stop_emulation = rename = delete = _refuse

    def file(self, number: int, name: str) -> Path:
        path = self.prototype(number) / name
        if not path.is_file():
            raise RunError(f"the recorded run has no {name} of prototype {number}: it keeps only the models that it trained")
        return path


def recorded(name: str = "digits") -> Run:
    """A run that was recorded: its candidates, picks, epochs, results and models, as those of any other run.

    Read-only. `python benchmarks/record_run.py digits` makes the one of the digits anew.

    Raises:
        RunError: there is no such recording; or, later, the run is asked for anything that would change it.
    """
    known = sorted(path.parent.name for path in PLACE.glob("*/config.json"))
    if name.removeprefix(PREFIX) not in known:
        raise RunError(f"recorded runs are {known}, got {name!r}")
    return Recorded(PLACE / name.removeprefix(PREFIX))
