"""Replay, trails, deltas and the recommendation on the recorded search, in a real browser."""

import json

import pytest
from themes import THEMES

from pnas_kit.runs import recorded
from pnas_kit.search import best_under


@pytest.fixture
def opened(served, page):
    """The recorded search on the step of that name."""

    def open_step(name, query=""):
        page.goto(f"{served.app}?run={recorded().name}{query}")
        page.wait_for_selector(".pn-steps")
        page.click(f'[data-action="step"][data-key="{name}"]')
        root = f".pn-{name} .pn-front"
        page.wait_for_function("root => +document.querySelector(root)?.dataset.points >= 300", arg=root)
        return page.locator(root)

    return open_step


def until(page, root, expression, argument=None):
    page.wait_for_function(f"([root, arg]) => {expression}", arg=[root, argument])


@THEMES
def test_a_recorded_search_is_replayed_by_who_has_nothing_yet(served, page, shot, theme):
    page.goto(f"{served.app}?theme={theme}")
    page.get_by_role("button", name="Look at a recorded search").click()
    root = page.locator(".pn-search .pn-front")
    root.locator(".pn-player").wait_for()
    place = ".pn-search .pn-front"
    until(page, place, "+document.querySelector(root).dataset.points > 5")
    root.get_by_role("button", name="Pause").click()
    paused = int(root.get_attribute("data-points"))
    assert paused < 300
    slider = root.get_by_role("slider", name="Candidates tried so far")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    many = int(slider.input_value())
    until(page, place, "+document.querySelector(root).dataset.points === arg", many)
    page.locator(f".pn-search .pn-progress[data-done='{many}']").wait_for()
    assert root.get_by_text("You are looking at the past: picking is off.").is_visible()
    shot(page, f"20-{theme}-replay")
    root.locator("[data-tab=hypervolume]").click()
    until(page, place, "+document.querySelector(root).dataset.curve > 0")
    fit = sum(c.feasible for c in recorded().candidates()[:many])
    until(page, place, "+document.querySelector(root).dataset.curve === arg", fit)
    root.locator("[data-tab=front]").click()
    root.locator(".pn-front-stage canvas").first.focus()
    picked = root.get_attribute("data-picked")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert root.get_attribute("data-picked") == picked
    page.click('[data-action="step"][data-key="choose"]')
    page.locator(".pn-choose").get_by_text(f"What would have been proposed after {many} candidates").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") <= 720
    shot(page, f"21-{theme}-replay-choose")
    page.locator(".pn-choose").get_by_role("button", name="Back to now").click()
    until(page, ".pn-choose .pn-front", "+document.querySelector(root).dataset.points === 300")
    assert page.problems == [] and page.foreign == []


def test_less_motion_is_less_motion(browser, served):
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(served.app)
    page.get_by_role("button", name="Look at a recorded search").click()
    seen = page.evaluate(
        """async () => {
            const seen = new Set();
            while (seen.size < 3) {
                const front = document.querySelector(".pn-search .pn-front");
                if (front?.dataset.until) seen.add(+front.dataset.until);
                await new Promise(requestAnimationFrame);
            }
            return [...seen];
        }"""
    )
    assert seen == [0, 15, 30]  # a twentieth of the search at a time
    context.close()


@THEMES
def test_trained_points_trail_from_their_score_and_one_is_recommended(opened, page, shot, theme):
    run, root = recorded(), opened("choose", f"&theme={theme}")
    place = ".pn-choose .pn-front"
    until(page, place, "document.querySelector(root).dataset.trained === '5'")
    root.locator("[data-axis=y]").select_option("accuracy")
    until(page, place, "+document.querySelector(root).dataset.trails === 5")
    shot(page, f"22-{theme}-trails")
    assert root.locator("[data-axis=x] option[value=energy]").is_disabled()
    root.locator("[data-axis=x]").select_option("latency")
    root.locator("[data-axis=size]").select_option("flash")
    until(page, place, "+document.querySelector(root).dataset.bands >= 5")
    first, second = sorted(run.picks)[:2]
    page.locator(f'.pn-pick[data-key="{first}"] [data-action=compare]').click()
    page.locator(f'.pn-pick[data-key="{second}"] .pn-delta').first.wait_for()
    assert page.locator(f'.pn-pick[data-key="{first}"] .pn-delta').count() == 0
    root.locator(".pn-front-stage canvas").first.focus()
    while root.get_attribute("data-cursor") != str(second):
        page.keyboard.press("ArrowRight")
    tip = root.locator(".pn-tip").inner_text()
    assert f"against {first}" in tip and run.candidates()[second].arch.words in tip and "Latency, est." in tip
    shot(page, f"23-{theme}-tip")
    page.get_by_role("button", name="Best under my budget").click()
    trained = {number: run.result(number).int8_accuracy for number in run.picks}
    wanted = best_under(run.candidates(), accuracies=trained)
    page.locator(f'[data-best="{wanted.candidate.number}"]').wait_for()
    until(page, place, "document.querySelector(root).dataset.best === '1'")
    assert page.evaluate("document.documentElement.scrollHeight") <= 720
    shot(page, f"24-{theme}-advice")
    assert page.problems == [] and page.foreign == []


def test_a_limit_is_a_chip_and_is_added_with_the_keyboard(opened, page):
    run, root = recorded(), opened("search")
    root.get_by_role("button", name="+ limit").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("RAM")
    page.keyboard.press("Tab")
    page.keyboard.type("16")
    page.keyboard.press("Enter")
    chip = root.locator('[data-brush="ram"]')
    chip.wait_for()
    assert chip.inner_text() == "RAM ≤ 16 KiB ×"
    assert json.loads(root.get_attribute("data-brushes")) == {"ram": [None, 16]}
    within = sum(c.cost is not None and c.cost.ram_bytes <= 16 * 1024 for c in run.candidates())
    until(page, ".pn-search .pn-front", "+document.querySelector(root).dataset.shown === arg", within)
    chip.focus()
    page.keyboard.press("Enter")
    until(page, ".pn-search .pn-front", "+document.querySelector(root).dataset.shown === 300")
    assert page.problems == []
