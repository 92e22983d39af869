"""What the smallest network needs, held against thousands of networks drawn from the space."""

import subprocess
import sys
from dataclasses import asdict, fields, replace

import pytest
from nets import sampled

from pnas_kit.cost import boards, estimate
from pnas_kit.learn.data import CATALOGUE, load, proxy_batches
from pnas_kit.search import Candidate, Limits, Problem, impossible, search, smallest, what_blocks
from pnas_kit.search.smallest import ENOUGH, obstacles
from pnas_kit.space import ShapeError

BOARD = boards()["nano-33-ble"]
NAMES = ("ram_bytes", "flash_bytes", "macs")


def problem(shape=(8, 8, 1), engine=None, int4=False, **limits):
    chosen = Limits(**{**asdict(Limits.of(BOARD)), **limits})
    return Problem(input_shape=shape, classes=10, board=BOARD, limits=chosen, engine=engine, int4=int4)


def near_the_corner(shape, count):
    """Sampled nets pulled towards the small end, where a smaller one than the smallest would be."""
    for number, arch in enumerate(sampled(shape, count)):
        shallow = tuple(1 if (number >> g) % 2 else depth for g, depth in enumerate(arch.depth))
        yield replace(
            arch, depth=shallow, width=0.1 + 0.1 * arch.width, sparsity=tuple(0.9 - 0.2 * (0.9 - s) for s in arch.sparsity)
        )


@pytest.mark.parametrize("engine", [None, "generated C"])
@pytest.mark.parametrize("shape", [(8, 8, 1), (32, 32, 3), (1, 128, 6)])
def test_no_sampled_net_needs_less(shape, engine):
    needs = smallest(problem(shape, engine))
    costs = []
    for arch in near_the_corner(shape, 400):
        try:
            costs.append(estimate(replace(arch, classes=10).pruned, shape, BOARD, engine=engine))
        except ShapeError:
            continue
    assert len(costs) > 100
    for name in NAMES:
        least = min(getattr(cost, name) for cost in costs)
        assert needs[name].needed <= least < 4 * needs[name].needed


def test_int4_halves_what_the_smallest_needs_at_most_and_never_adds():
    full, lowered = (smallest(problem((32, 32, 3), "generated C", int4)) for int4 in (False, True))
    assert full["flash_bytes"].needed / 2 < lowered["flash_bytes"].needed <= full["flash_bytes"].needed


def test_two_kib_of_ram_are_too_few_and_the_sentence_says_what_is_needed():
    needs = smallest(problem())
    ((name, sentence),) = impossible(problem(ram_bytes=2048)).items()
    assert name == "ram_bytes"
    assert "the RAM limit of 2.0 KiB" in sentence
    assert f"the smallest needs {needs['ram_bytes'].needed / 1024:.1f} KiB ({needs['ram_bytes'].words})" in sentence
    assert impossible(problem(ram_bytes=needs["ram_bytes"].needed)) == {}
    assert "compute limit of 0.001 M MACs" in impossible(problem(macs=1000))["macs"]
    assert len(impossible(problem(ram_bytes=1, flash_bytes=1, macs=1))) == 3


def tightest():
    """Of the boards with one core, on which a net needs the same, those with the least of each limit: enough to look at."""
    limits = [field.name for field in fields(Limits)]
    for core in {board.core for board in boards().values()}:
        mine = [board for board in boards().values() if board.core == core]
        yield from {min(mine, key=lambda b: getattr(Limits.of(b), name)) for name in limits}


def test_every_data_set_fits_every_board():
    tight = list(tightest())
    for card in {(c.shape, c.classes, c.task): c for c in CATALOGUE.values()}.values():
        if card.task == "series" and card.shape[1] < 16:
            assert card.name == "ucr/SmoothSubspace"  # 15 samples, fewer than the space takes
            continue
        for board in tight:
            assert impossible(Problem.of(card, board, Limits.of(board))) == {}, (card.name, board.id)


def test_a_search_that_finds_nothing_names_the_limit_in_the_way():
    tight = problem(ram_bytes=smallest(problem())["ram_bytes"].needed)
    found = list(search(tight, proxy_batches(load("digits")), trials=ENOUGH, workers=0))
    assert what_blocks(found[: ENOUGH - 1]) == ""
    shares = obstacles(found)
    over = [c.excess["ram_bytes"] for c in found if c.excess.get("ram_bytes", 0) > 0]
    assert not any(c.feasible for c in found)
    assert next(iter(shares)) == "ram_bytes" and shares["ram_bytes"] == (len(over) / ENOUGH, min(over))
    said = what_blocks(found)
    assert "nearest" not in said.split(",", 1)[1]
    assert said.startswith(f"None of {ENOUGH} candidates fits: {100 * len(over) / ENOUGH:.0f} % exceed RAM (the nearest by")


def test_nothing_is_said_where_enough_fits():
    arch = sampled((8, 8, 1), 1)[0]
    misfit = Candidate(number=0, arch=arch, excess={"macs": 0.5})
    fit = Candidate(number=1, arch=arch, proxies={"meco": 1.0}, excess={"macs": -0.5})
    assert what_blocks([misfit] * 99 + [fit]) == "1 of 100 candidates fits: 99 % exceed compute (the nearest by 50 %)."
    assert what_blocks([misfit] * 97 + [fit] * 3) == ""


def test_the_bound_needs_no_torch():
    code = (
        "import sys; from pnas_kit.cost import boards; from pnas_kit.search import Limits, Problem, smallest; "
        "b = boards()['pico']; smallest(Problem(input_shape=(8, 8, 1), classes=10, board=b, limits=Limits.of(b))); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
