"""The queue of trainings, the confusion table, the code and the explanations, on a run made by hand."""

import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from themes import THEMES

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.runs import Run
from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "widgets"))
from made_runs import add_epochs, add_result, config, epoch, set_status


@pytest.fixture(scope="module")
def run(served):
    """Three prototypes: one verified, one in training, one waiting; the runner's process is this one."""
    served.runs.mkdir(exist_ok=True)
    made = Run.create(config(), served.runs)
    storage = journal_storage(made.path / "journal.log")
    for _ in search(made.problem, proxy_batches(load("digits")), trials=24, workers=0, storage=storage):
        pass
    done, going, waiting = [c.number for c in made.candidates() if c.feasible][:3]
    made.pick([done, going, waiting])
    confusion = np.eye(10, dtype=int) * 30
    confusion[3, 8] = 7
    add_epochs(made, done, [epoch(n, 12, accuracy=0.9) for n in range(1, 13)])
    add_result(made, done, confusion=confusion.tolist())
    add_epochs(made, going, [epoch(n, 60, accuracy=n / 60) for n in range(1, 25)])
    made.note(going, "training")
    me = psutil.Process()
    set_status(made, phase="train", state="running", pid=me.pid, started=me.create_time(), done=36, total=132)
    return made


@THEMES
def test_a_training_is_watched_stopped_and_its_outcome_read_with_the_keyboard(served, page, shot, run, theme):
    _, going, waiting = run.picks
    page.goto(f"{served.app}?run={run.name}&theme={theme}")
    page.wait_for_selector(".pn-steps")
    page.click('[data-action="step"][data-key="train"]')
    page.wait_for_selector(f'.pn-training[data-key="{going}"][data-state="training"] .pn-curve-best')
    shot(page, f"14-training-{theme}")
    page.get_by_role("button", name=f"Stop: prototype {waiting} alone").click()
    page.wait_for_selector(f'.pn-training[data-key="{waiting}"][data-state="stopped"]')
    assert run.skipped(waiting) and not run.skipped(going)
    shot(page, f"14-training-stopped-{theme}")
    page.get_by_role("button", name=f"Train: prototype {waiting} alone").click()
    page.wait_for_selector(f'.pn-training[data-key="{waiting}"][data-state="waiting"]')
    run.note(waiting, "failed", "the disk is full")
    page.wait_for_selector(f'.pn-training[data-key="{waiting}"] [role=alert] >> text=the disk is full')
    shot(page, f"14-training-failed-{theme}")
    run.note(waiting, "")
    page.wait_for_selector(f'.pn-training[data-key="{waiting}"][data-state="waiting"]')

    page.locator(".pn-confusion [role=gridcell]").first.focus()
    for key in [*["ArrowDown"] * 3, *["ArrowRight"] * 8]:
        page.keyboard.press(key)
    assert page.locator(".pn-confusion [aria-live]").inner_text() == "“3”: 7 of 37 (18.9 %) taken for “8”."
    shot(page, f"15-outcome-{theme}")
    assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))") <= 0
    assert page.problems == [] and page.foreign == []


def test_a_step_is_copied_as_code_and_the_explanations_stay(served, page, shot, run):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{served.app}?run={run.name}")
    page.wait_for_selector(".pn-steps")
    page.click('[data-action="step"][data-key="choose"]')
    page.wait_for_selector('[aria-current="step"][data-key="choose"]')
    page.click("text=As code")
    page.wait_for_selector(".pn-code-panel >> text=run.pick(")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.wait_for_selector(".pn-code-panel >> text=Copied.")
    assert f"run.pick({run.picks})" in page.evaluate("navigator.clipboard.readText()")
    shot(page, "16-code")
    middle = "el => { const b = el.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }"
    x, y = page.locator(".pn-code-panel pre").evaluate(middle)
    assert page.evaluate("([x, y]) => !!document.elementFromPoint(x, y)?.closest('.pn-code-panel')", [x, y])  # not cut off
    page.keyboard.press("Escape")
    assert page.locator(".pn-code-panel").is_hidden()

    said = "el => getComputedStyle(el, '::after').content"
    field = page.locator(".pn-why-candidates")
    page.click('[data-action="step"][data-key="search"]')
    page.wait_for_selector(".pn-search", state="visible")
    assert field.evaluate(said) == "none"
    page.get_by_role("button", name="Explain").click()
    assert "More tries" in field.evaluate(said)
    shot(page, "17-explained")
    page.reload()
    page.wait_for_selector(".pn-explain[aria-pressed=true]")
    page.get_by_role("button", name="Explain").click()
    assert page.problems == [] and page.foreign == []
