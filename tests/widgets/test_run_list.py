"""The panel of runs, two runs compared, links with picks, and a run that another window deletes."""

import re
import shutil
import time
from html import unescape

import psutil
import pytest
from made_runs import add_result, config, set_status
from test_app import hello, text
from waiting import wait_for

from pnas_kit.runs import Run
from widgets.share import asked_for, selected
from widgets.workbench import Workbench


@pytest.fixture
def pair(run, root):
    """The searched run, and the same search under another seed's name."""
    other = Run.create(config(seed=5), root)
    shutil.copy(run.path / "journal.log", other.path)
    set_status(other, phase="search", state="stopped", done=24, total=24)
    return run, Run(other.path)


@pytest.fixture
def panel(workbench, run):
    workbench.runs.open()
    return workbench.runs


def row(panel, run):
    """Text of a run's row, and the actions that it offers."""
    html = re.search(rf'<tr data-key="{run.name}".*?</tr>', panel.table.html, re.DOTALL)[0]
    buttons = [tag for tag in re.findall(r"<button[^>]*>", html) if " disabled" not in tag]
    return unescape(re.sub(r"<[^>]+>|\s+", " ", html)), {re.search(r'data-action="(\w+)"', tag)[1] for tag in buttons}


def fit(run):
    return [c.number for c in run.candidates() if c.feasible]


def test_a_row_says_what_where_when_and_how_far(panel, run):
    add_result(run, fit(run)[0])
    panel.draw()
    words, actions = row(panel, run)
    for wanted in ("Handwritten digits", "Arduino Nano 33 BLE", "search finished", "24 of 24", " 1 ", "KiB"):
        assert wanted in words
    assert actions == {"open", "mark", "report", "rename", "delete"}
    assert f"{run.size / 1024:.1f} KiB" in words


def test_a_live_run_shows_its_progress_and_is_not_deleted(panel, run):
    me = psutil.Process()
    working = {"phase": "search", "state": "running", "pid": me.pid, "started": me.create_time()}
    set_status(run, **working, done=6, total=24, seconds_left=50.0)
    panel.draw()
    words, actions = row(panel, run)
    assert "search running" in words and "6 of 24" in words and "50 s left" in words
    assert "delete" not in actions and "resume" not in actions
    assert 'max="24" value="6"' in panel.table.html
    panel.table.press("remove", run.name)
    assert run.exists and "while its search is running" in panel._state.problem.what


def test_the_list_takes_the_place_of_the_steps_and_follows_the_folder(panel, workbench, run, root):
    assert workbench._steps.layout.display == "none" == workbench._bar.layout.display
    assert panel.view.layout.display is None
    other = Run.create(config(seed=9), root)
    wait_for(lambda: other.name in panel.table.html)
    panel.close()
    assert workbench._steps.layout.display is None and panel.view.layout.display == "none"


def test_a_run_is_opened_from_the_list(panel, workbench, run):
    panel.table.press("open", run.name)
    assert workbench.run.name == run.name and not panel.is_open
    assert "search finished" in text(panel.toggle)


def test_what_ended_early_is_resumed_in_its_phase(panel, run, monkeypatch):
    started = []
    monkeypatch.setattr(Run, "start", lambda self, phase: started.append((self.name, phase)))
    for state in ("stopped", "limited", "failed", "crashed"):
        set_status(run, phase="train", state=state, error="memory ran out")
        panel.draw()
        assert "resume" in row(panel, run)[1]
        panel.table.press("resume", run.name)
    assert started == [(run.name, "train")] * 4


def test_a_title_is_asked_for_and_shown_everywhere(panel, workbench, run):
    workbench.show_run(run)
    panel.table.press("rename", run.name)
    assert 'name="value"' in panel.table.html
    panel.table.press("title", run.name, value="Kitchen <scale>")
    assert run.title == "Kitchen <scale>" and 'name="value"' not in panel.table.html
    assert "Kitchen &lt;scale&gt;" in panel.table.html and "Kitchen &lt;scale&gt;" in panel.toggle.html
    panel.table.press("title", run.name, value="x" * 100)
    assert "at most 80" in workbench.state.problem.what and run.title == "Kitchen <scale>"


def test_deletion_is_asked_first_and_can_be_cancelled(panel, workbench, run):
    workbench.show_run(run)
    panel.table.press("delete", run.name)
    assert "cannot be undone" in panel.table.html and run.exists
    panel.table.press("cancel", run.name)
    assert "cannot be undone" not in panel.table.html and f'data-focus="delete:{run.name}"' in panel.table.html
    panel.table.press("delete", run.name)
    panel.table.press("remove", run.name)
    assert not run.exists and workbench.run is None and workbench.state.problem is None
    assert "No run yet" in panel.table.html and workbench._link.run == ""


def test_others_who_show_a_deleted_run_are_told_and_go_on(workbench, run, root):
    run.rename("Shared")
    workbench.show_run(Run(run.path))
    run.delete()
    wait_for(lambda: "The run Shared was deleted" in text(workbench._notice.view))
    assert workbench.run is None
    assert workbench.state.step == "task" and workbench.state.problem is None and workbench.state.candidates == ()
    other = Run.create(config(), root)
    workbench.show_run(other)
    assert workbench.run.name == other.name


def test_a_click_on_a_run_that_was_just_deleted_says_so(workbench, run):
    shown = Run(run.path)
    workbench.show_run(shown)
    number = fit(run)[0]
    with workbench.state.lock:  # so that the click comes before the watch has seen it
        run.delete()
        workbench.front.picked = [number]
        assert workbench.state.problem.what == "The run was deleted in another window."
        assert "No such file" not in str(workbench.state.problem)
    wait_for(lambda: "was deleted" in text(workbench._notice.view))
    assert workbench.run is None and workbench.state.problem is None


# ---- two runs compared


def test_two_marked_runs_are_compared(panel, workbench, pair):
    run, other = pair
    better, worse = fit(run)[:2]
    add_result(run, better, int8_accuracy=0.91)
    add_result(other, worse, int8_accuracy=0.885)
    panel.draw()
    assert panel.compare.disabled
    for one in pair:
        panel.table.press("mark", one.name)
    third = Run.create(config(), run.path.parent)
    panel.draw()
    assert "mark" not in row(panel, third)[1]
    panel.compare.click()
    wait_for(lambda: panel.comparison.html, 60)
    html = panel.comparison.html
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL))).split())
    assert workbench.state.problem is None and html.count('<svg role="img"') == 2
    for wanted in (
        "91.00 %",
        "88.50 %",
        "−2.50 points worse",
        "The seeds differ",
        "24 of 24",
        "Sampler, seed NSGA-II, 0 NSGA-II, 5 ≠",
        "Hypervolume of MACs, MeCo, ZiCo, NASWOT, SNIP;",
    ):
        assert wanted in words, wanted
    assert panel.table.layout.display == "none"
    panel.comparison.press("back")
    assert panel.table.layout.display is None and panel.comparison.layout.display == "none"


def test_runs_on_other_data_are_compared_in_what_they_cost_alone(panel, run, root):
    other = Run.create(config(data="ecg5000"), root)
    for one in (run, other):
        panel.table.press("mark", one.name)
    panel.draw()
    panel.compare.click()
    wait_for(lambda: panel.comparison.html, 60)
    html = panel.comparison.html
    assert 'data-comparable="false"' in html and "cannot be ranked" in html and "can still be compared" in html
    assert '<svg role="img"' not in html and "Accuracy, int8" not in html and "Latency, estimated" in html


# ---- links


def test_picks_of_a_link_are_the_selection(workbench, run):
    wanted = sorted(fit(run)[:2])
    hello(workbench, f"?run={run.name}&sel={wanted[1]},{wanted[0]}")
    assert workbench.picked == wanted == run.picks == workbench.front.picked == workbench._share.picked
    assert workbench.state.step == "choose" and workbench._notice.view.html == ""


def test_a_link_does_not_take_somebody_elses_picks_away(workbench, run):
    mine, theirs = fit(run)[:2]
    run.pick([mine])
    hello(workbench, f"?run={run.name}&sel={theirs}")
    assert workbench.picked == [mine] == run.picks
    assert f"The link picks {theirs}; picked in this run: {mine}." in text(workbench._notice.view)
    workbench._notice.view.press("act")
    assert workbench.picked == [theirs] == run.picks and workbench._notice.view.html == ""


def test_what_a_link_gets_wrong_is_a_sentence(workbench, run):
    over = next(c.number for c in run.candidates() if not c.feasible)
    hello(workbench, f"?run={run.name}&sel=999,x%3Cb%3E,{over},{fit(run)[0]}")
    said = text(workbench._notice.view)
    assert "The link names 999, x&lt;b&gt;, which are no candidates of this run." in said
    assert f"The link names {over}, which does not fit the budget." in said
    assert workbench.picked == [fit(run)[0]] and workbench.state.problem is None


@pytest.mark.parametrize("name", ["gone", "..%2F..%2Fetc", "%3Cscript%3E"])
def test_an_unknown_run_in_the_address_is_a_sentence(workbench, run, name):
    hello(workbench, f"?run={name}&sel=3")
    assert workbench.run is None and workbench.state.problem is None
    assert "There is no run" in text(workbench._notice.view) and "<script" not in workbench._notice.view.html


def test_too_many_picks_in_a_link_are_cut(run):
    candidates = run.candidates()
    words = [str(number) for number in fit(run)] + ["٣", "-1", "1e9"]
    found, said = selected(words, candidates)
    assert len(found) <= 8 and set(found) <= set(fit(run)) and "no candidates" in said
    assert asked_for("http://x/?sel=") == ("", []) == asked_for("http://x/")


# ---- the report


def test_the_report_of_a_whole_run_is_offered(panel, workbench, run):
    sent = []
    workbench._download.send = lambda content, buffers: sent.append((content["name"], bytes(buffers[0]).decode()))
    panel.table.press("report", run.name)
    wait_for(lambda: sent, 60)
    name, html = sent[0]
    assert name == f"{run.name}.html" and html.startswith("<!doctype html>") and "What the search found" in html
    wait_for(lambda: "in your downloads" in text(panel._said))


def test_a_report_that_fails_is_told(panel, workbench, run, monkeypatch):
    import pnas_kit.runs.report as module

    def fail(_):
        raise OSError("the disk is full")

    monkeypatch.setattr(module, "run_report", fail)
    panel.table.press("report", run.name)
    wait_for(lambda: workbench.state.problem)
    assert workbench.state.problem.what == "the disk is full" and "Writing" not in text(panel._said)


def test_the_list_stops_reading_when_it_is_closed(panel, workbench, monkeypatch):
    panel.close()
    read = []
    monkeypatch.setattr(panel, "draw", lambda: read.append(1))
    time.sleep(1.3)
    assert read == []
    assert isinstance(workbench, Workbench)


# ---- room


def test_too_little_memory_is_told_before_a_search_and_a_training(workbench, run, monkeypatch):
    from pnas_kit.runs import preflight

    assert "pn-short" not in workbench.steps["search"]._messages.html
    monkeypatch.setattr(preflight, "free_memory", lambda: 2**20)
    workbench.state.workers = 3
    assert "Memory is short: 3 workers take" in text(workbench.steps["search"]._messages)
    assert not workbench.steps["search"].start.disabled
    run.pick([fit(run)[0]])
    workbench.show_run(run)
    assert "Memory is short: this takes" in text(workbench.steps["train"]._message)
