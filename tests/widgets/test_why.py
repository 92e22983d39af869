"""Every control has its line in the explain mode."""

import re
from pathlib import Path

import ipywidgets

from widgets.explain import style
from widgets.why import CONTROLS, PLACES, slug

WIDGETS = Path(__file__).resolve().parents[2] / "widgets"
CONTROL = (
    ipywidgets.Button,
    ipywidgets.Text,
    ipywidgets.Dropdown,
    ipywidgets.IntText,
    ipywidgets.FloatText,
    ipywidgets.Checkbox,
)

OTHERS = ("why.py", "classroom.py")
"""The texts themselves; the class view, which is a page of its own without the mode."""


def inside(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def test_every_field_and_button_is_explained(workbench):
    known = {f"pn-why-{slug(label)}" for label in CONTROLS}
    found = [widget for widget in inside(workbench) if isinstance(widget, (*CONTROL, ipywidgets.FileUpload))]
    assert len(found) > 40
    bare = [widget.description for widget in found if not known & set(widget._dom_classes)]
    assert not bare, f"write a line for each into widgets/why.py: {bare}"
    used = {name for widget in found for name in widget._dom_classes}
    assert not known - used, "lines for what is not there any more"


def test_every_action_of_a_drawn_part_is_explained_where_it_stands():
    sources = {path: path.read_text(encoding="utf-8") for path in WIDGETS.glob("*.py") if path.name not in OTHERS}
    drawn = {name for text in sources.values() for name in re.findall(r"Pane\((?:html, )?((?:.|\n)*?)\)\n", text)}
    actions = {name for text in drawn for name in re.findall(r"(?:^|[\s(,])(\w+)=(?:lambda|guard)", text)}
    explained = {action for _, names in PLACES.values() for action in names}
    assert {"data", "board", "skip", "file"} <= actions
    assert actions <= explained, f"write a place for {actions - explained} into widgets/why.py"
    everything = "".join(sources.values()) + "".join(path.read_text() for path in WIDGETS.glob("static/*.js"))
    for selector in PLACES:
        name = re.match(r"\.(pn-[\w-]+)", selector)[1]
        assert name in everything or (name.startswith("pn-cards-") and f'"{name[9:]}"' in everything), selector


def test_the_lines_are_short_and_the_style_sheet_quotes_them():
    texts = [*CONTROLS.values(), *(text for text, _ in PLACES.values())]
    assert all(10 < len(text) <= 90 and text.endswith(".") for text in texts)
    made = style()
    assert made.count("content:") == len(CONTROLS) + len(PLACES)
    assert '.pn-explaining .pn-why-seed::after { content: "The same seed gives the same search again."; }' in made
