"""The checklist of accessibility, on the recorded run: axe finds nothing serious, nothing is cut off at twice the size."""

import pytest
from axe_playwright_python.sync_playwright import Axe

STEPS = ("task", "search", "choose", "train", "deploy")
GRAVE = ("serious", "critical")


def open_step(page, served, step, query=""):
    page.goto(f"{served.app}?run=recorded-digits{query}")
    page.wait_for_selector(".pn-steps")
    page.click(f'[data-action="step"][data-key="{step}"]')
    page.wait_for_function("step => document.querySelector('[aria-current=step]')?.dataset.key === step", arg=step)
    page.wait_for_timeout(500)


def grave(page):
    """What axe calls serious or critical, in words."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:200]}" for v in found if v["impact"] in GRAVE for n in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("step", STEPS)
def test_axe_finds_nothing_serious(served, page, shot, step, theme):
    open_step(page, served, step, f"&theme={theme}")
    shot(page, f"{step}-{theme}")
    assert page.locator(".pn-head").bounding_box()["height"] < 60  # one line, however long a run's title is
    assert grave(page) == []
    assert page.problems == []


def test_axe_finds_nothing_serious_on_the_landing_page(served, page, shot):
    page.goto(served.url)
    page.wait_for_selector("a[href*=workbench]")
    shot(page, "landing")
    assert grave(page) == []


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_cut_off_at_twice_the_size(served, page, shot, step):
    """200 % of 1280x720 leaves 640x360 of the page's own pixels."""
    page.set_viewport_size({"width": 640, "height": 360})
    open_step(page, served, step)
    shot(page, f"{step}-200-percent")
    assert page.eval_on_selector_all(".pn-step b, .pn-title", "all => all.every(e => e.scrollWidth <= e.clientWidth)")
    wide = "box => box.scrollWidth - box.clientWidth"
    for box in ("html", "main"):
        assert page.eval_on_selector(box, wide) <= 0, box
