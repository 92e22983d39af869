"""What the page computes beside its refreshes: the growing hypervolume, and what one more prototype buys."""

import re
import time
from dataclasses import replace

import numpy as np
from made_runs import config, set_status
from waiting import wait_for

from pnas_kit.runs import Run
from pnas_kit.search import Candidate, History, front
from pnas_kit.search.front import points, propose_curve
from pnas_kit.search.pareto import kept, select
from widgets.worth import worth_html


def made(run, count, seed=0):
    """Candidates with drawn figures, some of them over the budget."""
    drawn = np.random.default_rng(seed)
    like = next(c for c in run.candidates() if c.feasible)
    for number in range(count):
        scores = dict(zip(like.proxies, drawn.normal(size=4).tolist(), strict=True))
        cost = replace(like.cost, macs=int(drawn.integers(1000, 9_000_000)))
        fits = number % 7 != 3
        yield Candidate(number=number, arch=like.arch, cost=cost, proxies=scores if fits else None)


def test_the_page_gets_curve_agreement_and_worth_of_a_finished_search(workbench, run):
    workbench.show_run(run)
    scored = [c for c in run.candidates() if c.feasible]
    wait_for(lambda: workbench.state.worth)
    grown = History()
    expected = [(c.number, grown.add(row)) for c, row in zip(scored, points(scored, run.problem), strict=True)][-1]
    assert len(workbench.state.volumes) == len(scored) == len(workbench.front._curve)
    assert workbench.state.volumes[-1] == expected
    assert workbench.front.agreement["count"] == len(scored)
    assert f"{workbench.state.volumes[-1][1]:.3f}" in workbench.steps["search"]._figures.html
    assert workbench.state.worth == tuple(propose_curve(scored, run.problem, 8))


def test_while_a_search_goes_on_the_worth_waits(workbench, run):
    set_status(run, phase="search", state="starting", started=time.time())
    workbench.show_run(run)
    wait_for(lambda: workbench.state.volumes and workbench.front.agreement)
    assert workbench.state.worth == () and "Known when the search has ended" in workbench.steps["choose"]._worth.html


def test_another_run_begins_anew(workbench, run):
    workbench.show_run(run)
    wait_for(lambda: workbench.state.worth)
    other = Run.create(config(seed=9), run.path.parent)
    workbench.show_run(other)
    assert workbench.state.volumes == () and workbench.front.agreement == {} and len(workbench.front._curve) == 0
    time.sleep(0.2)
    assert workbench.state.volumes == () and workbench.state.problem is None


def test_the_threads_of_a_closed_workbench_end(workbench, run):
    workbench.show_run(run)
    wait_for(lambda: workbench.state.worth)
    thread = workbench._insight._thread
    workbench.close()
    thread.join(2)
    assert not thread.is_alive()


def test_each_prototype_more_is_worth_what_the_selection_keeps(run):
    candidates = run.candidates()
    shares = propose_curve(candidates, run.problem, 4, objectives=run.problem.objectives)
    best = points(front(candidates, run.problem), run.problem)
    assert shares == [kept(best, select(best, k)) for k in (1, 2, 3, 4)]
    assert propose_curve([c for c in candidates if not c.feasible], run.problem, 4) == []
    assert len(propose_curve(front(candidates, run.problem)[:2], run.problem, 8, objectives=run.problem.objectives)) == 2


def test_the_worth_in_bars_and_words():
    html = worth_html((0.5, 0.8, 0.83), 2, waiting=False)
    assert re.findall(r"<b>(\d+ %)</b>", html) == ["50 %", "80 %", "83 %"]
    assert re.findall(r"height:([\d.]+)%", html) == ["50.0", "80.0", "83.0"]
    assert html.count('aria-current="true"') == 1 and "The best 2 keep 80 %" in html and "one more adds 3.0 %" in html
    assert "one more adds" not in worth_html((0.5, 0.8), 5, waiting=False)
