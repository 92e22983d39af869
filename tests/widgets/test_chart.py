"""The chart's protocol: what the page is told, and when."""

import numpy as np
import pytest

from pnas_kit.search import Limits
from widgets import figures
from widgets.candidates import Candidates
from widgets.front import FIXED, Front

AXES = [{"key": key, "label": key, "unit": "", "better": "low", "limit": None} for key in ("a", "b")]


class Page:
    """What a page holds after the messages it got, by the rules of front.js."""

    def __init__(self, front):
        self.front, self.rows, self.words, self.epoch = front, np.zeros((0, 5), np.float32), [], -1
        self.kinds, self.curve = [], np.zeros((0, 2), np.float32)
        front.send = self.receive

    def receive(self, content, buffers=()):
        self.kinds.append(content["type"])
        self.sizes = [len(buffer) for buffer in buffers]
        data = np.frombuffer(buffers[0], np.float32)
        if content["type"] == "full":
            self.rows, self.words, self.epoch = data.reshape(-1, 5), list(content["words"]), content["epoch"]
        elif content["epoch"] != self.epoch or (content["type"] == "extend" and content["from"] > len(self.words)):
            self.front._received(None, {"type": "resync"}, [])
        elif content["type"] == "extend":
            self.rows = np.concatenate([self.rows, data.reshape(-1, 5)])
            self.words += content["words"]
        elif content["type"] == "curve":
            self.curve = np.concatenate([self.curve[: content["from"]], data.reshape(-1, 2)])
        else:
            self.rows = self.rows.copy()
            self.rows[np.frombuffer(buffers[1], np.uint32), content["index"]] = data


def rows(*numbers):
    return np.array([[n, 1, 0, n / 10, n / 7] for n in numbers])


def test_a_page_that_missed_something_gets_everything_once():
    front = Front(AXES, "a", "b")
    front.extend(rows(0, 1), ["zero", "one"])
    page = Page(front)
    front.extend(rows(2), ["two"])
    front.extend(rows(3), ["three"])
    assert page.kinds == ["extend", "full", "curve", "extend"]
    assert page.words == ["zero", "one", "two", "three"]
    np.testing.assert_array_equal(page.rows, rows(0, 1, 2, 3).astype(np.float32))


def test_only_the_new_rows_travel():
    front = Front(AXES, "a", "b")
    page = Page(front)
    front.reset()
    sizes = []
    front.send = lambda content, buffers: (sizes.append(len(buffers[0])), page.receive(content, buffers))
    for number in range(50):
        front.extend(rows(number), [str(number)])
    assert sizes == [5 * 4] * 50
    assert len(page.words) == 50


def test_a_column_is_sent_again_only_when_it_changed():
    front = Front(AXES, "a", "b")
    page = Page(front)
    front.reset()
    front.extend(rows(0, 1), ["zero", "one"])
    front.replace("b", np.array([np.nan, 5.0]))
    front.replace("b", np.array([np.nan, 5.0]))
    assert page.kinds.count("cells") == 1
    np.testing.assert_array_equal(page.rows[:, 4], np.float32([np.nan, 5.0]))


def test_another_run_never_mixes_with_the_last():
    front = Front(AXES, "a", "b")
    page = Page(front)
    front.reset()
    front.extend(rows(0, 1), ["zero", "one"])
    front.send = lambda *_, **__: None  # a message that is lost
    front.reset()
    front.send = page.receive
    front.extend(rows(9), ["nine"])
    assert page.words == ["nine"]


def test_rows_of_the_wrong_width_are_refused():
    with pytest.raises(ValueError, match=r"rows are \(1, 5\), got \(1, 3\)"):
        Front(AXES, "a", "b").extend(np.zeros((1, 3)), ["?"])


def test_only_cells_that_changed_by_more_than_can_be_seen_travel():
    front = Front(AXES, "a", "b")
    page = Page(front)
    front.reset()
    front.extend(rows(*range(100)), [str(n) for n in range(100)])
    values = np.arange(100) / 7
    values[[3, 50]] += [0.2, 0.0004]
    front.replace("b", values, tolerance=0.001)
    assert page.sizes == [4, 4]
    np.testing.assert_allclose(page.rows[:, 4], values, atol=0.001)
    values[50] += 0.0008  # what was held back adds up
    front.replace("b", values, tolerance=0.001)
    front.replace("b", values)
    np.testing.assert_array_equal(page.rows[:, 4], values.astype(np.float32))


def test_a_curve_travels_from_where_it_is_new():
    front = Front(AXES, "a", "b")
    page = Page(front)
    front.reset()
    front.curve([(0, 0.1), (3, 0.2)])
    front.curve([(0, 0.1), (3, 0.2), (4, 0.25)])
    assert page.sizes == [8] and page.kinds.count("curve") == 3
    front.curve([(0, 0.1), (3, 0.2), (4, 0.25)])
    assert page.kinds.count("curve") == 3
    front.curve([(0, 0.1), (3, 0.15)])  # the scale was set anew
    np.testing.assert_array_equal(page.curve, np.float32([(0, 0.1), (3, 0.15)]))


def test_rows_are_the_figures_of_the_candidates(run):
    candidates = run.candidates()
    groups = [group["key"] for group in figures.families("image")]
    table = figures.rows(candidates, groups)
    names = ["number", "feasible", "family", *(figure.key for figure in figures.FIGURES)]
    for candidate, values in zip(candidates, table, strict=True):
        row = dict(zip(names, values, strict=True))
        assert (row["number"], row["feasible"]) == (candidate.number, candidate.feasible)
        assert groups[int(row["family"])] == candidate.arch.family
        if candidate.cost:
            assert row["macs"] * 1e6 == pytest.approx(candidate.cost.macs)
            assert row["ram"] * 1024 == pytest.approx(candidate.cost.ram_bytes)
        for name in ("meco", "zico", "naswot", "snip"):
            assert row[name] == candidate.proxies[name] if candidate.proxies else np.isnan(row[name])


def test_the_chart_shows_the_score_of_those_that_have_one(run):
    candidates = run.candidates()
    scored = [c for c in candidates if c.feasible]
    chart = Candidates()
    chart.add(*candidates)
    found = chart._rows[:, FIXED + [axis["key"] for axis in chart.axes].index("score")]
    assert 0 < len(scored) < len(candidates)
    np.testing.assert_allclose(found[[c.number for c in scored]], [c.score for c in scored], rtol=1e-6)
    assert np.isnan(np.delete(found, [c.number for c in scored])).all()


def test_the_agreement_is_kendalls_tau_of_every_two(run):
    found = figures.agreement(run.candidates())
    scored = [c for c in run.candidates() if c.feasible]
    assert found["labels"] == ["Compute", "Parameters", "MeCo", "ZiCo", "NASWOT", "SNIP"] and found["count"] == len(scored)
    pairs = [(a, b) for i, a in enumerate(scored) for b in scored[:i]]
    signs = [np.sign(a.cost.macs - b.cost.macs) * np.sign(a.proxies["snip"] - b.proxies["snip"]) for a, b in pairs]
    assert found["taus"][0][5] == pytest.approx(np.mean(signs), abs=0.02)  # tau-a; tau-b differs only by ties
    assert found["taus"][0][5] == found["taus"][5][0] and found["taus"][3][3] == 1
    assert figures.agreement(scored[:2]) == {}


def test_a_chart_fed_one_by_one_ends_like_one_fed_at_once(run):
    one, other = Candidates(run.problem.limits), Candidates(run.problem.limits)
    for candidate in run.candidates():
        one.add(candidate)
    other.follow(run.candidates()[:5])
    other.follow(run.candidates())
    other.follow(run.candidates())
    np.testing.assert_array_equal(one._rows, other._rows)
    assert one._words == other._words


def test_axes_carry_the_budget_in_their_own_unit():
    limits = {axis["key"]: axis["limit"] for axis in figures.axes(Limits(ram_bytes=2048, flash_bytes=4096, macs=3_000_000))}
    assert limits.items() >= {"ram": 2.0, "flash": 4.0, "macs": 3.0, "latency": None}.items()
