"""The lessons' small apps without a browser: a control is moved, the pictures follow."""

import re

import pytest
from lessons import NOTEBOOKS, read

from pnas_kit.cost import boards, estimate
from widgets import lessons
from widgets.lessons import ChipCost, SearchSpace, Untrained
from widgets.lessons.range import Range
from widgets.lessons.study import kendall, study
from widgets.words import kib

APPS = sorted(NOTEBOOKS.glob("app_*.ipynb"))


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.stem)
def test_an_apps_notebook_calls_its_class_in_three_cells(path):
    notebook = read(path)
    imported, created, shown = [cell.source for cell in notebook.cells]
    name = re.fullmatch(r"from widgets\.lessons import (\w+)", imported)[1]
    assert re.fullmatch(rf"(\w+) = {name}\(\)", created)[1] == shown
    number = int(path.stem.split("_")[1])
    assert getattr(lessons, name).number == notebook.metadata["lesson"]["number"] == number
    assert notebook.metadata["title"].startswith(f"App {number}: ") and notebook.metadata["description"]
    assert notebook.metadata["voila"]["layout"] == "app"


def test_the_strip_follows_the_fourteen_choices():
    app = SearchSpace()
    before = app.strip.html
    app.width.value = 1.0
    app.depth[3].value = 4
    arch = app.arch
    assert (arch.width, arch.depth) == (1.0, (2, 2, 2, 4)) and app.strip.html != before
    assert f'data-layers="{len(arch.pruned)}"' in app.strip.html
    assert all(f'data-layer="{layer.name}"' in app.strip.html for layer in arch.pruned)
    for field in app.kernel_stride:
        field.value = "k3s2"
    assert "Cannot be built" in app.strip.html and "g3b0.dw" in app.strip.html and "pn-broken" in app.strip.html
    app.choice.inputs.value = 3
    assert app.arch.family in ("inceptiontime", "mbednet1d") and "Cannot be built" not in app.strip.html
    assert app._trouble.problem is None


def test_a_random_draft_is_the_one_of_its_seed():
    first, other = SearchSpace(), SearchSpace()
    for app in (first, other):
        app.draw_at_random(3)
    assert first.arch == other.arch
    other.draw_at_random(4)
    assert first.arch != other.arch


def test_bars_and_pictures_follow_network_and_board():
    app = ChipCost()
    arch = app.arch
    assert kib(estimate(arch.pruned, arch.input_shape, boards()["nano-33-ble"]).ram_bytes) in app.bars.html
    assert "pn-peak" in app.costs.html and "kept one" not in app.bars.html
    app.keep()
    app.width.value = 1.0
    wide = estimate(app.arch.pruned, arch.input_shape, boards()["nano-33-ble"])
    kept = estimate(arch.pruned, arch.input_shape, boards()["nano-33-ble"])
    assert f"Flash {wide.flash_bytes / kept.flash_bytes:.2f}×" in app.bars.html
    app.choice.family.value = "resnet18"
    app.board.value = "nucleo-g0b1re"
    assert "pn-over" in app.bars.html and "ST Nucleo-G0B1RE" in app.bars.html
    assert app._trouble.problem is None


def test_taus_follow_data_set_score_and_family():
    app, table = Untrained(), study()
    digits = table[table.data == "digits"]
    assert f"{kendall(digits.zen_mean, digits.accuracy):.2f}" in app.facts.html
    app.score.value, app.family.value = "meco", "resnet18"
    part = digits[digits.family == "resnet18"]
    assert app.scatter.html.count("<title>") == len(part)
    assert f"<b>{kendall(part.meco, part.accuracy):.2f}</b>" in app.facts.html
    app.data.value = "uwave"
    assert app.family.value == "" and len(app.shown) == 60
    app.many.value = 10
    ten = set(app.shown.net)
    app._draw_others()
    assert set(app.shown.net) != ten and len(app.shown) == 10
    assert app._trouble.problem is None


def test_what_goes_wrong_in_a_control_is_shown(monkeypatch):
    app = ChipCost()
    monkeypatch.setattr("widgets.lessons.chip_cost.bars_html", lambda *_: 1 / 0)
    app.width.value = 0.9
    problem = app._trouble.problem
    assert "ZeroDivisionError" in problem.what and "division by zero" in problem.detail


def test_a_slider_keeps_its_value_inside_and_whole():
    whole = Range(value=2, min=1, max=4, step=1, whole=True, description="Blocks")
    whole.value = 9
    assert whole.value == 4 and isinstance(whole.value, int)
    whole.max = 3
    assert whole.value == 3
    part = Range(value=0.5, min=0.1, max=1.0, step=0.05, description="Width")
    part.value = 1  # as a whole number comes from the page
    assert part.value == 1.0 and isinstance(part.value, float)
    part.value = 0
    assert part.value == 0.1
