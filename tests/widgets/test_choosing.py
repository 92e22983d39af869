"""Recommendation, cards, replay and the recorded search, without a browser."""

import re
import time

import numpy as np
import pytest
from made_runs import add_result

from pnas_kit.cost import latency, trace
from pnas_kit.runs import recorded
from pnas_kit.runs.recorded import PLACE
from pnas_kit.search import best_under, propose
from widgets import Replay, figures
from widgets.past import tiles
from widgets.shares import shares_html
from widgets.tray import tray_html
from widgets.words import figure, span


@pytest.fixture
def shown(workbench, run):
    """The workbench on the Choose step of a searched run."""
    workbench.show_run(run)
    workbench.state.step = "choose"
    return workbench


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def card(html, number):
    return re.search(rf'<li class="pn-pick" data-key="{number}".*?</li>', html, re.DOTALL)[0]


def column(front, key):
    return front._rows[:, 3 + [axis["key"] for axis in front.axes].index(key)]


# ---- the cards


def test_a_card_tells_what_is_estimated_and_how_far_off(run):
    one = next(c for c in run.candidates() if c.feasible)
    html = card(tray_html([one], run.problem), one.number)
    found = latency(trace(one.arch.pruned, run.card.shape), run.problem.board)
    assert f"est.</em><span>{span(found)}</span>" in html
    assert "measured" not in text(html) and "not trained" in text(html)


def test_a_trained_card_shows_what_was_measured(run):
    one = next(c for c in run.candidates() if c.feasible)
    result = add_result(run, one.number, tflite_bytes=one.cost.flash_bytes)
    html = card(tray_html([one], run.problem, results={one.number: result}), one.number)
    assert "Accuracy 97.5 %" in text(html) and "Score" not in text(html)
    assert html.count('class="pn-meas"') == 2  # accuracy and the file's size


def test_cards_differ_from_the_reference_by_their_figures(run):
    one, two = sorted((c for c in run.candidates() if c.feasible), key=lambda c: c.cost.ram_bytes)[:4:3]
    html = tray_html([one, two], run.problem, reference=one.number)
    more = (two.cost.ram_bytes - one.cost.ram_bytes) / 1024
    assert f'<span class="pn-delta">+{more:.1f} KiB</span>' in card(html, two.number)
    assert "pn-delta" not in card(html, one.number)
    assert 'aria-pressed="true"' in card(html, one.number)
    assert "pn-delta" not in tray_html([one, two], run.problem)


def test_the_key_of_the_shares_stands_where_cards_do(shown):
    choose = shown.steps["choose"]
    assert shown.state.picked and "pn-shares-key" in choose._bar.html
    choose._clear.click()
    assert "pn-pick" not in choose._pane.html and choose._bar.html == ""


@pytest.mark.parametrize("by", ["macs", "bytes"])
def test_the_shares_are_of_all_of_a_network(run, by):
    for one in [c for c in run.candidates() if c.feasible][:6]:
        html = shares_html(one.arch, by)
        shares = [float(share) for share in re.findall(r"flex-grow:([\d.]+)", html)]
        assert sum(shares) == pytest.approx(1, abs=1e-3) and len(shares) > 3
    most = max(trace(one.arch.pruned, run.card.shape), key=lambda op: op.macs if by == "macs" else op.params)
    assert f"in {most.name} ({most.kind})" in html


# ---- the recommendation


def test_the_recommendation_is_that_of_the_sliders(shown, run):
    choose = shown.steps["choose"]
    advice, state = choose.advice, shown.state
    assert shown.front.best == -1
    choose.advise.click()
    scored = [c for c in run.candidates() if c.feasible]
    assert advice.budget == {} and shown.front.best == max(scored, key=lambda c: c.score).number
    advice._sliders.press("limit", "ram=50")
    needs = [c.cost.ram_bytes for c in scored]
    limit = (min(needs) * max(needs)) ** 0.5  # the middle between the least and the most, as a factor
    assert advice.budget == {"ram_bytes": pytest.approx(limit)}
    wanted = best_under(scored, ram_bytes=limit)
    assert wanted.within < len(scored) and f"≤ {figure(limit / 1024)} KiB" in advice._sliders.html
    assert shown.front.best == wanted.candidate.number and wanted.reason in text(advice._words.html).replace("&#x27;", "'")
    state.picked = [n for n in state.picked if n != wanted.candidate.number]
    advice.add.click()
    assert wanted.candidate.number in run.picks and advice.add.disabled
    advice.filter.click()
    assert shown.front.brushes == {"ram": [None, pytest.approx(limit / 1024)]}
    choose.advise.click()
    assert shown.front.best == -1


def test_a_verified_prototype_is_recommended_before_a_better_score(shown, run):
    weakest = min((c for c in run.candidates() if c.feasible), key=lambda c: c.score).number
    run.pick([weakest])
    add_result(run, weakest)
    shown._watch.read(run)
    shown.steps["choose"].advise.click()
    assert shown.front.best == weakest
    assert "outranks every score" in shown.steps["choose"].advice._words.html
    assert column(shown.front, "accuracy")[weakest] == pytest.approx(97.492)
    assert np.isnan(np.delete(column(shown.front, "accuracy"), weakest)).all()


# ---- the replay


def test_a_replay_shows_the_search_as_it_stood(shown, run):
    search, choose, state, front = shown.steps["search"], shown.steps["choose"], shown.state, shown.front
    while len(state.volumes) < state.fit:
        time.sleep(0.05)  # the thread that measures them
    now, picked = list(front.proposed), list(state.picked)
    search.replay.click()
    assert front.replaying and front.playing and state.moment == 0 and front.proposed == []
    front.until = 12
    past = run.candidates()[:12]
    then = [c.number for c in propose(past, run.problem, run.config.picks)]
    assert state.moment == 12 and front.proposed == then != now
    fit = sum(c.feasible for c in past)
    before = [value for number, value in state.volumes if number < 12]
    words = text("".join(tiles(state)))
    assert words == f"Tried 12 of 24 Fit the budget {fit} Hypervolume {before[-1]:.3f}"
    assert text("".join(tiles(state))) in text(search._figures.html) and ">replay<" in search._figures.html
    assert re.findall(r'pn-pick" data-key="(\d+)"', choose._pane.html) == [str(n) for n in then]
    assert choose.propose.disabled and choose._clear.disabled and 'data-action="drop"' not in choose._pane.html
    front.present()
    assert state.moment is None and front.proposed == now and sorted(run.picks) == state.picked == picked
    assert f"{len(run.candidates())} of" in text(search._figures.html)


def test_another_run_ends_the_replay(shown, run):
    shown.steps["search"].replay.click()
    shown.front.until = 5
    shown.show_run(None)
    assert shown.state.moment is None and not shown.front.replaying


def test_the_recorded_search_is_looked_at_and_not_changed(workbench):
    before = {path: path.read_bytes() for path in PLACE.rglob("*") if path.is_file()}
    workbench.steps["task"]._look.click()
    state, run = workbench.state, recorded("digits")
    assert state.step == "search" and state.moment == 0 and workbench.front.replaying
    assert workbench.run.name == run.name
    workbench.front.present()
    assert "recorded search" in workbench.front.locked and set(state.results) == set(run.picks)
    measured = column(workbench.front, "accuracy")
    assert [100 * state.results[n].int8_accuracy for n in run.picks] == pytest.approx(measured[run.picks].tolist())
    state.step = "choose"
    assert workbench.steps["choose"].propose.disabled
    workbench.front.picked = [run.picks[0]]  # a page that has not heard of it yet
    assert "begin a search of your own" in state.problem.what and workbench.front.picked == sorted(run.picks)
    assert {path: path.read_bytes() for path in PLACE.rglob("*") if path.is_file()} == before
    workbench._choose_run(None)
    workbench._opened(f"http://localhost/?run={run.name}")
    assert workbench.run.path == run.path


def test_a_notebook_replays_a_run():
    run = recorded("digits")
    replay = Replay(run)
    assert replay.front.replaying and not replay.front.playing and replay.state.moment == 0
    replay.go(100)
    then = [c.number for c in propose(run.candidates()[:100], run.problem, run.config.picks)]
    assert replay.front.proposed == then
    assert [int(n) for n in re.findall(r'pn-pick" data-key="(\d+)"', replay._tray.html)] == then
    replay.front.present()
    assert replay.front.proposed == run.proposed() and "Accuracy" in replay._tray.html
    replay.close()


def test_bands_are_those_of_the_cost_model(run):
    one = next(c for c in run.candidates() if c.feasible)
    band = figures.bands(run.problem.board)["latency"]
    found = latency(trace(one.arch.pruned, run.card.shape), run.problem.board)
    assert (one.cost.latency_ms / (1 + band), one.cost.latency_ms * (1 + band)) == pytest.approx((found.low, found.high))
    known = {axis["key"]: axis["band"] for axis in figures.axes(run.problem.limits, run.problem.board)}
    assert known["latency"] == band and known["ram"] is None
