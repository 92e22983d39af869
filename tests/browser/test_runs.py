"""The list of runs on the page: with the keyboard, in two windows, as a link, and a report that opens offline."""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_views import searched
from themes import THEMES

from pnas_kit.runs import Run

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "widgets"))
from made_runs import add_epochs, add_result, epoch

TABLE = ".pn-run-table"


@pytest.fixture(scope="module")
def pair(served):
    """Two runs of one search, told apart by their seeds; the second has a model with figures made by hand."""
    run = searched(served, 24)
    other = shutil.copytree(run.path, run.path.with_name(f"{run.name}-b"))
    (other / "config.json").write_text(json.dumps(asdict(run.config) | {"seed": 5, "trials": 30}))
    run.rename("Kitchen scale")
    second = Run(other)
    number = next(c.number for c in second.candidates() if c.feasible)
    second.pick([number])
    add_epochs(second, number, [epoch(1, 2), epoch(2, 2, accuracy=0.95)])
    add_result(second, number)
    return run, second


def open_list(page, served, query=""):
    page.goto(served.app + query)
    page.wait_for_selector(".pn-steps")
    page.locator(".pn-runs").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{TABLE} tbody tr")
    page.wait_for_selector('.pn-runs[aria-expanded="true"]')
    page.wait_for_selector(".pn-steps", state="hidden")


def button(page, text, run):
    return page.locator(f'{TABLE} [data-key="{run.name}"] button', has_text=text)


def fits(page):
    return page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))") <= 0


@THEMES
def test_two_runs_are_compared(served, page, shot, pair, theme):
    open_list(page, served, f"?run={pair[0].name}&theme={theme}")
    assert fits(page)
    for run in pair:
        button(page, "Compare", run).click()
        page.wait_for_selector(f'[data-key="{run.name}"] [data-action="mark"][aria-pressed="true"]')
    shot(page, f"14-runs-{theme}")
    page.get_by_role("button", name="Compare the two").click()
    page.wait_for_selector(".pn-compared svg[role=img]", timeout=120_000)
    expect(page.locator(".pn-compared svg[role=img]")).to_have_count(2)
    expect(page.locator(TABLE)).to_be_hidden()
    page.wait_for_function("() => document.activeElement.dataset.focus === 'back'")
    assert fits(page)
    shot(page, f"15-compared-{theme}")
    page.evaluate("document.querySelector('.pn-compared-tables').scrollIntoView()")
    shot(page, f"16-compared-below-{theme}")
    page.keyboard.press("Escape")
    page.wait_for_selector(TABLE, state="visible")
    page.get_by_role("button", name="Close").click()
    page.wait_for_selector(".pn-steps", state="visible")
    page.wait_for_function("() => document.activeElement.matches('.pn-runs')")
    assert page.problems == [] and page.foreign == []


def test_a_run_is_renamed_and_deleted_with_the_keyboard_and_another_window_is_told(served, page, shot, pair):
    doomed = Run(shutil.copytree(pair[1].path, pair[1].path.with_name(f"{pair[1].name}-doomed")))
    other = page.context.new_page()
    other.goto(f"{served.app}?run={doomed.name}")
    other.wait_for_selector(".pn-steps")
    open_list(page, served)
    button(page, "Rename", doomed).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{TABLE} input")
    page.wait_for_function("() => document.activeElement.name === 'value'")
    page.keyboard.type("Doomed one")
    shot(page, "17-rename")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{TABLE} >> text=Doomed one")
    page.wait_for_function("() => document.activeElement.dataset.action === 'rename'")
    assert doomed.title == "Doomed one"

    button(page, "Delete", doomed).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alertdialog]")
    shot(page, "18-delete")
    page.wait_for_function("() => document.activeElement.dataset.action === 'cancel'")
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=alertdialog]", state="detached")
    page.wait_for_function("() => document.activeElement.dataset.action === 'delete'")
    assert doomed.exists
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete it").click()
    page.wait_for_selector(f'{TABLE} [data-key="{doomed.name}"]', state="detached")
    assert not doomed.exists
    other.wait_for_selector(".pn-notice >> text=was deleted, here or in another window")
    other.wait_for_function("name => !location.search.includes(name)", arg=doomed.name)
    shot(other, "19-gone")
    assert other.locator(".pn-alert").count() == 0
    assert page.problems == [] and page.foreign == []


def test_a_link_carries_run_and_picks(served, page, shot, pair):
    run = pair[0]
    wanted = sorted(c.number for c in run.candidates() if c.feasible)[:2]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{served.app}?run={run.name}&sel={wanted[0]},{wanted[1]},999")
    page.wait_for_selector(".pn-notice >> text=999 of the link is no candidate here")
    assert Run(run.path).picks == wanted
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_selector(".pn-share-said >> text=Copied a link to this run and 2 picked")
    shot(page, "20-link")
    link = page.evaluate("navigator.clipboard.readText()")
    page.evaluate("document.execCommand = () => false")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on a plain http address
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_selector(".pn-share-said input")
    assert page.input_value(".pn-share-said input") == link
    assert f"run={run.name}" in link and f"sel={wanted[0]}%2C{wanted[1]}" in link
    assert page.problems == [] and page.foreign == []


def test_the_report_opens_without_a_network(served, page, shot, pair, tmp_path):
    run = pair[1]
    run.rename("Door bell")
    page.goto(f"{served.app}?run={run.name}")
    page.wait_for_selector(".pn-deploy .pn-table")
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="Report of the whole run").click()
    path = tmp_path / "report.html"
    download.value.save_as(path)
    assert download.value.suggested_filename == f"{run.name}.html"
    page.wait_for_selector(".pn-deploy >> text=is in your downloads")
    shot(page, "21-deploy")
    report, asked = page.context.new_page(), []
    report.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    report.goto(path.as_uri())
    assert report.title() == "Door bell: search and prototypes"
    assert report.locator("svg[role=img]").count() >= 3
    assert asked == [path.as_uri()]
    shot(report, "22-report")
    page.context.set_offline(False)
    assert page.problems == []
