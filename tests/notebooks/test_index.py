"""The landing pages name every notebook as it names itself."""

import json
import re

from lessons import NOTEBOOKS, read

from widgets.landing import cards


def test_the_index_has_every_notebook_with_what_it_says_of_itself():
    text = "\n".join(cell.source for cell in read(NOTEBOOKS / "index.ipynb").cells)
    assert set(re.findall(r"\]\(([\w.]+)\)", text)) == {p.name for p in NOTEBOOKS.glob("*") if p.is_file()} - {"index.ipynb"}
    others, lessons = cards(NOTEBOOKS)
    assert all(card.title in text for card in others)
    for card in lessons:
        (line,) = [line for line in text.splitlines() if f"]({card.file})" in line]
        assert card.title in line and card.goal in line and f"{card.minutes} min" in line and f"]({card.app})" in line


def test_cards_are_read_from_the_notebooks(tmp_path):
    def put(name, **metadata):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": [], "metadata": metadata}))

    put("lesson_2_b", title="Lesson 2: Second", lesson={"number": 2, "minutes": 20, "goal": "Know more."})
    put("lesson_1_a", title="Lesson 1: First", lesson={"number": 1, "minutes": 10, "goal": "Know."})
    put("app_2_b", title="App 2: Play", lesson={"number": 2}, voila={"layout": "app"})
    put("quickstart", title="PrototypeNAS quickstart", description="Lines.")
    put("class", title="class", voila={"layout": "app"})
    put("workbench", title="PrototypeNAS workbench", voila={"layout": "app"})
    put("index", title="Index")
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "list.ipynb").write_text("[]")
    others, lessons = cards(tmp_path)
    assert [(c.title, c.action) for c in others] == [
        ("Workbench", "Open the workbench"),
        ("Quickstart", "Run the notebook"),
        ("Class", "Open"),
    ]
    assert [(c.lesson, c.title, c.minutes, c.app) for c in lessons] == [
        (1, "First", 10, ""),
        (2, "Second", 20, "app_2_b.ipynb"),
    ]
