"""The workbench without a browser: what a click changes, what a run on disk shows."""

import dataclasses
import re
import time

import pytest
from made_runs import add_epochs, add_result, config, epoch, set_status
from waiting import wait_for

import widgets.workbench as module
from pnas_kit.runs import Run


def text(pane):
    return re.sub(r"<[^>]+>|\s+", " ", pane.html)


def hello(workbench, query=""):
    workbench._link._received(
        None, {"type": "hello", "url": f"http://localhost:8866/voila/render/workbench.ipynb{query}"}, []
    )


def test_a_page_that_is_opened_shows_the_run_in_its_address(workbench, run):
    hello(workbench, f"?run={run.name}")
    assert workbench.run.name == run.name
    assert len(workbench.frame) == run.config.trials
    assert workbench._link.run == run.name
    assert workbench.state.problem is None


@pytest.mark.parametrize(
    ("status", "label"),
    [({"phase": "search", "state": "starting"}, "starting"), ({"phase": "train", "state": "done"}, "finished")],
)
def test_a_run_that_is_opened_never_looks_stopped(workbench, run, status, label):
    """Not even for the moment in which the page knows the run and not yet how it stands."""
    set_status(run, started=time.time(), **status)
    drawn, figures = [], workbench.steps["search"]._figures
    figures.observe(lambda change: drawn.append(change["new"]), "html")
    workbench.show_run(run)
    assert drawn and all(f">{label}</span>" in html for html in drawn)


def test_a_page_without_address_shows_the_newest_run_that_is_at_work(root, workbench, run, monkeypatch):
    idle = Run.create(config(seed=7), root)
    live = Run.create(config(seed=8), root)
    set_status(live, phase="search", state="starting", started=time.time())
    hello(workbench)
    assert workbench.run.name == live.name != idle.name
    assert workbench.state.seed == 8
    assert workbench.state.step == "search"


def test_where_several_are_served_a_new_page_opens_nobodys_run(root, workbench, monkeypatch):
    monkeypatch.setenv("PNAS_SEVERAL", "1")
    live = Run.create(config(seed=8), root)
    set_status(live, phase="search", state="starting", started=time.time())
    hello(workbench)
    assert workbench.run is None and workbench.state.step == "task"
    hello(workbench, f"?run={live.name}")
    assert workbench.run.name == live.name


def test_a_page_without_any_live_run_begins_with_the_task(workbench, run):
    hello(workbench)
    assert workbench.run is None and workbench.state.step == "task"
    workbench.runs.open()
    assert run.name in workbench.runs.table.html


def test_candidates_arrive_while_the_runner_writes(workbench, root, searched):
    run = Run.create(config(), root)
    set_status(run, phase="search", state="starting", started=time.time())
    workbench.show_run(run)
    assert len(workbench.front) == 0
    lines = (searched / "journal.log").read_text().splitlines(keepends=True)
    with (run.path / "journal.log").open("w") as journal:
        journal.writelines(lines[: len(lines) * 4 // 5])
        journal.flush()
        wait_for(lambda: len(workbench.front) > 0)
        some = len(workbench.front)
        journal.writelines(lines[len(lines) * 4 // 5 :])
    wait_for(lambda: len(workbench.front) == 24)
    assert some < 24
    assert workbench.state.problem is None


def test_the_proposal_is_picked_once_and_then_the_user_decides(workbench, run):
    workbench.show_run(run)
    proposed = sorted(run.proposed())
    workbench.state.step = "choose"
    assert workbench.picked == proposed == sorted(run.picks) == workbench.front.picked
    choose = workbench.steps["choose"]
    choose._pane.press("drop", str(proposed[0]))
    assert workbench.picked == proposed[1:] == sorted(run.picks)
    choose._clear.click()
    workbench.state.step = "search"
    workbench.state.step = "choose"
    assert workbench.picked == [] == run.picks
    choose.propose.click()
    assert workbench.picked == proposed


def test_a_pick_on_the_chart_is_kept_in_the_run(workbench, run):
    workbench.show_run(run)
    number = next(c.number for c in run.candidates() if c.feasible)
    workbench.front.picked = [number]
    assert Run(run.path).picks == [number]
    assert f'data-key="{number}"' in workbench.steps["choose"]._pane.html


def test_a_pick_that_does_not_fit_is_refused_in_words(workbench, run):
    workbench.show_run(run)
    number = next(c.number for c in run.candidates() if not c.feasible)
    workbench.front.picked = [number]
    assert run.picks == [] and workbench.front.picked == workbench.picked == []
    assert "limit" in workbench.state.problem.what


def test_cards_compare_with_the_budget(workbench, run):
    workbench.show_run(run)
    candidate = next(c for c in run.candidates() if c.feasible)
    workbench.front.picked = [candidate.number]
    share = 100 * candidate.cost.ram_bytes / run.config.ram_bytes
    html = workbench.steps["choose"]._pane.html
    assert f"{share:.0f} %" in html and f"width:{share:.1f}%" in html


def test_training_shows_what_the_folder_says(workbench, run):
    first, second, *_ = [c.number for c in run.candidates() if c.feasible]
    run.pick([first, second])
    add_epochs(run, first, [epoch(1, 5), epoch(2, 5, accuracy=0.8765)])
    set_status(run, phase="train", state="stopped", done=2, total=10)
    workbench.show_run(run)
    train = workbench.steps["train"]
    assert "2 of 5" in text(train._curves) and "87.6 %" in text(train._curves)
    assert train.start.description == "Continue training"
    add_result(run, first)
    wait_for(lambda: "97.5 %" in text(train._curves) and "1 of 2 verified" in text(workbench._bar), 8)
    assert "98.3 %" in text(train._curves)


def test_the_table_of_models_has_the_verified_figures_and_hands_out_the_file(workbench, run):
    number = next(c.number for c in run.candidates() if c.feasible)
    run.pick([number])
    add_result(run, number)
    workbench.show_run(run)
    deploy = workbench.steps["deploy"]
    cells = text(deploy._table)
    for figure in ("97.49 %", "98.33 %", "21.0 KiB", "3.0 KiB", "4.0 KiB", "2.2 ms", "359 test samples"):
        assert figure in cells
    sent = []
    workbench._download.send = lambda content, buffers: sent.append((content["name"], bytes(buffers[0])))
    deploy._table.press("file", f"{number}:model.tflite")
    assert sent == [(f"digits-{number}-model.tflite", b"TFL3 %d" % number)]
    deploy._table.press("file", f"{number}:report.html")
    assert "report.html" in workbench.state.problem.what and len(sent) == 1


def test_where_classes_are_rare_balanced_accuracy_stands_beside_accuracy(workbench, run):
    number = next(c.number for c in run.candidates() if c.feasible)
    run.pick([number])
    add_result(run, number, confusion=[[80, 20], [3, 1]])
    workbench.show_run(run)
    shown = [workbench.steps["train"]._curves, workbench.steps["deploy"]._table]
    assert not any("alanced" in text(pane) for pane in shown)
    run.card = dataclasses.replace(run.card, balanced=False)
    for name in ("train", "deploy"):
        workbench.steps[name].draw()
    assert "52.5 %" in text(shown[0]) and "balanced 52.50 %" in text(shown[1])


@pytest.mark.parametrize("state", ["failed", "crashed"])
def test_a_search_that_broke_says_so_and_can_go_on(workbench, run, state):
    run = Run.create(config(trials=48), run.path.parent)
    set_status(run, phase="search", state="failed", done=3, total=48, error="the disk is full")
    if state == "crashed":  # a live state whose process does not exist
        set_status(run, phase="search", state="running", pid=2**22 + 1, started=1.0)
    workbench.show_run(run)
    search = workbench.steps["search"]
    assert 'role="alert"' in search._messages.html
    assert "continue" in search._messages.html.lower()
    assert search.resume.layout.display is None and search.stop.layout.display == "none"


def test_errors_of_the_watching_thread_reach_the_screen(workbench, run, monkeypatch):
    workbench.show_run(run)

    def broken(self):
        raise OSError("the folder is gone")

    monkeypatch.setattr(Run, "candidates", broken)
    workbench._watch.hurry()
    wait_for(lambda: workbench.state.problem)
    assert workbench.state.problem.what == "the folder is gone"
    log = run.path / "workbench.log"
    wait_for(lambda: log.exists() and "the folder is gone" in log.read_text())


def test_a_second_workbench_replaces_the_first(root):
    first = module.Workbench()
    second = module.Workbench()
    assert first.comm is None and second.comm is not None
    second.close()


def test_start_makes_a_run_of_the_choices_and_starts_it(workbench, monkeypatch):
    started = []
    monkeypatch.setattr(Run, "start", lambda self, phase: started.append((self.config, phase)))
    workbench.state.trials, workbench.state.board = 33, "pico"
    workbench.steps["search"].start.click()
    ((made, phase),) = started
    assert (made.trials, made.board, phase) == (33, "pico", "search")
    assert made.ram_bytes == 264 * 1024
    assert workbench.run.config == made


def test_commands_reach_the_folder(workbench, run):
    set_status(run, phase="search", state="starting", started=time.time())
    workbench.show_run(run)
    search = workbench.steps["search"]
    search.pause.click()
    assert (run.path / "pause").exists()
    search.stop.click()
    assert (run.path / "stop").exists()
    search.stop.click()
    assert workbench.state.problem is None


def test_training_starts_once(workbench, run, monkeypatch):
    started = []
    monkeypatch.setattr(Run, "start", lambda self, phase: started.append(phase))
    workbench.show_run(run)
    workbench.state.step = "choose"
    workbench.steps["train"].start.click()
    assert started == ["train"]


def test_sets_that_are_too_many_for_cards_are_chosen_in_a_menu(workbench, tmp_path, monkeypatch):
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path))
    task, state = workbench.steps["task"], workbench.state
    state.data = "cifar10"
    assert "139 MB to download" in task._sets.html and 'data-key="ucr/' not in task._sets.html
    task._more.value = "gtsrb"
    assert state.data == "gtsrb"
    assert 'aria-checked="true" tabindex="0" data-action="data" data-key="gtsrb"' in task._sets.html
    assert "PNAS_DATA" in task._sets.html and "GT-final_test.csv" in task._sets.html
    state.data = "digits"
    assert task._more.value == "" and 'data-key="gtsrb"' not in task._sets.html
    for name in ("daliac", "ucr/Coffee"):  # one that is counted only when loaded, one of the archive
        state.data = name
        assert task._more.value == name and not state.problem


def test_terms_are_accepted_on_the_button_that_downloads_and_before_a_search(workbench, tmp_path, monkeypatch):
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path))
    task, state = workbench.steps["task"], workbench.state
    state.data = "hela_nuclei"
    assert "asks for their permission" in task._sets.html and "I accept these terms: download 51 MB" in task._sets.html
    assert "read and accept them" in task._messages.html and task._go.disabled
    given = []
    monkeypatch.setattr("widgets.step_task.load", lambda name, **settings: given.append((name, settings["accept"])))
    monkeypatch.setattr("widgets.step_task.samples_html", lambda data: "the samples")
    (tmp_path / "hela_nuclei").mkdir()
    (tmp_path / "hela_nuclei/arrays.npz").touch()
    task.fetch("hela_nuclei")
    wait_for(lambda: not task._go.disabled)
    assert given == [("hela_nuclei", True)] and "the samples" in task._sets.html


def test_advanced_settings_stay_folded_until_one_is_in_use(workbench):
    step, state = workbench.steps["search"], workbench.state
    fold, button = step.beyond.view.children[1], step.beyond.view.children[0]
    assert fold.layout.display == "none"
    button.click()
    assert fold.layout.display is None
    button.click()
    state.executor = "host"
    assert fold.layout.display is None and step.start.disabled
    state.executor = " tcp://host:8786 "
    assert not step.start.disabled and state.config().executor == "tcp://host:8786"


def test_the_shading_follows_the_budget_before_and_during_a_search(workbench, root, run):
    def ram():
        axis = next(axis for axis in workbench.front.axes if axis["key"] == "ram")
        return axis["limit"], axis["budget"]

    workbench.state.ram_kib = 100.0
    assert ram() == (100.0, "budget")
    live = Run.create(config(ram_bytes=80 * 1024), root)
    set_status(live, phase="search", state="starting", started=time.time())
    workbench.show_run(live)
    assert ram() == (80.0, "budget")
    workbench.state.ram_kib = 60.0
    assert ram() == (60.0, "new budget") and "stays as it is" in workbench.steps["task"]._messages.html
    workbench.state.ram_kib = -1.0  # without sense: the last one that has some stays
    assert ram() == (60.0, "new budget")
    workbench.state.ram_kib = 80.0
    assert ram() == (80.0, "budget")
