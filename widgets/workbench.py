"""The workbench: five steps over one run."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from pnas_kit.learn.data import card_of
from pnas_kit.runs import Run, recorded, runs
from pnas_kit.runs.recorded import PREFIX
from pnas_kit.search import frame
from widgets import figures
from widgets.alert import Guard, alert
from widgets.as_code import Code
from widgets.candidates import Candidates
from widgets.chart import connect
from widgets.controls import button, group, show
from widgets.download import Download
from widgets.explain import Explain
from widgets.insight import Insight
from widgets.link import Link
from widgets.logo import LOGO
from widgets.notice import Notice
from widgets.pane import Pane
from widgets.past import Past
from widgets.run_list import RunList
from widgets.run_report import RunReport
from widgets.share import Share, asked_for, selected
from widgets.state import MOST_PICKS, State
from widgets.step_choose import StepChoose
from widgets.step_deploy import StepDeploy
from widgets.step_search import StepSearch
from widgets.step_task import StepTask
from widgets.step_train import StepTrain
from widgets.steps import steps_html
from widgets.watch import Watch
from widgets.words import run_title

if TYPE_CHECKING:
    import pandas as pd

GONE = "The run {} was deleted, here or in another window. Every other one is kept: open it from Runs, or begin a new one."
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
        self._watch = Watch(state, guard, self._gone)
        self._insight = Insight(state, guard)
        self._download = Download()
        self._link = Link(guard(self._opened))
        self._share, self._notice = Share(), Notice(guard)
        report = RunReport(state, guard, self._download)
        self.front = Candidates(most=MOST_PICKS)
        connect(state, self.front, guard)
        self._past = Past(state, self.front, guard)
        self.steps = {
            "task": StepTask(state, guard, lambda: state.set_trait("step", "search"), self._look),
            "search": StepSearch(state, guard, self.front, self._begin, self._watch.hurry, self._past.begin),
            "choose": StepChoose(state, guard, self.front),
            "train": StepTrain(state, guard, self._watch.hurry),
            "deploy": StepDeploy(state, guard, self._download, self._watch.hurry, report.view),
        }
        self._bar = Pane(step=guard(lambda name: state.set_trait("step", name)))
        self._steps = group("body", *(step.view for step in self.steps.values()))
        self.runs = RunList(state, guard, report, self._choose_run, self._show_list)
        told = (self._notice.view, alert(state))
        page = (self._header(), *told, self.runs.view, self._bar, self._steps)
        super().__init__([self._link, self._download, *page])
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
            self._title = run_title(run)  # to be told when it is gone
        self._watch.show(run)
        self._link.run = self._share.run = run.name if run else ""

    def close(self) -> None:
        """Stop watching and take the widget off the page; the run itself goes on."""
        self._watch.show(None)
        self.runs.close()
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
        """A browser has opened the page: show the run and the picks in its address.

        Without any the newest run that is at work, unless the page is served to several people.
        """
        if self.state.run is not None:
            return
        name, numbers = asked_for(url)
        known = [recorded(name)] if name.startswith(PREFIX) else runs()
        alone = os.environ.get("PNAS_SEVERAL") != "1"
        chosen = [run for run in known if (run.name == name if name else alone and run.status.alive)]
        if chosen:
            self._choose_run(chosen[0])
            self._select(numbers)
        elif name:
            what = f"There is no run {name[:80]} here: it was deleted, or it is on another computer."
            self._notice.say(f"{what} Open one from Runs, or begin a new one.")

    def _select(self, numbers: list[str]) -> None:
        """Take the picks of a link, unless the run has others: then its user decides."""
        found, said = selected(numbers, self.state.candidates)
        mine = self.state.picked
        if not found or found == mine:
            self._notice.say(said)
        elif not mine:
            self._pick(found)
            self._notice.say(said)
        else:
            told = f"The link picks {', '.join(map(str, found))}; picked in this run: {', '.join(map(str, mine))}."
            self._notice.say(f"{told} {said}", "Pick those of the link", lambda: self._pick(found))

    def _pick(self, numbers: list[int]) -> None:
        self.state.run.pick(numbers)
        self.state.picked = numbers
        self.state.step = self._step_of(self.state.run)

    def _gone(self, run: Run) -> None:
        """Somebody deleted the run on show."""
        self._choose_run(None)
        self.state.problem = None
        self._notice.say(GONE.format(self._title))

    def _step_of(self, run: Run) -> str:
        """Where somebody who comes back to a run wants to be."""
        if self.state.results and len(self.state.results) == len(self.state.picked):
            return "deploy"
        if run.status.phase == "train":
            return "train"
        return "choose" if self.state.picked and not self.state.live else "search"

    def _choose_run(self, run: Run | None) -> None:
        self._notice.say("")
        self.show_run(run)
        self.state.step = self._step_of(run) if run else "task"

    def _show_list(self, opened: bool) -> None:
        """The list of runs takes the place of the steps."""
        for widget in (self._bar, self._steps):
            show(widget, not opened)

    # ---- the page

    def _header(self) -> ipywidgets.Widget:
        theme = button("Light / dark", self._guard(self._link.switch_theme), "quiet", "Switch between light and dark")
        theme.add_class("pn-theme")
        title = Pane(f'<h1 class="pn-title">{LOGO}PrototypeNAS <span>workbench</span></h1>')
        return group("head", title, self.runs.toggle, self._share, Code(self.state, self._guard), Explain(), theme)

    def _connect(self) -> None:
        state, guard = self.state, self._guard
        self.front.observe(guard(self._picked_on_chart), "picked")
        traitlets.dlink((state, "picked"), (self._share, "picked"))
        shown = ["step", "run", "status", "candidates", "picked", "curves", "results", "data", "board"]
        state.observe(guard(lambda _: self._show_step()), shown)
        state.observe(guard(lambda _: self._show_budget()), "run")
        state.observe(guard(lambda _: self._show_budget()), ["ram_kib", "flash_kib", "macs_m"])
        self._show_step()
        self._show_budget()

    def _show_step(self) -> None:
        self._bar.html = steps_html(self.state)
        for name, step in self.steps.items():
            show(step.view, name == self.state.step)

    def _show_budget(self) -> None:
        """Draw the budget on show: the run's, or the one that was changed meanwhile for the next search."""
        if self.state.complaints():
            return
        run, sought = self.state.run, self.state.sought()
        shown, card = (run.problem, run.card) if run else (sought, card_of(self.state.data))
        name = "budget" if sought.limits == shown.limits else "new budget"
        self.front.axes = figures.axes(sought.limits, shown.board, shown.engine, card.task, budget=name)

    def _picked_on_chart(self, change: dict) -> None:
        if self.state.run is None or change["new"] == self.state.picked:
            return
        try:
            self.state.run.pick(change["new"])
            self.state.picked = change["new"]
        finally:  # what the run refused does not stay marked
            self.front.picked = list(self.state.picked)
