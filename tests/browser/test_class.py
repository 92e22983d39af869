"""A class: the instructor's page, and a run that waits in the queue."""

import os
import re
import shutil
import sys
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect
from served import Served
from themes import CUT, TWICE

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.runs import Run
from pnas_kit.runs.queue import Place
from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "widgets"))
from made_runs import add_result, config, set_status

PATIENCE_MS = 120_000  # no kernel of the class view waits for its visitor


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A server with tokens; one of the class has searched, one has a model, one searches and one waits."""
    made = Served(tmp_path_factory.mktemp("school"), "--token", "--warm", "1", "--runners", "1")
    log = made.log.read_text()
    made.everybody = re.search(r"ready: \S+token=(\w+)\n", log)[1]
    made.instructor = re.search(r"instructor alone: \S+token=(\w+)\n", log)[1]
    first = Run.create(config(trials=30), made.runs)
    storage = journal_storage(first.path / "journal.log")
    for _ in search(first.problem, proxy_batches(load("digits")), trials=30, workers=0, storage=storage):
        pass
    set_status(first, phase="search", state="done", done=30, total=30)
    others = [
        Run(shutil.copytree(first.path, first.path.with_name(f"{first.name[:-4]}{word}"))) for word in ("beef", "cafe")
    ]
    others[0].rename("Ada and Grace")
    add_result(others[0], next(c.number for c in first.candidates() if c.feasible))
    made.waiting = Run.create(config(trials=60), made.runs)
    here = {"phase": "search", "pid": os.getpid(), "started": psutil.Process().create_time()}
    set_status(others[1], state="running", done=30, total=60, **here)
    set_status(made.waiting, state="queued", message="waiting, next in the queue", **here)
    places = [Place(run.path, "search") for run in (others[1], made.waiting)]
    yield made
    for place in places:
        place.leave()
    made.close()


def test_the_class_view_opens_with_the_instructors_token_alone(school, page, shot):
    page.set_default_timeout(PATIENCE_MS)
    address = school.app.replace("workbench", "class")
    page.goto(f"{address}?token={school.everybody}")
    shot(page, "30-class-token")
    page.get_by_label("Instructor's token").fill("guessed")
    page.keyboard.press("Enter")
    page.wait_for_url("**token=guessed")
    page.get_by_label("Instructor's token").fill(school.instructor)
    page.keyboard.press("Enter")
    for theme in ("light", "dark"):
        page.wait_for_selector('.pn-class-chart[data-runs="3"]')
        expect(page.locator(".pn-class-table tbody tr")).to_have_count(4)
        expect(page.locator("tr[data-state=queued]")).to_contain_text("waiting, next in the queue")
        expect(page.locator("tr", has_text="Ada and Grace")).to_have_count(1)
        assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))") <= 0
        table = page.locator(".pn-class-table")
        assert table.evaluate("table => table.offsetWidth - table.parentElement.clientWidth") <= 0
        shot(page, f"31-class-{theme}")
        page.set_viewport_size(TWICE)
        assert table.evaluate(CUT) == []
        for part in (".pn-head", ".pn-class-table"):
            page.locator(part).scroll_into_view_if_needed()
            shot(page, f"34-class-200-percent-{part[1:]}-{theme}")
        page.set_viewport_size({"width": 1280, "height": 720})
        if theme == "light":
            page.get_by_label("Show").select_option("verified")
            page.wait_for_selector(".pn-class-chart[data-runs='1']")
            shot(page, "32-class-verified")
            page.get_by_role("button", name="Light / dark").click()
            page.wait_for_selector('body[data-jp-theme-light="false"]')
    assert [text for text in page.problems if "403" not in text] == [] and page.foreign == []


def test_a_place_in_the_queue_is_still_told_after_a_reload(school, page, shot):
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{school.app}?token={school.everybody}&run={school.waiting.name}")
    page.wait_for_selector(".pn-search .pn-pill >> text=waiting, next in the queue")
    shot(page, "33-queued")
    page.reload()
    page.wait_for_selector(".pn-search .pn-pill >> text=waiting, next in the queue")
    expect(page.locator(".pn-search").get_by_role("button", name="Stop")).to_be_visible()
    assert page.problems == [] and page.foreign == []
