"""The workbench: five steps over one run."""

from __future__ import annotations

import weakref
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlparse

import ipywidgets

from pnas_kit.learn.data import card_of
from pnas_kit.runs import Run, default_root, recorded, runs
from pnas_kit.runs.recorded import PREFIX, Recorded
from pnas_kit.search import frame
from widgets import figures
from widgets.alert import Guard, alert
from widgets.candidates import Candidates
from widgets.chart import connect
from widgets.controls import button, group, show
from widgets.download import Download
from widgets.insight import Insight
from widgets.link import Link
from widgets.logo import LOGO
from widgets.pane import Pane
from widgets.past import Past
from widgets.state import MOST_PICKS, State
from widgets.step_choose import StepChoose
from widgets.step_deploy import StepDeploy
from widgets.step_search import StepSearch
from widgets.step_task import StepTask
from widgets.step_train import StepTrain
from widgets.steps import steps_html
from widgets.watch import Watch
from widgets.words import attribute

if TYPE_CHECKING:
    import pandas as pd

RUNS_LISTED = 50
_shown: weakref.WeakSet[Workbench] = weakref.WeakSet()


class Workbench(ipywidgets.VBox):
    """The whole way from a data set to a verified model, as one widget.

    Display it in a notebook or open ``notebooks/workbench.ipynb`` in Voilà. Work is done by a runner process of its own;
    this only shows the run's folder, so closing it stops nothing.
    """

    def __init__(self) -> None:
        for other in list(_shown):  # a cell that is run again replaces what it showed
            other.close()
        _shown.add(self)
        self.state = state = State()
        self._guard = guard = Guard(state)
        self._watch = Watch(state, guard)
        self._insight = Insight(state, guard)
        self._download = Download()
        self._link = Link(guard(self._opened))
        self.front = Candidates(most=MOST_PICKS)
        connect(state, self.front, guard)
        self._past = Past(state, self.front, guard)
        self.steps = {
            "task": StepTask(state, guard, lambda: state.set_trait("step", "search"), self._look),
            "search": StepSearch(state, guard, self.front, self._begin, self._watch.hurry, self._past.begin),
            "choose": StepChoose(state, guard, self.front),
            "train": StepTrain(state, guard, self._watch.hurry),
            "deploy": StepDeploy(state, guard, self._download, self._watch.hurry),
        }
        self._bar = Pane(step=guard(lambda name: state.set_trait("step", name)))
        self._runs = Pane(run=guard(self._choose_run))
        super().__init__([self._link, self._download, self._header(), self._bar, alert(state), self._body()])
        self.add_class("pn")
        self._connect()

    # ---- what a notebook reads

    @property
    def run(self) -> Run | None:
        """The run on show."""
        return self.state.run

    @property
    def picked(self) -> list[int]:
        """Numbers of the picked candidates."""
        return list(self.state.picked)

    @property
    def frame(self) -> pd.DataFrame:
        """One row per candidate of the run on show, by number; `pnas_kit.frame` names the columns."""
        return frame(self.state.candidates)

    # ---- runs

    def show_run(self, run: Run | None) -> None:
        """Show a run, or none."""
        if run is not None:
            self.state.adopt(run.config)
        self._watch.show(run)
        self._list_runs()
        self._link.run = run.name if run else ""

    def close(self) -> None:
        """Stop watching and take the widget off the page; the run itself goes on."""
        self._watch.show(None)
        self._insight.close()
        _shown.discard(self)
        super().close()

    def _look(self) -> None:
        """Show the recorded search, from its beginning."""
        self.show_run(recorded())
        self.state.step = "search"
        self._past.begin()

    def _begin(self) -> None:
        run = Run.create(self.state.config())
        run.start("search")
        self.show_run(run)
        self._watch.hurry()

    def _opened(self, url: str) -> None:
        """A browser has opened the page: show the run in its address, else the newest that is at work."""
        if self.state.run is not None:
            return
        wanted = parse_qs(urlparse(url).query).get("run", [""])[0]
        known = runs()
        kept = [recorded(wanted)] if wanted.startswith(PREFIX) else []
        chosen = kept or [run for run in known if run.name == wanted] or [run for run in known if run.status.alive]
        self._list_runs()
        if chosen:
            self.show_run(chosen[0])
            self.state.step = self._step_of(chosen[0])

    def _step_of(self, run: Run) -> str:
        """Where somebody who comes back to a run wants to be."""
        if self.state.results and len(self.state.results) == len(self.state.picked):
            return "deploy"
        if run.status.phase == "train":
            return "train"
        return "choose" if self.state.picked and not self.state.live else "search"

    def _list_runs(self) -> None:
        shown = self.state.run
        extra = [shown] if isinstance(shown, Recorded) else []
        self._runs.html = runs_html([*extra, *runs()[:RUNS_LISTED]], shown)

    def _choose_run(self, name: str) -> None:
        self.show_run((recorded(name) if name.startswith(PREFIX) else Run(default_root() / name)) if name else None)
        self.state.step = self._step_of(self.state.run) if name else "task"

    # ---- the page

    def _header(self) -> ipywidgets.Widget:
        theme = button("Light / dark", self._guard(self._link.switch_theme), "quiet", "Switch between light and dark")
        theme.add_class("pn-theme")
        return group("head", Pane(f'<h1 class="pn-title">{LOGO}PrototypeNAS <span>workbench</span></h1>'), self._runs, theme)

    def _body(self) -> ipywidgets.Widget:
        return group("body", *(step.view for step in self.steps.values()))

    def _connect(self) -> None:
        state, guard = self.state, self._guard
        self.front.observe(guard(self._picked_on_chart), "picked")
        shown = ["step", "run", "status", "candidates", "picked", "curves", "results", "data", "board"]
        state.observe(guard(lambda _: self._show_step()), shown)
        state.observe(guard(lambda _: self._show_budget()), "run")
        state.observe(guard(lambda _: self._show_budget()), ["ram_kib", "flash_kib", "macs_m"])
        state.observe(guard(self._new_state), "status")
        self._show_step()
        self._show_budget()

    def _show_step(self) -> None:
        self._bar.html = steps_html(self.state)
        for name, step in self.steps.items():
            show(step.view, name == self.state.step)

    def _show_budget(self) -> None:
        """Draw the budget of the next search while there is no run yet."""
        if self.state.run is None and not self.state.complaints():
            sought = self.state.config()
            self.front.axes = figures.axes(sought.limits, sought.target, sought.engine, card_of(sought.data).task)

    def _new_state(self, change: dict) -> None:
        if change["old"] and change["new"] and change["old"].state != change["new"].state:
            self._list_runs()

    def _picked_on_chart(self, change: dict) -> None:
        if self.state.run is None or change["new"] == self.state.picked:
            return
        try:
            self.state.run.pick(change["new"])
            self.state.picked = change["new"]
        finally:  # what the run refused does not stay marked
            self.front.picked = list(self.state.picked)


def runs_html(known: list[Run], shown: Run | None) -> str:
    """The list of runs to open."""
    options = [("", "New run" if known else "No run yet"), *((run.name, run_label(run)) for run in known)]
    items = "".join(f'<option value="{attribute(name)}">{attribute(label)}</option>' for name, label in options)
    chosen = attribute(shown.name) if shown else ""
    return f'<label class="pn-runs">Run<select data-action="run" data-chosen="{chosen}">{items}</select></label>'


def run_label(run: Run) -> str:
    """A run in the list: when, what, on which board, how it stands."""
    if isinstance(run, Recorded):
        return f"Recorded search · {run.config.data} · {run.config.board}"
    started = datetime.fromtimestamp((run.path / "config.json").stat().st_mtime)
    status = run.status
    state = f"{status.phase} {status.state}" if status.phase else status.state
    return f"{started:%d %b %H:%M} · {run.config.data} · {run.config.board} · {state}"
