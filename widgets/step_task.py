"""Step 1: which data, which board, which budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import ipywidgets

from pnas_kit.cost import beside, boards
from pnas_kit.cost.cimage import GENERATED_C
from pnas_kit.learn.data import CATALOGUE, OWN, Card, DataError, cached, card_of, load, own_cards
from pnas_kit.learn.data.ucr_sets import PREFIX
from pnas_kit.learn.own import forget
from widgets import cards, words
from widgets.alert import message_html
from widgets.controls import button, choice, dressed, group, heading, heading_html, number, show
from widgets.own_board import OwnBoard
from widgets.own_data import OwnData
from widgets.pane import Pane
from widgets.pictures import samples_html
from widgets.state import OWN_BOARD, OWN_FIELDS, State
from widgets.words import attribute

BUDGET = ("ram_kib", "flash_kib", "macs_m")
REPORT_EVERY, REPORT_STEP = 0.2, 0.01  # seconds, or share done, between two messages of a download


ENGINES = [("TensorFlow Lite Micro", ""), ("Generated C", GENERATED_C)]
PRECISIONS = [("int8", False), ("int4 where flash is short", True)]


FORGET = '<p><button type="button" class="pn-plain" data-action="forget" data-key="{}">Forget this data set</button></p>'


class StepTask:
    """Data set, board and budget; ``view`` is what the page shows."""

    def __init__(self, state: State, guard: Callable, go: Callable[[], None], look: Callable[[], None]) -> None:
        self._state = state
        self._guard = guard
        self._pictures: dict[str, str] = {}
        self._loading: dict[str, tuple[str, float]] = {}
        self._failed: dict[str, str] = {}  # why the last download of a data set came to nothing
        self._sets = Pane(
            data=guard(lambda name: state.set_trait("data", name)), fetch=guard(self.fetch), forget=guard(self._forget)
        )
        self._more = self._more_menu()
        self._own_data = OwnData(state, guard)
        self._boards = Pane(board=guard(lambda board: state.set_trait("board", board)))
        self.own_board = OwnBoard(state, guard)
        self._budget, self._messages = heading("Budget"), Pane()
        self._go = button("Continue to search", guard(go), "next")
        self._look = button(
            "Look at a recorded search", guard(look), "quiet", "See a finished search grow once more; no wait"
        )
        self.view = group("task", self._left(), self._right())
        state.observe(guard(lambda _: self._draw_data()), "data")
        state.observe(guard(lambda _: self._fetch_if_here()), "data")
        state.observe(guard(lambda _: self._draw_boards()), "board")
        state.observe(
            guard(lambda _: self._draw_messages()), ["run", "data", "board", "engine", "int4", *OWN_FIELDS, *BUDGET]
        )
        self._draw_data()
        self._draw_boards()
        self._draw_messages()
        self._fetch_if_here()

    def _left(self) -> ipywidgets.Widget:
        title = heading("Data set", "What should the device tell apart?")
        return group("panel", title, self._sets, self._more, self._own_data.view)

    def _right(self) -> ipywidgets.Widget:
        labels = ("RAM, KiB", "Flash, KiB", "Compute, M MACs")
        budget = [number(self._state, name, label) for name, label in zip(BUDGET, labels, strict=True)]
        return group(
            "panel",
            heading("Board", "What should it run on?"),
            self._boards,
            self.own_board.view,
            self._budget,
            group("fields", *budget),
            group(
                "fields",
                choice(self._state, "engine", "Runs with", ENGINES, "What computes the network on the board"),
                choice(self._state, "int4", "Weights", PRECISIONS, "Four-bit weights halve a convolution's flash"),
            ),
            self._messages,
            group("row", self._look, self._go),
        )

    # ---- data

    def _more_menu(self) -> ipywidgets.Dropdown:
        """The sets that are too many for cards: those of the archives, and those of the paper that a person brings."""
        names = sorted((name for name in CATALOGUE if _in_menu(name)), key=lambda name: name.startswith(PREFIX))
        menu = ipywidgets.Dropdown(
            options=[("Choose …", ""), *((CATALOGUE[name].title, name) for name in names)],
            description="More: the paper's own sets (bring your copy), the UCR and UEA archives",
        )
        menu.observe(self._guard(lambda change: change["new"] and self._state.set_trait("data", change["new"])), "value")
        return dressed(menu)

    def _draw_data(self) -> None:
        chosen = self._state.data
        self._more.value = chosen if _in_menu(chosen) else ""
        try:
            card = card_of(chosen)
        except DataError:  # another page forgot it, which the complaints say
            return
        drawn = [
            (one, cards.data_card(one, cached(name), name == chosen))
            for name, one in (CATALOGUE | own_cards()).items()
            if not _in_menu(name) or name == chosen
        ]
        self._sets.html = cards.data_sets(drawn, card, self._about(card))

    def _about(self, card: Card) -> str:
        """What one should know of the chosen data set, its samples or how to get them."""
        forget = FORGET.format(attribute(card.name)) if card.name.startswith(OWN) else ""
        notice = f'<p class="pn-note pn-terms"><b>{attribute(card.notice)}</b></p>' if card.notice else ""
        about = f'<p>{attribute(card.summary)}</p><p class="pn-note">Licence: {attribute(card.licence)}.</p>{notice}'
        return f"{about}{self._picture(card.name)}{cards.data_facts(card)}{forget}"

    def _forget(self, name: str) -> None:
        self._state.data = next(iter(CATALOGUE))
        forget(name)
        self._pictures.pop(name, None)
        self._draw_data()

    def _picture(self, name: str) -> str:
        if name in self._pictures:
            return self._pictures[name]
        if name in self._loading:
            message, share = self._loading[name]
            return (
                f'<div class="pn-samples pn-waiting" role="status"><p>{attribute(message)}</p>'
                f'<progress max="1" value="{share:.3f}" aria-label="{attribute(message)}"></progress></div>'
            )
        if name in self._failed:
            return (
                f'<div class="pn-failed" role="alert">{message_html(self._failed[name])}<p>Nothing half-loaded was kept, '
                "and nothing else is affected: you can choose another data set meanwhile.</p>"
                f'<button type="button" class="pn-plain" data-action="fetch" data-key="{name}">Try again</button></div>'
            )
        card = card_of(name)
        if card.folder and not cached(name):
            return (
                '<div class="pn-samples pn-waiting"><p>In no package registry. Put '
                f"{attribute(card.folder)} into a folder and start the workbench with PNAS_DATA set to that folder.</p>"
                f'<button type="button" class="pn-plain" data-action="fetch" data-key="{name}">Look there</button></div>'
            )
        size = words.megabytes(card.download_bytes)
        todo = "I accept these terms: download" if card.notice else "Download"
        return (
            '<div class="pn-samples pn-waiting"><p>Samples are shown once the data set is on this computer.</p>'
            f'<button type="button" class="pn-plain" data-action="fetch" data-key="{name}">{todo} {size}</button></div>'
        )

    def _fetch_if_here(self) -> None:
        if cached(self._state.data):
            self.fetch(self._state.data)

    def fetch(self, name: str) -> None:
        """Load a data set in the background, downloading it if need be, and show its samples."""
        if name in self._pictures or name in self._loading:
            return
        self._failed.pop(name, None)
        self._loading[name] = ("Loading", 0.0)
        self._draw_data()
        work = self._guard(
            self._load, safe="Nothing else is affected.", todo="You can choose another data set meanwhile.", locked=False
        )
        threading.Thread(target=work, args=(name,), daemon=True).start()

    def _load(self, name: str) -> None:
        last = 0.0

        def report(message: str, share: float) -> None:
            nonlocal last
            moved = share - self._loading[name][1] >= REPORT_STEP  # or a download that stands still would lag behind
            if moved or time.monotonic() - last > REPORT_EVERY:
                last = time.monotonic()
                with self._state.lock:
                    self._loading[name] = (message, share)
                    self._draw_data()

        try:
            self._pictures[name] = samples_html(load(name, progress=report, accept=True))  # said so on the button
        except DataError as error:
            self._failed[name] = str(error)
        finally:
            with self._state.lock:
                del self._loading[name]
                self._draw_data()
                self._draw_messages()

    # ---- board

    def _draw_boards(self) -> None:
        chosen = self._state.board
        drawn = [cards.board_card(board, board.id == chosen) for board in boards().values()]
        self._boards.html = cards.radios("Board", "board", [*drawn, cards.own_board_card(chosen == OWN_BOARD)])
        show(self.own_board.view, chosen == OWN_BOARD)

    def _draw_messages(self) -> None:
        complaints = self._state.complaints()
        lines = "".join(f"<li>{attribute(text)}</li>" for text in complaints.values())
        changed = not complaints and self._state.run and not self._state.matches(self._state.run.config)
        note = '<p class="pn-note" role="status">Changed: this is for a new search. The run on show stays as it is.</p>'
        self._budget.html = heading_html("Budget", self._prefilled())
        self._messages.html = f'<ul class="pn-complaints" role="alert">{lines}</ul>' if lines else note if changed else ""
        self._go.disabled = bool(complaints)

    def _prefilled(self) -> str:
        """Where the budget is from, and what of the board is no network's."""
        try:
            sound = card_of(self._state.data).front_end
        except DataError:  # another page forgot it
            sound = None
        kept = beside(sound)
        what = "stack, start-up and the features of sound" if sound else "stack and start-up"
        sizes = f"{words.kib(kept.ram_bytes)} of RAM and {words.kib(kept.flash_bytes)} of flash"
        return f"Prefilled from the board, of which {sizes} are kept for {what}. Leave room for your own program."


def _in_menu(name: str) -> bool:
    return name.startswith(PREFIX) or (name in CATALOGUE and bool(CATALOGUE[name].folder))
