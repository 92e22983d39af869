"""The lessons' small apps in a real browser: they are whole, and what one does in them changes the figures."""

import re

import pytest

from widgets.lessons.study import kendall, study

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
WIDER = "(page => page.scrollWidth - page.clientWidth)(document.querySelector('main'))"


@pytest.fixture
def opened(served, page, shot):
    """Opens an app by the name of its notebook and hands the page on; whole without errors, before and after the test."""

    def open_app(name, theme):
        page.goto(f"{served.url.split('?')[0]}voila/render/app_{name}.ipynb?theme={theme}")
        page.wait_for_selector(".pn-lesson-pictures :is(svg, .pn-tile)")
        assert page.evaluate(WIDER) <= 0
        shot(page, f"app-{name}-{theme}")
        return page

    yield open_app
    shot(page, re.sub(r".*/(app_\w+)\.ipynb.*", r"\1-used", page.url))
    assert page.evaluate(WIDER) <= 0
    assert page.problems == [] and page.foreign == []


def tile(page, label):
    """The figure of a tile, by how its name begins."""
    return page.locator(".pn-tile", has=page.get_by_text(re.compile(f"^{label}"))).locator("b")


def changed(page, label, before):
    """The tile's figure once it is another one."""
    found = tile(page, label).filter(has_not_text=re.compile(f"^{re.escape(before)}$"))
    found.wait_for()
    return found.inner_text()


def test_app_1_draws_all_of_a_network_and_one_more_block(opened):
    page = opened("1_search_space", "light")
    drawing = page.locator("figure.pn-layers")
    picture = drawing.locator("svg").bounding_box()
    assert 100 < picture["height"] <= drawing.bounding_box()["height"]
    assert drawing.evaluate(CUT) == []
    before = tile(page, "Layers").inner_text()
    page.get_by_role("slider", name="Blocks").last.focus()
    page.keyboard.press("ArrowRight")
    after = changed(page, "Layers", before)
    assert int(after) > int(before) and drawing.locator("[data-layer]").count() == int(after)


def test_app_2_says_what_does_not_fit_a_smaller_board(opened):
    page = opened("2_chip_cost", "dark")
    assert page.locator(".pn-bars .pn-over").count() == 0
    page.get_by_label("Family").select_option(label="ResNet18")
    page.get_by_label("Board").select_option(label="ST Nucleo-G0B1RE")
    page.locator(".pn-bars .pn-over").first.wait_for()
    page.get_by_text("ST Nucleo-G0B1RE: ").wait_for()


def test_app_3_ranks_by_another_score(opened):
    page = opened("3_untrained", "light")
    before = tile(page, "Tau").inner_text()
    page.get_by_role("combobox", name="Score").select_option(label="MeCo")
    table = study()
    digits = table[table.data == "digits"]
    assert changed(page, "Tau", before) == f"{kendall(digits.meco, digits.accuracy):.2f}"


def test_app_4_follows_points_that_are_set_dragged_and_walked(opened):
    page = opened("4_search", "dark")
    place = page.locator(".pn-points > svg").bounding_box()
    x, y = place["x"] + 0.45 * place["width"], place["y"] + 0.2 * place["height"]
    assert tile(page, "Points").inner_text() == "14"
    volume = tile(page, "Hypervolume").inner_text()
    page.mouse.click(x, y)
    page.locator(".pn-points-told", has_text="Only this point dominates").wait_for()
    better = changed(page, "Hypervolume", volume)
    assert tile(page, "Points").inner_text() == "15" and float(better[:-2]) > float(volume[:-2])
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * place["width"], y + 0.55 * place["height"], steps=5)
    page.mouse.up()
    page.locator(".pn-points-told", has_text="dominated by").wait_for()
    assert changed(page, "Hypervolume", better) == volume
    page.keyboard.press("Delete")
    assert changed(page, "Points", "15") == "14"
    page.keyboard.press("PageUp")  # the cheapest, which is on the front
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    assert float(changed(page, "Hypervolume", volume)[:-2]) > float(volume[:-2])


def test_app_5_trains_and_prunes(opened):
    page = opened("5_training", "light")
    right = tile(page, "Right, exact").inner_text()
    page.get_by_role("button", name="Train", exact=True).click()
    changed(page, "Epoch", "0 of 600")
    changed(page, "Right, exact", right)
    page.get_by_role("button", name="Pause").click()
    left = tile(page, "Weights left").inner_text()
    page.get_by_role("slider", name="Neurons pruned").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelectorAll('.pn-neurons .pn-gone').length === 16")  # half of two layers of 16
    assert int(tile(page, "Weights left").inner_text()) < int(left)


def test_app_6_says_what_is_too_much_for_what_is_left(opened):
    page = opened("6_onto_chip", "dark")
    page.get_by_text("It fits what is left of the board's memory.").wait_for()
    page.get_by_role("slider", name="Memory left").focus()
    page.keyboard.press("Home")
    page.get_by_text("It does not fit").wait_for()
    assert page.locator(".pn-bars .pn-over").count() == 2
