"""The board that is not in the table: its figures, and the ones that were kept by name."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets
import traitlets

from pnas_kit.cost import cores
from pnas_kit.runs import RunError
from pnas_kit.runs.own_boards import forget_board, keep_board, kept_boards
from widgets import cards
from widgets.alert import message_html
from widgets.controls import button, dressed, group, number, show
from widgets.pane import Pane
from widgets.state import OWN_FIELDS, State
from widgets.words import KIB, attribute


class OwnBoard:
    """Fields for the figures, a menu of kept boards; ``view`` is what the page shows."""

    def __init__(self, state: State, guard: Callable) -> None:
        self._state = state
        self.kept = dressed(ipywidgets.Dropdown(description="Kept boards"))
        self.keep = button("Keep this board", guard(self._keep), "quiet", "Keep it under its name for later runs")
        self.forget = button("Forget it", guard(self._forget), "quiet", "Runs that were made for it stay as they are")
        self._said = Pane()
        name = dressed(ipywidgets.Text(description="Name", continuous_update=False))
        core = dressed(ipywidgets.Dropdown(options=[(cards.core(core), core) for core in cores()], description="Core"))
        traitlets.link((state, "own_name"), (name, "value"))
        traitlets.link((state, "own_core"), (core, "value"))
        labels = {"own_clock_mhz": "Clock, MHz", "own_ram_kib": "RAM, KiB", "own_flash_kib": "Flash, KiB"}
        figures = [number(state, trait, label) for trait, label in labels.items()]
        row = group("row", self.keep, self.forget, self._said)
        self.view = group("own-board", self.kept, group("fields", name, core, *figures), row)
        self.draw()
        self.kept.observe(guard(lambda change: self._take(change["new"])), "value")
        state.observe(guard(lambda _: self.draw()), ["board", *OWN_FIELDS])

    def draw(self) -> None:
        """Bring menu and buttons in line with the state."""
        boards = self._known()
        mine, name = self._state.own_board, self._state.own_name.strip()
        same = boards.get(name) == mine | {"name": name}
        wrong = self._state.complaints().get("board")
        options = [("Choose …", ""), *((kept, kept) for kept in boards)]
        if self.kept.options != tuple(options):
            self.kept.options = options
        self.kept.value = name if same else ""
        show(self.kept, bool(boards))
        show(self.forget, same)
        self.keep.disabled = same or wrong is not None
        self.keep.description = "Keep the changes" if name in boards and not same else "Keep this board"
        told = wrong or (f"{name} is kept for later runs." if same else "")
        kind = "pn-note pn-refused" if wrong else "pn-note"
        self._said.html = f'<p class="{kind}" role="status">{attribute(told)}</p>' if told else ""

    def _known(self) -> dict[str, dict]:
        try:
            return kept_boards()
        except RunError:
            return {}  # said when a board is to be kept

    def _take(self, name: str) -> None:
        """Make a kept board's figures the ones on show."""
        board = self._known().get(name)
        if board is None or board == self._state.own_board:
            return
        with self._state.hold_trait_notifications():
            self._state.own_name, self._state.own_core = board["name"], board["core"]
            self._state.own_clock_mhz = board["clock_mhz"]
            self._state.own_ram_kib = board["ram_bytes"] / KIB
            self._state.own_flash_kib = board["flash_bytes"] / KIB

    def _keep(self) -> None:
        self._change(lambda: keep_board(self._state.own_board))

    def _forget(self) -> None:
        self._change(lambda: forget_board(self._state.own_name.strip()))

    def _change(self, change: Callable[[], None]) -> None:
        """Do it, and say beside the buttons where it is refused."""
        try:
            change()
        except RunError as error:
            safe = "<p>Nothing was changed; a search can use the board as it stands here all the same.</p>"
            self._said.html = f'<div class="pn-failed" role="alert">{message_html(str(error))}{safe}</div>'
        else:
            self.draw()
