"""Matplotlib's pictures on light and dark pages."""

import re
from xml.etree import ElementTree

from matplotlib.figure import Figure

from widgets.lessons.drawn import draw
from widgets.lessons.page_colours import as_html


def picture():
    figure = Figure()
    axes = figure.add_subplot(xlabel="cost", ylabel="mistakes & more", title="three points")
    draw(axes, [(1, 6), (4, 3), (7, 7)], (10, 10))
    axes.axvline(2, color="black")
    return as_html(figure)


def test_black_is_the_pages_ink_and_white_its_paper():
    text = picture()
    colours = set(re.findall(r"(?:fill|stroke): ?([^;\"]+)", text))
    assert {"currentColor", "var(--jp-layout-color0, Canvas)", "#0072b2"} <= colours
    assert not {"#000000", "#ffffff"} & colours
    root = ElementTree.fromstring(text.replace("xlink:", ""))
    assert root.get("fill") == "currentColor"  # letters and whatever else has no colour of its own
    background = root.find("g/g/path")
    assert "fill: none" in background.get("style")


def test_a_picture_is_named_and_leaves_the_page_alone():
    text = picture()
    assert 'aria-label="Picture: three points; mistakes &amp; more; cost"' in text and ">cost</text>" in text
    assert "<style" not in text  # which would be for all pictures of the page
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (text, picture())]
    assert not ids[0] & ids[1]
