"""Proposals from made-up candidates, whose front is known."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from pnas_kit.cost import Cost, boards
from pnas_kit.search import Candidate, Limits, Problem, front, points, propose
from pnas_kit.search.front import propose_curve
from pnas_kit.search.pareto import curve, hypervolume, normalise, select

PLANE = ("macs", "score")
PROBLEM = Problem(
    input_shape=(8, 8, 1),
    classes=10,
    board=boards()["nano-33-ble"],
    limits=Limits(ram_bytes=1, flash_bytes=1, macs=10**9),
    proxies=("zico", "naswot"),
)


def candidates(rows):
    """Candidates of these MACs, ZiCo and NASWOT; None for one that is not feasible."""
    rest = dict(params=1, arena_bytes=1, ram_bytes=1, flash_bytes=1, latency_ms=1.0, energy_mj=None)
    made = []
    for number, row in enumerate(rows):
        proxies = row and dict(zip(PROBLEM.proxies, row[1:], strict=True))
        cost = Cost(macs=row[0] if row else 1, **rest)
        score = row and row[1] + row[2]
        made.append(Candidate(number=number, arch=None, cost=cost, proxies=proxies, score=score))
    return made


def drawn(count, seed=0):
    draw = np.random.default_rng(seed)
    size = draw.uniform(size=count)
    noise = draw.normal(size=(2, count))
    return candidates([(int(1e6 * s), s + 0.3 * a, s + 0.3 * b) for s, a, b in zip(size, *noise, strict=True)])


def test_the_front_leaves_out_what_is_beaten_or_not_feasible():
    made = candidates([(10, 1.0, 1.0), (20, 2.0, 0.5), None, (30, 1.5, 0.5), (5, 0.1, 0.1)])
    assert [c.number for c in front(made, PROBLEM)] == [0, 1, 4]


def test_the_points_are_what_the_objectives_say():
    made = drawn(30)
    both = points(made, PROBLEM, PLANE)
    assert np.array_equal(both, [(c.cost.macs, -c.score) for c in made])
    assert np.array_equal(points(made, PROBLEM, ["naswot"])[:, 0], [-c.proxies["naswot"] for c in made])
    assert points([], PROBLEM).shape == (0, 3)


@pytest.mark.parametrize("objectives", [PROBLEM.objectives, PLANE, ("macs", "naswot")])
def test_the_proposal_is_the_best_choice_from_the_front_of_its_objectives(objectives):
    made = drawn(60)
    best = front(made, PROBLEM, objectives)
    found = propose(made, PROBLEM, 3, objectives=objectives, keep_extremes=False)
    numbers = [c.number for c in best]
    scaled = dict(zip(numbers, normalise(points(made, PROBLEM, objectives)[numbers]), strict=True))
    volumes = {
        chosen: hypervolume([scaled[n] for n in chosen], np.full(len(objectives), 1.1))
        for chosen in itertools.combinations(sorted(scaled), 3)
    }
    assert volumes[tuple(sorted(c.number for c in found))] == pytest.approx(max(volumes.values()))
    assert [c.cost.macs for c in found] == sorted(c.cost.macs for c in found)


def test_the_curve_says_what_each_proposal_keeps():
    made = drawn(80)
    best = [c.number for c in front(made, PROBLEM)]
    scaled = dict(zip(best, normalise(points(made, PROBLEM)[best]), strict=True))
    whole = hypervolume(list(scaled.values()), [1.1] * 3)
    found = propose_curve(made, PROBLEM, 6, objectives=PROBLEM.objectives)
    assert len(found) == 6 and sorted(found) == found and found[-1] < 1
    for k, share in enumerate(found, 1):
        proposal = [scaled[c.number] for c in propose(made, PROBLEM, k, objectives=PROBLEM.objectives)]
        assert share >= hypervolume(proposal, [1.1] * 3) / whole - 1e-12
    assert propose_curve(made, PROBLEM, 100, objectives=PROBLEM.objectives)[-1] == pytest.approx(1)


def test_by_default_log_macs_and_score_decide():
    made = drawn(60)
    plane = np.array([(np.log(c.cost.macs), -c.score) for c in made])
    expected = sorted(select(plane, 3), key=lambda i: made[i].cost.macs)
    assert [c.number for c in propose(made, PROBLEM, 3)] == [made[i].number for i in expected]
    assert propose_curve(made, PROBLEM, 3) == pytest.approx(curve(plane, 3))
    unscored = [replace(c, score=None) for c in made]
    paper = propose(unscored, PROBLEM, 3, objectives=PROBLEM.objectives)
    assert propose(unscored, PROBLEM, 3) == paper


def test_nothing_feasible_proposes_nothing():
    made = candidates([None, None])
    assert front(made, PROBLEM) == propose(made, PROBLEM, 3) == propose_curve(made, PROBLEM, 3) == []


def test_an_unknown_objective_is_refused():
    with pytest.raises(ValueError, match="expected objectives among"):
        points(drawn(3), PROBLEM, ("macs", "meco"))
