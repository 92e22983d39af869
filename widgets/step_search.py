"""Step 2: the search, live."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from pnas_kit.learn.data import card_of
from pnas_kit.search.smallest import what_blocks
from widgets import cards, words
from widgets.beyond import Beyond
from widgets.controls import button, choice, group, heading, number, show
from widgets.front import Front
from widgets.gauge import Gauge
from widgets.pane import Pane
from widgets.past import tiles
from widgets.room import room_html
from widgets.state import CHOICES, State
from widgets.words import attribute

STATES = {
    "new": "not started",
    "starting": "starting",
    "queued": "waiting for its turn",
    "running": "searching",
    "paused": "paused",
    "stopped": "stopped",
    "done": "finished",
    "limited": "ended at a limit",
    "failed": "failed",
    "crashed": "ended unexpectedly",
}
TEACHERS = [("none", False), ("large network", True)]


class StepSearch:
    """Start, pause and stop a search and watch its front grow."""

    def __init__(
        self,
        state: State,
        guard: Callable,
        front: Front,
        begin: Callable[[], None],
        hurry: Callable[[], None],
        replay: Callable[[], None],
    ) -> None:
        self._state = state
        self._hurry = hurry
        self._gauge = Gauge()
        self._fields = [
            number(state, "trials", "Candidates", "How many networks are tried", whole=True),
            number(state, "workers", "Workers", "Processes that evaluate at the same time", whole=True),
            number(state, "seed", "Seed", "The same seed gives the same search", whole=True),
            number(state, "epochs", "Training epochs", "Passes over the data in training", whole=True),
        ]
        self._teacher = choice(
            state,
            "distil",
            "Teacher",
            TEACHERS,
            "A large network, trained first, whose answers prototypes learn too; takes long",
        )
        self.beyond = Beyond(state, guard)
        self.start = button("Start search", guard(begin), "primary")
        self.resume = button("Continue", guard(self._go_on), "primary", "Go on with this search")
        self.pause = button("Pause", guard(self._pause), "quiet")
        self.stop = button("Stop", guard(self._stop), "danger")
        self.replay = button("Replay", guard(replay), "quiet", "See the search grow once more, at your own pace")
        self._onward = button("Choose prototypes", guard(lambda: state.set_trait("step", "choose")), "next")
        self._figures = Pane()
        self._messages = Pane()
        self.view = group("search", self._left(), group("panel", front, self._onward))
        redraw = guard(lambda _: self.draw())
        state.observe(redraw, ["run", "status", "candidates", "volumes", "moment", *CHOICES])
        self.draw()

    def _left(self) -> ipywidgets.Widget:
        note = "Networks are scored untrained; the search keeps those that fit the budget."
        return group(
            "panel",
            heading("Search", note),
            group("fields", *self._fields, self._teacher),
            self.beyond.view,
            group("row", self.resume, self.start, self.pause, self.stop, self.replay),
            self._messages,
            self._figures,
        )

    # ---- commands

    def _go_on(self) -> None:
        self._state.run.start("search")
        self._hurry()

    def _pause(self) -> None:
        run = self._state.run
        (run.resume if self._state.status.state == "paused" else run.pause)()
        self._hurry()

    def _stop(self) -> None:
        self._state.run.stop()
        self._hurry()

    # ---- what is shown

    def draw(self) -> None:
        """Bring buttons, figures and messages in line with the state."""
        state, status = self._state, self._state.status
        searching = state.live and status.phase == "search"
        unfinished = bool(state.run) and len(state.candidates) < state.run.config.trials and not state.live
        self.start.description = "New search" if state.run else "Start search"
        (self.start.add_class if state.run else self.start.remove_class)("pn-quiet")
        show(self.start, not state.live)
        show(self.resume, unfinished and status is not None and status.state != "new")
        show(self.pause, searching and status.state != "queued")
        show(self.stop, searching)
        show(self.replay, not searching and len(state.candidates) > 1)
        self.replay.disabled = state.moment is not None
        self.pause.description = "Resume" if searching and status.state == "paused" else "Pause"
        for field in self._fields:
            field.disabled = state.live
        self._teacher.disabled = state.live or card_of(state.data).task == "detection"
        self.beyond.draw()
        complaints = state.complaints()
        self.start.disabled = bool(complaints)
        self._onward.disabled = not state.fit
        self._messages.html = self._message(complaints)
        self._figures.html = self._figures_html() if state.run else ""

    def _message(self, complaints: dict[str, str]) -> str:
        state, status = self._state, self._state.status
        if status is not None and status.phase == "search" and status.state in ("failed", "crashed"):
            return (
                f'<div class="pn-failed" role="alert"><b>The search {STATES[status.state]}.</b> '
                f"{attribute(status.error or '')} Every finished candidate is kept: continue this search.</div>"
            )
        if status is not None and status.phase == "search" and status.state == "limited":
            return f'<div class="pn-failed" role="alert"><b>The search ended at a limit.</b> {attribute(status.error)}</div>'
        if complaints and not state.live:
            lines = "".join(f"<li>{attribute(text)}</li>" for text in complaints.values())
            return f'<ul class="pn-complaints" role="alert">{lines}</ul>'
        if blocked := what_blocks(state.candidates):
            count, _, reasons = blocked.partition(": ")
            advice = "Raise the limit that stops the most, or choose another board."
            return f'<div class="pn-failed" role="status"><b>{attribute(count)}:</b> {attribute(reasons)} {advice}</div>'
        return "" if state.live else room_html(state.config(), "search")

    def _figures_html(self) -> str:
        state, status = self._state, self._state.status
        searching = status is not None and status.phase == "search"
        total, done = state.run.config.trials, len(state.seen)
        self._gauge.note(len(state.candidates))
        running = searching and status.state == "running"
        rate = self._gauge.per_second if running else None
        label = STATES[status.state] if searching else "finished" if len(state.candidates) >= total else "stopped"
        told = searching and status.alive and status.message not in ("", "searching")
        if told and (not done or status.state == "queued"):
            label = attribute(status.message)
        if state.moment is not None:
            label = "replay"
        shown = tiles(state)
        if searching and status.alive:
            shown[2:2] = [
                cards.tile("Time left", words.duration(status.seconds_left if running else None)),
                cards.tile("Rate", f"{rate:.1f} / s" if rate else "–"),
            ]
        return (
            f'<div class="pn-progress" data-state="{status.state if status else "new"}" data-done="{done}">'
            f'<p role="status"><span class="pn-pill pn-{status.state if searching else "done"}">{label}</span></p>'
            f'<progress max="{total}" value="{done}" aria-label="Candidates tried"></progress>'
            f'<div class="pn-tiles">{"".join(shown)}</div></div>'
        )
