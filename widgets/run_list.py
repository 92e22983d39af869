"""The panel of all runs: open, resume, rename, delete, report, compare two."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pnas_kit.runs import Run, find, unreadable
from widgets.controls import button, group, heading, show
from widgets.pane import Pane
from widgets.run_report import RunReport
from widgets.run_rows import MOST_COMPARED, rows_html, state_words
from widgets.shelf import Shelf
from widgets.state import State
from widgets.words import attribute, run_title

PERIOD = 1.0  # seconds between two looks at the folder while the panel is open
LISTED = 50


class RunList:
    """A button for the head of the page and the panel that it opens.

    Args:
        choose: shows a run, or none, at the step where its user wants to be.
        opened: told whether the panel is open.
    """

    def __init__(
        self,
        state: State,
        guard: Callable,
        report: RunReport,
        choose: Callable[[Run | None], None],
        opened: Callable[[bool], None],
    ) -> None:
        self._state, self._guard, self._report = state, guard, report
        self._choose, self._opened = choose, opened
        self._shelf, self._most = Shelf(), LISTED
        self._asking = self._focus = ""
        self._returned = self._comparing = False
        self._marked: list[str] = []
        self._closed = threading.Event()
        self._closed.set()
        again = {"todo": "Try again, or look at the list: another window may have changed it."}
        self.toggle = Pane(toggle=guard(lambda _: self.close() if self.is_open else self.open()))
        self.table = Pane(
            open=guard(self._open_run, **again), resume=guard(self._resume, **again),
            rename=guard(lambda name: self._ask("rename", name)), title=guard(self._rename, **again),
            delete=guard(lambda name: self._ask("delete", name)), remove=guard(self._delete, **again),
            cancel=guard(lambda name: self._answered(name)), mark=guard(self._mark),
            report=guard(self._write_report, **again), all=guard(lambda _: self._list_all()),
        )  # fmt: skip
        self.comparison = Pane(back=guard(lambda _: self._back()))
        both = "Both fronts, budgets and prototypes"
        self.compare = button("Compare the two", guard(self._compare, **again), "primary", both)
        self.new = button("New run", guard(lambda: self._leave(None)), "quiet", "Go to the first step with no run on show")
        self._said = Pane()
        close = button("Close", guard(self.close), "quiet", "Back to the steps")
        note = "Every search with its prototypes. They stay until you delete them."
        head = group("row", heading("Runs", note), self.compare, self.new, close)
        self.view = group("panel", head, self._said, self.table, self.comparison)
        self.view.add_class("pn-run-list")
        show(self.view, False)
        state.observe(guard(lambda _: self._draw_toggle()), ["run", "status"])
        self._draw_toggle()

    # ---- open and closed

    @property
    def is_open(self) -> bool:
        return not self._closed.is_set()

    def open(self) -> None:
        """Show the list, and keep it up to date while it is shown."""
        if self.is_open:
            return
        self._closed = closed = threading.Event()
        self._say("")
        self._back()
        show(self.view, True)
        self._opened(True)
        self._draw_toggle()
        threading.Thread(target=self._guard(self._follow, locked=False), args=(closed,), daemon=True).start()

    def close(self) -> None:
        """Back to the steps; the keyboard goes to the button that opens the list."""
        self._returned = self.is_open
        self._closed.set()
        self._asking = ""
        show(self.view, False)
        self._opened(False)
        self._draw_toggle()

    def _follow(self, closed: threading.Event) -> None:
        while not closed.wait(PERIOD):
            with self._state.lock:
                if not closed.is_set():
                    self.draw()

    def _leave(self, run: Run | None) -> None:
        self.close()
        self._choose(run)

    # ---- what is shown

    def draw(self) -> None:
        """Bring the table in line with the folder."""
        rows, count = self._shelf.rows(self._most)
        names = {row.name for row in rows}
        self._marked = [name for name in self._marked if name in names]
        shown = self._state.run.name if self._state.run else ""
        html = rows_html(rows, shown, self._marked, self._asking, self._focus)
        if count > len(rows):
            text = f"The {len(rows)} newest of {count} runs."
            html += f'<p class="pn-note pn-beneath">{text} <button class="pn-plain" data-action="all">Show all</button></p>'
        for name, reason in unreadable().items():
            text = f"<b>{attribute(name)}</b> cannot be read and is left as it is: {attribute(reason)}"
            html += f'<p class="pn-note pn-beneath">{text}</p>'
        self.table.html = html
        self.compare.disabled = self._comparing or len(self._marked) != MOST_COMPARED

    def _draw_toggle(self) -> None:
        run, status = self._state.run, self._state.status
        text = "no run on show"
        if run and status:
            text = f"<b>{attribute(run_title(run))}</b> <span>{attribute(state_words(status))}</span>"
        self.toggle.html = (
            f'<button type="button" class="pn-runs" data-action="toggle" aria-expanded="{str(self.is_open).lower()}"'
            f"{' data-focus=closed' if self._returned and not self.is_open else ''}>"
            f"<span>Runs</span><span>{text}</span>{ARROW}</button>"
        )

    def _say(self, text: str) -> None:
        self._said.html = f'<p class="pn-note" role="status">{attribute(text)}</p>'

    def _list_all(self) -> None:
        self._most = 10**6
        self.draw()

    # ---- what is done

    def _ask(self, what: str, name: str) -> None:
        self._asking, self._focus = f"{what}:{name}", ""
        self.draw()

    def _answered(self, name: str, said: str = "") -> None:
        """No question any more; the keyboard goes back to where it was asked."""
        self._focus = f"{self._asking.partition(':')[0]}:{name}"
        self._asking = ""
        self._say(said)
        self.draw()

    def _open_run(self, name: str) -> None:
        self._leave(find(name))

    def _resume(self, name: str) -> None:
        run = find(name)
        run.start(run.status.phase)
        self._say(f"{run_title(run)} goes on.")
        self.draw()

    def _rename(self, name: str, title: str) -> None:
        run = find(name)
        run.rename(title)
        self._answered(name, f"It is called {run_title(run)} now.")
        self._draw_toggle()

    def _delete(self, name: str) -> None:
        run = find(name)
        title, here = run_title(run), self._state.run is not None and self._state.run.name == name
        run.delete()
        if here:
            self._choose(None)
        self._answered(name, f"{title} is deleted.")

    def _mark(self, name: str) -> None:
        if name in self._marked:
            self._marked.remove(name)
        elif len(self._marked) < MOST_COMPARED:
            self._marked.append(name)
        self.draw()

    # ---- what takes a moment

    def _write_report(self, name: str) -> None:
        self._report.offer(find(name), self._say)

    def _compare(self) -> None:
        first, second = (find(name) for name in self._marked)
        self._say("Comparing …")
        self._comparing = True
        self.draw()
        safe, todo = "Both runs stay as they are.", "Open each of them alone to see which of the two is damaged."
        work = self._guard(lambda: self._show_compared(first, second), safe, todo, locked=False)
        threading.Thread(target=work, daemon=True).start()

    def _show_compared(self, first: Run, second: Run) -> None:
        html = ""
        try:
            from widgets.compared import compared_html  # what draws takes a moment to load

            html = compared_html(first, second)
        finally:
            with self._state.lock:
                self._comparing = False
                self._say("")
                self._swap(bool(html))  # first, for nothing that is hidden can take the keyboard
                self.comparison.html = html
                self.draw()

    def _swap(self, comparing: bool) -> None:
        """Show the comparison in place of the list, or the list."""
        show(self.comparison, comparing)
        for widget in (self.table, self.compare, self.new):
            show(widget, not comparing)

    def _back(self) -> None:
        self.comparison.html = ""
        self._swap(False)
        self.draw()


ARROW = '<svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><path d="M3 6 8 11 13 6"/></svg>'
