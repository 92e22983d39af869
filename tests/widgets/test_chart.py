"""The chart's protocol: what the page is told, and when."""

import numpy as np
import pytest

from pnas_kit.score.ranks import consensus
from pnas_kit.search import Limits
from widgets import figures
from widgets.candidates import Candidates
from widgets.front import Front

AXES = [{"key": key, "label": key, "unit": "", "better": "low", "limit": None} for key in ("a", "b")]


class Page:
    """What a page holds after the messages it got, by the rules of front.js."""

    def __init__(self, front):
        self.front, self.rows, self.words, self.epoch = front, np.zeros((0, 4), np.float32), [], -1
        self.kinds = []
        front.send = self.receive

    def receive(self, content, buffers=()):
        self.kinds.append(content["type"])
        data = np.frombuffer(buffers[0], np.float32)
        if content["type"] == "full":
            self.rows, self.words, self.epoch = data.reshape(-1, 4), list(content["words"]), content["epoch"]
        elif content["epoch"] != self.epoch or (content["type"] == "extend" and content["from"] > len(self.words)):
            self.front._received(None, {"type": "resync"}, [])
        elif content["type"] == "extend":
            self.rows = np.concatenate([self.rows, data.reshape(-1, 4)])
            self.words += content["words"]
        else:
            self.rows = self.rows.copy()
            self.rows[: len(data), content["index"]] = data


def rows(*numbers):
    return np.array([[n, 1, n / 10, n / 7] for n in numbers])


def test_a_page_that_missed_something_gets_everything_once():
    front = Front(AXES, "a", "b")
    front.extend(rows(0, 1), ["zero", "one"])
    page = Page(front)
    front.extend(rows(2), ["two"])
    front.extend(rows(3), ["three"])
    assert page.kinds == ["extend", "full", "extend"]
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
    assert sizes == [4 * 4] * 50
    assert len(page.words) == 50


def test_a_column_is_sent_again_only_when_it_changed():
    front = Front(AXES, "a", "b")
    page = Page(front)
    front.reset()
    front.extend(rows(0, 1), ["zero", "one"])
    front.replace("b", np.array([np.nan, 5.0]))
    front.replace("b", np.array([np.nan, 5.0]))
    assert page.kinds.count("column") == 1
    np.testing.assert_array_equal(page.rows[:, 3], np.float32([np.nan, 5.0]))


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
    with pytest.raises(ValueError, match=r"rows are \(1, 4\), got \(1, 3\)"):
        Front(AXES, "a", "b").extend(np.zeros((1, 3)), ["?"])


def test_figures_are_those_of_the_candidates(run):
    candidates = run.candidates()
    table = figures.frame(candidates)
    assert list(table.index) == [c.number for c in candidates]
    for candidate in candidates:
        row = table.loc[candidate.number]
        assert row["feasible"] == candidate.feasible
        assert row["words"] == candidate.arch.words
        if candidate.cost:
            assert row["macs"] * 1e6 == pytest.approx(candidate.cost.macs)
            assert row["ram"] * 1024 == pytest.approx(candidate.cost.ram_bytes)
        for name in ("meco", "zico", "naswot", "snip"):
            if candidate.proxies:
                assert row[name] == candidate.proxies[name]
            else:
                assert np.isnan(row[name]) and np.isnan(row["score"])


def test_the_consensus_is_taken_over_the_scored_candidates_only(run):
    scored = [c for c in run.candidates() if c.feasible]
    expected = consensus({name: [c.proxies[name] for c in scored] for name in scored[0].proxies})
    assert 0 < len(scored) < len(run.candidates())
    np.testing.assert_allclose(figures.frame(run.candidates()).loc[[c.number for c in scored], "score"], expected)


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
