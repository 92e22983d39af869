"""Lesson 4's app: what it says of the points is what enumeration and counting say."""

from itertools import combinations

import numpy as np
import pytest

from widgets.lessons import ParetoFront
from widgets.lessons.box import look, random_points, real_points, share

CELLS = 200


def area(points):
    """The share of the box that points dominate, by counting cells: cost up to 1, score down to 0."""
    line = (np.arange(CELLS) + 0.5) / CELLS
    cost, score = np.meshgrid(line, line)
    covered = np.zeros((CELLS, CELLS), bool)
    for x, y in points:
        covered |= (cost > x) & (score < y)
    return covered.mean()


@pytest.fixture
def app():
    made = ParetoFront()
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(4))
def test_the_figures_are_those_of_counting_and_of_enumeration(seed):
    points = np.round(np.array(random_points(9, seed)) * CELLS) / CELLS  # on the cells' borders: counting is exact
    seen = look(points.tolist(), 3, False)
    assert seen.volume == pytest.approx(area(points))
    best = max(area(points[list(choice)]) for choice in combinations(range(9), 3))
    assert area(points[seen.chosen]) == pytest.approx(best)
    assert seen.kept[2] == pytest.approx(best / area(points))
    for i in range(len(points)):
        assert seen.alone[i] == pytest.approx(area(points) - area(np.delete(points, i, axis=0)))
        others = [j for j in range(9) if points[j, 0] <= points[i, 0] and points[j, 1] >= points[i, 1] and j != i]
        assert seen.beaten[i] == len(others) and (i in seen.front) == (not others)


def test_a_moved_point_changes_front_volume_and_choice(app):
    app._set([[0.2, 0.3], [0.5, 0.6], [0.6, 0.5]])
    assert app.plot.front == [0, 1] and app.plot.beaten == [0, 0, 1]
    before = app.look.volume
    app.plot.points = [[0.2, 0.3], [0.5, 0.6], [0.1, 0.9]]  # as the page does it
    assert app.plot.front == app.plot.chosen == [2] and app.look.volume > before
    assert "81.0 %" in app._figures.html and "On the front</span><b>1<" in app._figures.html
    assert app._trouble.problem is None


def test_equal_points_and_none_are_no_trouble(app):
    app._set([[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]])
    assert len(app.plot.front) == 1 and app.look.volume == pytest.approx(0.25)
    app._set([])
    assert app.plot.front == [] and app._worth.html == "" and app._trouble.problem is None


def test_the_ends_are_kept_where_it_is_asked(app):
    app._real()
    app.k.value, app.ends.value = 3, True
    assert app.plot.chosen[0] == app.plot.front[0] and app.plot.chosen[-1] == app.plot.front[-1]
    kept = app.look.kept[2]
    app.ends.value = False
    assert app.look.kept[2] > kept


def test_no_more_points_than_there_is_room_for(app):
    for _ in range(8):
        app._add()
    assert len(app.plot.points) == app.plot.most == len(app.plot.alone)


def test_real_networks_lie_where_their_figures_say():
    axis = {"low": 0.01, "high": 4, "log": True}
    assert share(axis, 0.01) == 0 and share(axis, 4) == 1 and share(axis, 0.2) == pytest.approx(0.5)
    assert len(real_points()) > 40
