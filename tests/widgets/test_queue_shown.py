"""What the steps say of a run that waits for its turn, and of one that ended at a limit."""

import os
import re

import psutil
import pytest
from made_runs import set_status

LIMIT = "The time limit of 2 hours is used up."


def told(pane):
    return re.sub(r"<[^>]+>|\s+", " ", pane.html)


def stand(workbench, run, **fields):
    me = psutil.Process()
    set_status(run, pid=os.getpid(), started=me.create_time(), **fields)
    workbench.show_run(run)


def shown(button):
    return button.layout.display != "none"


@pytest.mark.parametrize("phase", ["search", "train"])
def test_a_place_in_the_queue_is_told_and_left_by_stop(workbench, run, phase):
    run.pick([next(c.number for c in run.candidates() if c.feasible)])
    stand(workbench, run, phase=phase, state="queued", message="waiting, 2 before it")
    step = workbench.steps[phase]
    pane = step._figures if phase == "search" else step._message
    assert "waiting, 2 before it" in told(pane) and 'role="status"' in pane.html
    assert shown(step.stop) and not shown(step.start)
    assert not shown(step.pause)
    step.stop.click()
    assert (run.path / "stop").exists()


@pytest.mark.parametrize("phase", ["search", "train"])
def test_a_limit_is_told_with_what_to_do(workbench, run, phase):
    run.pick([next(c.number for c in run.candidates() if c.feasible)])
    stand(workbench, run, phase=phase, state="limited", error=LIMIT)
    step = workbench.steps[phase]
    pane = step._messages if phase == "search" else step._message
    assert f"The {phase if phase == 'search' else 'training'} ended at a limit." in told(pane) and LIMIT in told(pane)
    assert not shown(step.stop)
