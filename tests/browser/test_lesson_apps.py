"""What only a browser can show of the lessons' apps: points that are set, dragged and walked with the keyboard."""

import pytest


@pytest.fixture
def box(served, page):
    page.goto(f"{served.url.split('?')[0]}voila/render/app_4_search.ipynb")
    picture = page.locator(".pn-points > svg")
    picture.wait_for()
    return picture


def points(page, count):
    page.wait_for_selector(f'.pn-tile:has-text("Points"):has(b:text-is("{count}"))')


def test_points_are_set_dragged_and_walked(box, page, shot):
    points(page, 14)
    place = box.bounding_box()
    x, y = place["x"] + 0.45 * place["width"], place["y"] + 0.2 * place["height"]
    page.mouse.click(x, y)
    points(page, 15)
    page.wait_for_selector('.pn-points-told:has-text("Only this point dominates")')
    shot(page, "app-4")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * place["width"], y + 0.55 * place["height"], steps=5)
    page.mouse.up()
    page.wait_for_selector('.pn-points-told:has-text("dominated by")')
    page.keyboard.press("Delete")
    points(page, 14)
    page.keyboard.press("PageDown")
    page.wait_for_selector(".pn-ring")
    page.keyboard.press("Insert")
    points(page, 15)
    assert page.problems == [] and page.foreign == []
