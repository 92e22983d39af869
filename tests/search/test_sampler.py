"""Samplers on a made-up problem that costs nothing: reproducible, and better than chance."""

import numpy as np
import optuna
import pytest
from optuna.samplers._ga import BaseGASampler
from optuna.search_space import intersection_search_space

from pnas_kit.cost import Cost, boards
from pnas_kit.search import Candidate, Limits, Problem, engine
from pnas_kit.search.journal import journal_storage
from pnas_kit.search.ledger import Ledger
from pnas_kit.search.pareto import hypervolume
from pnas_kit.search.sampler import DEFAULT, SAMPLERS, SeededNSGAII, standardised

PROBLEM = Problem(
    input_shape=(8, 8, 1),
    classes=10,
    board=boards()["nano-33-ble"],
    limits=Limits(ram_bytes=100, flash_bytes=100, macs=1000),
    proxies=("zico", "snip"),
)


def judged(number, arch, *_):
    """Large nets score high, the more so the nearer their other parameters come to a target; only the smaller half fits."""
    size = sum(arch.depth) * arch.width**2
    cost = Cost(
        macs=int(100 * size) + 1, params=1, arena_bytes=1, ram_bytes=1, flash_bytes=1, latency_ms=1.0, energy_mj=None
    )
    excess = {"macs": cost.macs / PROBLEM.limits.macs * 2 - 1}
    if excess["macs"] > 0:
        return Candidate(number=number, arch=arch, cost=cost, excess=excess, reason="too large")
    hits = sum(kernel == 5 for kernel in arch.kernel) + sum(stride == 2 for stride in arch.stride)
    scores = {"zico": size + hits, "snip": size**0.5 * np.exp(-10 * np.var([0.3, 0.3, *arch.sparsity]))}
    return Candidate(number=number, arch=arch, cost=cost, excess=excess, proxies=scores)


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    monkeypatch.setattr(engine, "evaluate", judged)
    monkeypatch.setattr(engine, "check", lambda *_: None)


def searched(sampler, trials, seed=0, storage=None):
    return engine.search(PROBLEM, (), trials=trials, seed=seed, workers=0, storage=storage, sampler=sampler)


def names(candidates):
    return [(c.number, c.arch) for c in candidates]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_search_stopped_at_any_trial_goes_on_alike(tmp_path, sampler):
    expected = names(searched(sampler, 110))
    path, found = tmp_path / "journal", []
    for stop in (1, 66, 67, 110):
        part = searched(sampler, 110, storage=journal_storage(path))
        found += names(next(part) for _ in range(stop - len(found)))
        part.close()
    assert found == expected


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_another_seed_is_another_search(sampler):
    assert names(searched(sampler, 3, seed=1)) != names(searched(sampler, 3, seed=2))


@pytest.mark.parametrize("sampler", [name for name in SAMPLERS if name != "random"])
def test_every_sampler_beats_random_draws(sampler):
    trials = 200 if "tpe" in sampler else 400  # a generation is 50
    assert reached(sampler, trials) > reached("random", trials)


def reached(sampler, trials):
    rows = [[c.cost.macs, *(-v for v in c.proxies.values())] for c in searched(sampler, trials) if c.feasible]
    return hypervolume(rows, [500.0, 0.0, 0.0])


def test_generations_and_parameters_are_those_of_the_library(monkeypatch):
    """The quick answers against the ones that look at every trial."""
    own, seen = SeededNSGAII.get_trial_generation, []

    def both(self, study, trial):
        expected = BaseGASampler.get_trial_generation(self, study, trial)
        seen.append(own(self, study, trial))
        assert seen[-1] == expected
        finished = study.get_trials(states=(optuna.trial.TrialState.COMPLETE,))
        assert list(self.infer_relative_search_space(study, trial).items()) == list(
            intersection_search_space(finished).items()
        )
        return seen[-1]

    monkeypatch.setattr(SeededNSGAII, "get_trial_generation", both)
    list(searched("nsga2", 170))
    assert max(seen) >= 2


def test_standardised_by_hand():
    reference = [[0.0, 7.0], [1.0, 7.0], [2.0, 7.0], [3.0, 7.0], [4.0, 7.0]]
    assert standardised([[2.0, 7.0], [6.0, 9.0]], reference).tolist() == [[0.0, 0.0], [2.0, 2.0]]
    assert standardised([[5.0]], []).tolist() == [[0.0]]


def test_an_unknown_sampler_is_refused():
    assert DEFAULT in SAMPLERS
    with pytest.raises(ValueError, match="sampler is one of"):
        Ledger(PROBLEM, 0, sampler="annealing")
