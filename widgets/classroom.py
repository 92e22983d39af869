"""All runs of a folder on one page, for who teaches: it reads and changes nothing."""

from __future__ import annotations

import threading
from collections import Counter

import ipywidgets
import traitlets

from pnas_kit.runs import Run, default_root, runs
from pnas_kit.runs.overview import Row, rows
from pnas_kit.runs.quota import Quota, size
from pnas_kit.search.front import front
from widgets import cards, words
from widgets.alert import Guard, alert
from widgets.asset import asset
from widgets.class_chart import Axes, Series, chart_svg, mark_svg
from widgets.controls import button, group
from widgets.link import Link
from widgets.logo import LOGO
from widgets.pane import Pane
from widgets.run_rows import state_words
from widgets.state import Problem
from widgets.words import attribute, storage

PERIOD = 3.0  # seconds between two looks
RUNS_SHOWN = 60
SHOWS = {
    "fronts": ("Fronts", Axes("Compute, M MACs per inference", "Score (untrained)", front=True)),
    "verified": ("Verified models", Axes("Compute, M MACs per inference", "Test accuracy, int8", front=False, percent=True)),
}
COMPUTE_AND_SCORE = ("macs", "score")


class ClassLink(Link):
    """The page's line to its kernel, with the style of this page."""

    _css = Link._css + asset("class.css")


class Room(traitlets.HasTraits):
    """What is chosen on the page, and what went wrong."""

    problem = traitlets.Instance(Problem, None, allow_none=True)
    show = traitlets.Enum(list(SHOWS), "fronts")
    data = traitlets.Unicode("")  # empty: the data set of the most runs
    run = None

    def __init__(self) -> None:
        self.lock = threading.RLock()
        super().__init__()


class Classroom(ipywidgets.VBox):
    """The runs of a class: a chart of all that share a data set, a table of how each stands, the limits."""

    def __init__(self) -> None:
        self._room = room = Room()
        self._guard = guard = Guard(room)
        self._known: dict[str, Run] = {}
        self._marks: dict[str, int] = {}
        self._fronts: dict[str, tuple[int, list[tuple[float, float]]]] = {}
        self._found: list[Row] = []
        self._woken, self._closed = threading.Event(), False
        self._link = ClassLink(guard(self._opened))
        self._limits, self._table = Pane(), Pane()
        self._limits.add_class("pn-limits")
        self._chart = Pane(show=guard(self._choose("show")), data=guard(self._choose("data")))
        theme = button("Light / dark", guard(self._link.switch_theme), "quiet", "Switch between light and dark")
        theme.add_class("pn-theme")
        title = Pane(f'<h1 class="pn-title">{LOGO}PrototypeNAS <span>class view</span></h1>')
        body = group("class", group("panel", self._chart), group("panel", self._table))
        super().__init__([self._link, group("head", title, self._limits, theme), alert(room), body])
        self.add_class("pn")
        self._chart.html = self._table.html = '<p class="pn-note" role="status">Reading the runs …</p>'

    def close(self) -> None:
        """Stop looking and take the widget off the page."""
        self._closed = True
        self._woken.set()
        super().close()

    def _opened(self, _: str) -> None:
        """Somebody has opened the page: from now on the runs are looked at."""
        threading.Thread(target=self._loop, daemon=True).start()

    def _loop(self) -> None:
        read = self._guard(self.read, todo="It is tried again in a few seconds.")
        while not self._closed:
            read()
            self._woken.wait(PERIOD)
            self._woken.clear()

    def _choose(self, name: str):
        def choose(key: str) -> None:
            setattr(self._room, name, key)
            self._draw()

        return choose

    # ---- what is read

    def read(self) -> None:
        """Look at all runs, and show what is new."""
        root = default_root()
        known = {run.name: self._known.get(run.name, run) for run in runs(root)[:RUNS_SHOWN]}
        for name in sorted(known):  # by the time they were begun
            self._marks.setdefault(name, len(self._marks))
        self._known, first = known, not self._found
        self._found = rows(root, known.values())
        quota = Quota.of(root)
        space = storage(size(root)) + (f" of {quota.disk_gib:g} GiB" if quota.disk_gib else "") + " in use"
        self._limits.html = f'<p class="pn-note">{attribute(quota.words)} · {space}</p>'
        if first:
            self._draw_table()  # the fronts of many long searches take a while
        for row in self._found:
            self._read_front(row.run)
        self._draw()
        self._room.problem = None  # whatever an earlier look ran into is over

    def _read_front(self, run: Run) -> None:
        candidates = run.candidates()
        if self._fronts.get(run.name, (-1,))[0] != len(candidates):
            best = front([c for c in candidates if c.feasible], run.problem, COMPUTE_AND_SCORE)
            self._fronts[run.name] = len(candidates), [(c.cost.macs / 1e6, c.score) for c in best]

    # ---- what is shown

    def _draw(self) -> None:
        self._draw_table()
        self._draw_chart()

    def _draw_chart(self) -> None:
        sets = Counter(row.run.config.data for row in self._found)
        if not sets:
            self._chart.html = cards.empty("No run yet", "The first appears here a moment after somebody starts one.")
            return
        data = self._room.data if self._room.data in sets else sets.most_common(1)[0][0]
        shows = [(key, title) for key, (title, _) in SHOWS.items()]
        picture = chart_svg(
            [self._series(row) for row in self._found if row.run.config.data == data], SHOWS[self._room.show][1]
        )
        if not picture:
            none = {"fronts": "No candidate fits its budget yet.", "verified": "No prototype is trained and verified yet."}
            picture = f'<p class="pn-note pn-class-none" role="status">{none[self._room.show]}</p>'
        self._chart.html = (
            '<div class="pn-class-choices"><h2 class="pn-h">All runs</h2>'
            + _select("show", "Show", shows, self._room.show)
            + _select("data", "Data set", [(name, f"{name} ({_runs(many)})") for name, many in sorted(sets.items())], data)
            + f"</div>{picture}"
        )

    def _series(self, row: Row) -> Series:
        if self._room.show == "verified":
            points = [(result.macs / 1e6, result.int8_accuracy) for result in row.results]
        else:
            points = self._fronts.get(row.run.name, (0, []))[1]
        return Series(self._marks[row.run.name], _title(row.run), points)

    def _draw_table(self) -> None:
        if not self._found:
            self._table.html = cards.empty("Nobody has begun", "Each run gets a line: how it stands and what it found.")
            return
        counts = Counter("waiting" if r.waiting is not None else "at work" if r.at_work else "at rest" for r in self._found)
        told = " · ".join(f"{counts[name]} {name}" for name in ("at work", "waiting", "at rest"))
        lines = "".join(self._line(row) for row in self._found)
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Run", "State", "Progress", "Best verified"))
        self._table.html = (
            f'<h2 class="pn-h">{_runs(len(self._found))}</h2><p class="pn-note" role="status">{told}</p>'
            f'<table class="pn-table pn-class-table pn-stacked" data-rows="{len(self._found)}">'
            f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        )

    def _line(self, row: Row) -> str:
        run, status = row.run, row.status
        kind = "running" if row.at_work and not status.alive else status.state
        best = f"<b>{words.percent(row.best.int8_accuracy)}</b><small>{row.best.metric}</small>" if row.best else "–"
        done = (
            f'<progress max="{status.total}" value="{status.done}" aria-label="Progress"></progress>'
            f"<small>{words.count(status.done)} of {words.count(status.total)} {UNITS.get(status.phase, '')}</small>"
            if status.total
            else "–"
        )
        error = f' title="{attribute(status.error)}"' if status.error else ""
        return (
            f'<tr data-key="{attribute(run.name)}" data-state="{status.state}"><th scope="row" class="pn-half">'
            f"<div>{mark_svg(self._marks[run.name])}<span><b>{attribute(_title(run))}</b>"
            f"<small>{attribute(run.config.data)}</small><small>{attribute(run.problem.board.name)}</small></span></div></th>"
            f'<td class="pn-half"><span class="pn-pill pn-{kind}"{error}>{attribute(_state(row))}</span></td>'
            f'<td class="pn-half" data-label="Progress">{done}</td><td data-label="Best verified">{best}</td></tr>'
        )


def _runs(many: int) -> str:
    return f"{many} run{'' if many == 1 else 's'}"


UNITS = {"search": "candidates", "train": "epochs"}


def _title(run: Run) -> str:
    """What its owner called it, else when it was begun."""
    return run.title or f"{run.name[9:11]}:{run.name[11:13]}, {run.name[-4:]}"


def _state(row: Row) -> str:
    """How it stands: in the words of the list of runs, but a place in the queue as it is now."""
    if row.waiting is not None or (row.emulations and not row.status.alive):
        return row.state.removeprefix(f"{row.status.phase} ")
    return state_words(row.status)


def _select(action: str, label: str, options: list[tuple[str, str]], chosen: str) -> str:
    items = "".join(f'<option value="{attribute(key)}">{attribute(text)}</option>' for key, text in options)
    chooser = f'<select class="pn-select" data-action="{action}" data-chosen="{attribute(chosen)}">{items}</select>'
    return f'<label class="pn-class-choice">{label}{chooser}</label>'
