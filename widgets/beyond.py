"""Settings of a search for those who have more than this machine."""

from __future__ import annotations

from collections.abc import Callable

from pnas_kit.search import LOOKAHEAD
from widgets.controls import button, group, number, show, text
from widgets.pane import Pane
from widgets.state import State

NOTE = (
    "Leave them as they are to work on this machine. A cluster's workers need this program in the same version; a database "
    "takes its password from PGPASSWORD or ~/.pgpass."
)


class Beyond:
    """Where the work is done, where it is recorded, how much of it at once; folded away while nobody asked for it."""

    def __init__(self, state: State, guard: Callable) -> None:
        self._state = state
        self._fields = [
            text(state, "executor", "Dask scheduler", "Whose workers evaluate and train", "tcp://host:8786"),
            text(state, "storage", "PostgreSQL database", "Where the search is recorded", "postgresql://user@host/db"),
            number(
                state,
                "lookahead",
                "Under way at once",
                f"Candidates being evaluated at the same time; {LOOKAHEAD} unless a cluster has more than "
                f"{LOOKAHEAD // 2} workers. Like the seed it has a say in what is found",
                whole=True,
            ),
        ]
        self._fold = group("beyond", Pane(f'<p class="pn-note">{NOTE}</p>'), group("fields", *self._fields))
        self._button = button("Advanced settings", guard(self._turn))
        self._button.add_class("pn-more")
        self._open(False)
        self.view = group("advanced", self._button, self._fold)

    def draw(self) -> None:
        """Unfold where a setting is in use, lock while a runner is at work."""
        state = self._state
        for field in self._fields:
            field.disabled = state.live
        if state.executor or state.storage or state.lookahead != LOOKAHEAD:
            self._open(True)

    def _turn(self) -> None:
        self._open(self._fold.layout.display == "none")

    def _open(self, wanted: bool) -> None:
        show(self._fold, wanted)
        self._button.description = "Fewer settings" if wanted else "Advanced settings"
