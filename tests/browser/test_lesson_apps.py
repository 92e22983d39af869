"""The lessons' small apps in a real browser: what they draw is whole, and what one does in them changes the figures."""

import pytest

CUT = """part => {
    const whole = part.getBoundingClientRect();
    const cutters = part.scrollHeight > part.clientHeight + 1 ? [part] : [];
    for (let box = part.parentElement; box; box = box.parentElement) {
        const { top, bottom } = box.getBoundingClientRect();
        const clips = getComputedStyle(box).overflowY !== "visible";
        if (clips && (top > whole.top || bottom < whole.bottom)) cutters.push(box);
    }
    return cutters.map((box) => box.outerHTML.slice(0, 120));
}"""


@pytest.fixture
def opened(served, page):
    def open_app(name, query=""):
        page.goto(f"{served.url.split('?')[0]}voila/render/app_{name}.ipynb{query}")
        page.wait_for_selector(".pn-lesson-pictures")

    return open_app


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_app_1_draws_all_of_a_network(opened, page, shot, theme):
    opened("1_search_space", f"?theme={theme}")
    drawing = page.locator("figure.pn-layers")
    drawing.wait_for()
    shot(page, f"app-1-{theme}")
    assert drawing.bounding_box()["height"] > 100
    svg = drawing.locator("svg").bounding_box()
    assert svg["height"] > 100 and svg["height"] <= drawing.bounding_box()["height"]
    assert drawing.evaluate(CUT) == []
