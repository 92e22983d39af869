"""The class view: every run on one chart and in one table, read and never touched."""

import os
import re
import shutil
from xml.etree import ElementTree

import psutil
import pytest
from made_runs import add_result, config, set_status
from waiting import wait_for

from pnas_kit.runs import Run
from pnas_kit.runs.quota import Quota
from widgets.class_chart import COLOURS, SHAPES, Axes, Series, chart_svg, mark_svg
from widgets.classroom import Classroom

FRONTS = Axes("Compute", "Score", front=True)


@pytest.fixture
def room(root):
    made = Classroom()
    yield made
    made.close()


def told(pane):
    return " ".join(re.sub(r"<[^>]+>", " ", pane.html).split())


def copies(run, count):
    return [
        run,
        *(Run(shutil.copytree(run.path, run.path.with_name(f"20260101-12{n:02d}00-x-{n:04d}"))) for n in range(count)),
    ]


def test_an_empty_folder_says_what_will_come(room):
    room.read()
    assert "No run yet" in told(room._chart) and "Nobody has begun" in told(room._table)
    assert room._room.problem is None


def test_every_run_has_a_line_a_mark_and_its_front(room, root, run):
    made = copies(run, 3)
    other = Run.create(config(data="hapt"), root)
    me = psutil.Process()
    set_status(made[1], phase="train", state="running", done=3, total=40, pid=os.getpid(), started=me.create_time())
    add_result(made[2], 3, int8_accuracy=0.5)
    add_result(made[2], 4, int8_accuracy=0.75)
    Quota(runners=3, hours=2, disk_gib=5).write(root)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    room.read()
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before  # read-only
    assert room._table.html.count("<tr data-key") == 5
    assert "1 at work · 0 waiting · 4 at rest" in told(room._table)
    assert "training running 3 of 40 epochs" in told(room._table) and "75.0 %" in told(room._table)
    assert "at most 3 at work, 2 hours per start, 5 GiB for all runs · 0 MiB of 5 GiB in use" in told(room._limits)
    assert 'data-runs="4"' in room._chart.html and "digits (4 runs)" in room._chart.html
    marks = re.findall(r'<svg class="pn-mark.*?</svg>', room._table.html)
    assert len(set(marks)) == 5
    room._chart.press("data", "hapt")
    assert "No candidate fits its budget yet" in told(room._chart)
    room._chart.press("data", "digits")
    room._chart.press("show", "verified")
    assert 'data-runs="1"' in room._chart.html and "2 points" in room._chart.html
    assert other.name in room._table.html and room._room.problem is None


def test_the_page_is_read_again_and_again_once_it_is_open(room, root, run, monkeypatch):
    monkeypatch.setattr("widgets.classroom.PERIOD", 0.05)
    room._link._received(None, {"type": "hello", "url": "http://localhost/"}, [])
    for count in (1, 2):
        wait_for(lambda count=count: room._table.html.count("<tr data-key") == count)
        if count == 1:
            Run.create(config(), root)


def test_a_title_is_text_and_nothing_else(room, root, run):
    (run.path / "title.txt").write_text("<script>alert(1)</script>")
    room.read()
    assert "<script" not in room._table.html + room._chart.html


def test_marks_differ_in_colour_and_shape():
    assert len({mark_svg(n) for n in range(COLOURS * SHAPES)}) == COLOURS * SHAPES
    for n in range(COLOURS * SHAPES):
        ElementTree.fromstring(mark_svg(n))


@pytest.mark.parametrize("points", [[(1.0, 2.0)], [(0.01, -3.0), (900.0, 3.0)], [(1.0, 2.0), (1.0, 2.0)]])
def test_the_chart_holds_any_range(points):
    root = ElementTree.fromstring(chart_svg([Series(0, "a & b", points), Series(1, "none", [])], FRONTS))
    assert root.get("data-runs") == "1"
    numbers = [float(n) for path in root.iter("circle") for n in (path.get("cx"), path.get("cy"))]
    assert len(numbers) == 2 * len(points) and all(0 <= n <= 560 for n in numbers)
    assert chart_svg([Series(1, "none", [])], FRONTS) == ""


def test_a_front_is_a_staircase_from_the_cheapest(root):
    svg = chart_svg([Series(0, "run", [(10.0, 3.0), (1.0, 1.0)])], FRONTS)
    path = re.search(r'class="pn-stairs" d="M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)"', svg)
    x0, y0, x1, y1 = map(float, path.groups())
    assert x0 < x1 and y0 > y1  # cheap and low first; svg's y points down
