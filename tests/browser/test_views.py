"""The panels beside the front: tabs, filters that reach every panel, and budgets that nothing can meet."""

import json
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from themes import THEMES

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.runs import Run
from pnas_kit.search import search
from pnas_kit.search.journal import journal_storage
from pnas_kit.search.smallest import smallest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "widgets"))
from made_runs import config, set_status

TABS = ("front", "parallel", "table", "hypervolume", "agreement")
ROOT = ".pn-search .pn-front"


def searched(served, trials, **changes):
    """A run in the served folder with a real search, done in this process."""
    served.runs.mkdir(exist_ok=True)
    run = Run.create(config(trials=trials, **changes), served.runs)
    storage = journal_storage(run.path / "journal.log")
    for _ in search(run.problem, proxy_batches(load("digits")), trials=trials, workers=0, storage=storage):
        pass
    set_status(run, phase="search", state="done", done=trials, total=trials)
    return run


@pytest.fixture(scope="module")
def run(served):
    return searched(served, 40)


def open_step(page, served, run, name, query=""):
    page.goto(f"{served.app}?run={run.name}{query}")
    page.wait_for_selector(".pn-steps")
    page.click(f'[data-action="step"][data-key="{name}"]')
    page.wait_for_function(
        "([root, n]) => +document.querySelector(root)?.dataset.points >= n",
        arg=[ROOT.replace("search", name), len(run.candidates())],
    )
    return page.locator(ROOT.replace("search", name))


def wait_shown(page, count, root=ROOT):
    page.wait_for_function("([root, n]) => +document.querySelector(root).dataset.shown === n", arg=[root, count])


def drawn(page):
    """Waits for the frame that draws what was done last: it is asked for before these two are."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def opened(root, name):
    """Opens a tab and waits until its panel is drawn."""
    root.locator(f"[data-tab={name}]").click()
    expect(root).to_have_attribute("data-tab", name)


def listed(root):
    """Numbers in the table, whatever it is filtered by; "front only" is off."""
    opened(root, "table")
    only = root.get_by_role("button", name="front only")
    if only.get_attribute("aria-pressed") == "true":
        only.click()
    return {int(text) for text in root.locator(".pn-list tbody th").all_inner_texts()}


@THEMES
@pytest.mark.parametrize("step", ["search", "choose"])
def test_every_panel_fits_a_projector_and_is_reached_with_the_arrow_keys(served, page, shot, run, theme, step):
    root = open_step(page, served, run, step, f"&theme={theme}")
    page.wait_for_function("() => document.querySelector('.pn-search .pn-tiles')?.textContent.match(/Hypervolume0/)")
    root.locator("[data-tab=front]").focus()
    for name in TABS:
        assert root.locator("[role=tab][aria-selected=true]").get_attribute("data-tab") == name
        page.wait_for_function(
            "([root, tab]) => document.querySelector(root).dataset.tab === tab", arg=[ROOT.replace("search", step), name]
        )
        assert root.locator("[role=tabpanel]:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollHeight") <= 720
        assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))") <= 0
        shot(page, f"11-{theme}-{step}-{name}")
        page.keyboard.press("ArrowRight")
    assert root.locator("[role=tab][aria-selected=true]").get_attribute("data-tab") == "front"
    assert page.problems == [] and page.foreign == []


def test_a_family_is_filtered_out_of_chart_and_table(served, page, run):
    candidates = run.candidates()
    family = next(c.arch.family for c in candidates if c.feasible)
    rest = [c for c in candidates if c.arch.family != family]
    root = open_step(page, served, run, "search")
    chip = root.locator(f'[data-group="{family}"]')
    assert int(chip.locator("b").inner_text()) == sum(c.feasible for c in candidates) - sum(c.feasible for c in rest)
    chip.focus()
    page.keyboard.press("Enter")
    wait_shown(page, len(rest))
    assert chip.get_attribute("aria-pressed") == "false"
    assert int(root.get_attribute("data-feasible")) == sum(c.feasible for c in rest)
    assert listed(root) == {c.number for c in rest if c.feasible}
    root.get_by_role("button", name="Clear filters").click()
    wait_shown(page, len(candidates))
    assert listed(root) == {c.number for c in candidates if c.feasible}
    assert page.problems == [] and page.foreign == []


def test_a_brushed_range_filters_every_panel_of_both_steps(served, page, shot, run):
    candidates = run.candidates()
    root = open_step(page, served, run, "search")
    opened(root, "parallel")
    box = root.locator(".pn-parallel-stage canvas").bounding_box()
    axis = box["x"] + 40 + (box["width"] - 80) / 8  # the second of nine: RAM
    page.mouse.move(axis, box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(axis, box["y"] + 0.5 * box["height"], steps=3)
    page.mouse.move(axis, box["y"] + 0.7 * box["height"])
    page.mouse.up()
    drawn(page)  # the chip may be of the drag's first half
    low, high = json.loads(root.get_attribute("data-brushes"))["ram"]
    within = [c for c in candidates if c.cost and low <= c.cost.ram_bytes / 1024 <= high]
    fit = {c.number for c in within if c.feasible}
    assert 0 < len(fit) < sum(c.feasible for c in candidates)
    wait_shown(page, len(within))
    shot(page, "12-brushed")
    assert listed(root) == fit
    opened(root, "front")
    page.wait_for_function("([root, n]) => +document.querySelector(root).dataset.feasible === n", arg=[ROOT, len(fit)])
    shot(page, "13-brushed-front")

    page.click('[data-action="step"][data-key="choose"]')
    wait_shown(page, len(within), ".pn-choose .pn-front")
    page.locator(".pn-choose [data-brush=ram]").click()
    wait_shown(page, len(candidates), ".pn-choose .pn-front")
    page.click('[data-action="step"][data-key="search"]')
    wait_shown(page, len(candidates))
    assert page.problems == [] and page.foreign == []


def test_ranges_are_brushed_and_let_go_with_the_keyboard(served, page, run):
    candidates = run.candidates()
    root = open_step(page, served, run, "search")
    opened(root, "parallel")
    page.focus(f"{ROOT} .pn-parallel-stage canvas")
    for key in ("ArrowRight", *["ArrowUp"] * 8):
        page.keyboard.press(key)
    drawn(page)
    low, high = json.loads(root.get_attribute("data-brushes"))["ram"]
    within = [c for c in candidates if c.cost and low <= c.cost.ram_bytes / 1024 <= high]
    wait_shown(page, len(within))
    assert len(within) < len(candidates)
    said = root.locator("[aria-live]").inner_text()
    assert said.startswith("RAM: ") and said.endswith(f"{len(within)} shown.")
    page.keyboard.press("Delete")
    wait_shown(page, len(candidates))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    wait_shown(page, len(candidates))
    assert root.locator(".pn-chip-brush").count() == 0
    assert page.problems == []


def test_the_table_sorts_and_picks(served, page, run):
    root = open_step(page, served, run, "choose")
    page.wait_for_selector(".pn-picks")
    listed(root)
    root.get_by_role("button", name="Flash").click()
    flash = {c.number: c.cost.flash_bytes for c in run.candidates() if c.cost}
    numbers = [int(text) for text in root.locator(".pn-list tbody th").all_inner_texts()]
    assert [flash[n] for n in numbers] == sorted(flash[n] for n in numbers)
    assert root.locator("[aria-sort]").get_attribute("aria-sort") == "ascending"
    number = next(n for n in numbers if n not in run.picks)
    root.get_by_role("button", name=f"Pick candidate {number}", exact=True).click()
    page.wait_for_selector(f'.pn-pick[data-key="{number}"]')
    assert number in Run(run.path).picks
    assert page.problems == []


def test_a_budget_that_nothing_can_meet_names_what_the_smallest_needs(served, page, shot):
    page.goto(served.app)
    page.wait_for_selector(".pn-steps")
    field = page.locator(".pn-task").get_by_label("RAM, KiB").last
    field.fill("2")
    field.press("Tab")
    alert = page.locator(".pn-task [role=alert]")
    alert.wait_for()
    needed = smallest(Run.create(config(), served.runs).problem)["ram_bytes"]
    assert "RAM limit of 2.0 KiB" in alert.inner_text()
    assert f"the smallest needs {needed.needed / 1024:.1f} KiB ({needed.words})" in alert.inner_text()
    expect(page.get_by_role("button", name="Continue to search")).to_be_disabled()
    shot(page, "14-impossible-task")
    page.click('[data-action="step"][data-key="search"]')
    page.locator(".pn-search [role=alert] >> text=the smallest needs").wait_for()
    expect(page.get_by_role("button", name="Start search")).to_be_disabled()
    shot(page, "15-impossible-search")
    page.click('[data-action="step"][data-key="task"]')
    field.fill("3")
    field.press("Tab")
    alert.wait_for(state="detached")
    expect(page.get_by_role("button", name="Continue to search")).to_be_enabled()
    assert page.problems == []


def test_a_search_that_finds_nothing_says_which_limit_stops_how_many(served, page, shot):
    tight = searched(served, 40, ram_bytes=3000)
    assert not any(c.feasible for c in tight.candidates())
    root = open_step(page, served, tight, "search")
    message = page.locator(".pn-search .pn-failed").inner_text()
    over = sum(c.excess.get("ram_bytes", 0) > 0 for c in tight.candidates())
    assert f"None of 40 candidates fits: {100 * over / 40:.0f} % exceed RAM (the nearest by" in message
    for name, words in (("hypervolume", "Nothing fits"), ("agreement", "Three candidates"), ("parallel", "Nothing fits")):
        root.locator(f"[data-tab={name}]").click()
        root.locator(".pn-front-empty:visible").filter(has_text=words).wait_for()
        shot(page, f"16-nothing-fits-{name}")
    assert page.problems == []


def test_panels_of_a_search_that_failed_at_once_say_so(served, page, shot):
    broken = Run.create(config(), served.runs)
    set_status(broken, phase="search", state="failed", total=24, error="the disk is full")
    root = open_step(page, served, broken, "search")
    for name in ("front", "parallel", "hypervolume", "agreement"):
        root.locator(f"[data-tab={name}]").click()
        root.locator(".pn-front-empty:visible").filter(has_text="The search failed before").wait_for()
    shot(page, "17-failed")
    assert "the disk is full" in page.locator(".pn-search [role=alert]").inner_text()
    assert page.problems == []
