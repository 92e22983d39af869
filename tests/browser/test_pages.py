"""The pages around the search: landing, themes, errors, kernels that end with their page."""

import re
import time
import urllib.error
import urllib.request

import psutil
import pytest
from playwright.sync_api import expect
from served import Served

from widgets.entry import CLASS_NOTEBOOK
from widgets.serve import NOTEBOOKS

STEPS = ("task", "search", "choose", "train", "deploy")


def open_app(page, served, query=""):
    page.goto(served.app + query)
    page.wait_for_selector(".pn-steps")


def test_the_landing_page_leads_to_every_notebook(served, page, shot):
    page.goto(f"{served.url}?theme=dark")
    shot(page, "0-landing-dark")
    page.goto(served.url)
    shot(page, "0-landing")
    assert page.title() == "PrototypeNAS workbench"
    assert page.locator("main a h2").all_inner_texts()[:2] == ["Workbench", "Quickstart"]
    links = page.eval_on_selector_all("main a", "all => all.map(a => a.href)")
    hidden = {"index.ipynb", CLASS_NOTEBOOK}
    assert {link.split("/")[-1] for link in links} == {path.name for path in NOTEBOOKS.glob("*.ipynb")} - hidden
    page.click("text=Open the workbench")
    page.wait_for_selector(".pn-steps")
    assert page.problems == [] and page.foreign == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_step_fits_a_projector(served, page, shot, theme):
    open_app(page, served, f"?theme={theme}")
    page.wait_for_selector(".pn-samples img")
    for name in STEPS:
        page.click(f'[data-action="step"][data-key="{name}"]')
        page.wait_for_selector(f".pn-{name}", state="visible")
        wide = page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))")
        assert wide <= 0, f"{name} is wider than the page"
        shot(page, f"{theme}-{name}")
    panel = "getComputedStyle(document.querySelector('.pn-deploy .pn-panel'))"
    colours = f"(style => [style.color, style.backgroundColor])({panel})"
    ink, paper = (sum(map(float, re.findall(r"[\d.]+", colour)[:3])) for colour in page.evaluate(colours))
    assert (ink < paper) == (theme == "light")
    assert page.problems == [] and page.foreign == []


def test_the_theme_is_switched_on_the_page(served, page):
    open_app(page, served)
    assert page.get_attribute("body", "data-jp-theme-light") == "true"
    page.get_by_role("button", name="Light / dark").click()
    page.wait_for_selector('body[data-jp-theme-light="false"] .pn-steps')
    page.get_by_role("button", name="Light / dark").click()
    page.wait_for_selector('body[data-jp-theme-light="true"] .pn-steps')
    assert page.problems == []


def test_a_senseless_budget_is_told_and_blocks_the_way(served, page):
    open_app(page, served)
    field = page.locator(".pn-task").get_by_label("RAM, KiB").last
    field.fill("5000")
    field.press("Tab")
    page.wait_for_selector(".pn-task [role=alert] >> text=has 256 KiB of RAM")
    expect(page.get_by_role("button", name="Continue to search")).to_be_disabled()
    page.click('[data-action="board"][data-key="pico-2"]')
    page.wait_for_selector(".pn-task [role=alert]", state="detached")
    expect(field).to_have_value("520")


def test_cards_are_chosen_with_the_arrow_keys(served, page):
    open_app(page, served)
    page.focus('[data-action="board"][aria-checked="true"]')
    page.keyboard.press("ArrowDown")
    page.wait_for_selector('[data-action="board"][data-key="nucleo-f446re"][aria-checked="true"]')
    page.wait_for_function("() => document.activeElement.dataset.key === 'nucleo-f446re'")


def test_kernels_end_with_their_pages(served, browser):
    before = len(served.kernels())  # pages of other tests ended without a goodbye; theirs are culled later
    context = browser.new_context()
    for _ in range(3):
        page = context.new_page()
        open_app(page, served)
        page.reload()
        page.wait_for_selector(".pn-steps")
        page.close(run_before_unload=True)
    end = time.monotonic() + 20
    while len(served.kernels()) > before and time.monotonic() < end:
        time.sleep(0.2)
    assert len(served.kernels()) <= before
    context.close()


def test_a_list_without_runs_says_how_one_comes(served, page, shot):
    open_app(page, served)
    page.locator(".pn-runs").click()
    page.wait_for_selector(".pn-run-list >> text=No run yet")
    expect(page.get_by_role("button", name="Compare the two")).to_be_disabled()
    shot(page, "45-no-runs")
    page.get_by_role("button", name="Close").click()
    page.click('[data-action="step"][data-key="deploy"]')
    expect(page.get_by_role("button", name="Report of the whole run")).to_be_disabled()
    assert page.problems == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_senseless_figure_of_an_own_board_is_told(served, page, shot, theme):
    open_app(page, served, f"?theme={theme}")
    page.click('[data-action="board"][data-key="own"]')
    clock = page.locator(".pn-own-board").get_by_label("Clock, MHz")
    clock.scroll_into_view_if_needed()
    shot(page, f"46-own-board-{theme}")
    clock.fill("0")
    clock.press("Tab")
    page.wait_for_selector(".pn-task [role=alert] >> text=clock in MHz has to be above 0")
    expect(page.get_by_role("button", name="Keep this board")).to_be_disabled()
    expect(page.get_by_role("button", name="Continue to search")).to_be_disabled()
    page.locator(".pn-task [role=alert]").scroll_into_view_if_needed()
    shot(page, f"47-own-board-refused-{theme}")
    assert page.problems == []


def test_a_page_whose_kernel_died_says_so(served, page, shot):
    before = {kernel.pid for kernel in served.kernels()}
    open_app(page, served)
    assert page.locator(".pn-lost").is_hidden()
    time.sleep(3)  # until the next kernel waits in the pool
    for kernel in psutil.process_iter():
        if kernel.pid in before:
            kernel.kill()
    page.wait_for_selector(".pn-lost", state="visible", timeout=15_000)
    assert "nothing of it is lost" in page.locator(".pn-lost").inner_text()
    assert page.locator(".pn-lost").bounding_box()["height"] < page.locator(".pn-steps").bounding_box()["y"]
    panels = [page.locator(".pn-task > .pn-panel").nth(place).bounding_box() for place in (0, 1)]
    assert panels[0]["y"] == panels[1]["y"] and panels[0]["x"] < panels[1]["x"]  # nothing pushed them apart
    shot(page, "48-lost")


def test_a_foreign_host_name_is_refused(served):
    request = urllib.request.Request(served.url, headers={"Host": "attacker.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403


def test_results_have_no_address(served):
    for path in ("voila/files/workbench.ipynb", "voila/files/../runs/x/model.tflite"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(served.url + path)
        assert refused.value.code in (403, 404)


def test_a_token_is_asked_for_where_it_is_wanted(tmp_path, page):
    guarded = Served(tmp_path, "--token", "--warm", "1")
    try:
        token = re.search(r"token=(\w{48})$", guarded.url)[1]
        page.goto(guarded.app)
        assert "/login" in page.url
        page.goto(f"{guarded.app}?token={token}")
        page.wait_for_selector(".pn-samples img")
        assert page.foreign == []
    finally:
        guarded.close()
