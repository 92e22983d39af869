"""The report of a whole run, as a file for the browser's download folder."""

from __future__ import annotations

import threading
from collections.abc import Callable

import traitlets

from pnas_kit.runs import Run
from widgets.controls import button, group
from widgets.download import Download
from widgets.pane import Pane
from widgets.state import State
from widgets.words import attribute, run_title


class RunReport:
    """Writes reports aside, for drawing one takes a moment, and offers them for download.

    Attributes:
        view: a button for the run on show, with a word on how it gets on.
    """

    def __init__(self, state: State, guard: Callable, download: Download) -> None:
        self._state, self._guard, self._download = state, guard, download
        self._said = Pane()
        text, hint = "Report of the whole run", "One HTML file with every figure and picture; it opens without a network"
        make = button(text, guard(lambda: self.offer(state.run, self._say)), "quiet", hint)
        self.view = group("row", self._said, make)
        traitlets.dlink((state, "run"), (make, "disabled"), lambda run: run is None)

    def _say(self, text: str) -> None:
        self._said.html = f'<p class="pn-note" role="status">{attribute(text)}</p>' if text else ""

    def offer(self, run: Run | None, say: Callable[[str], None]) -> None:
        """Write the report of a run and hand it to the browser; `say` is told how it gets on."""
        if run is None:
            say("There is no run on show yet.")
            return
        say(f"Writing the report of {run_title(run)} …")
        threading.Thread(target=self._guard(lambda: self._write(run, say), locked=False), daemon=True).start()

    def _write(self, run: Run, say: Callable[[str], None]) -> None:
        last = ""
        try:
            from pnas_kit.runs.report import run_report  # what draws takes a moment to load

            self._download.offer(f"{run.name}.html", run_report(run).encode(), "text/html")
            last = f"The report of {run_title(run)} is in your downloads: one file that opens without a network."
        finally:
            with self._state.lock:
                say(last)
