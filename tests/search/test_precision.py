from dataclasses import replace

import pytest
from nets import per_family, sampled

from pnas_kit.cost import boards
from pnas_kit.cost.flash import tflite_bytes
from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import Limits, Problem, search
from pnas_kit.search.journal import Journal, journal_storage
from pnas_kit.search.precision import fitted

SHAPE = (28, 28, 1)


@pytest.mark.parametrize("arch", per_family(SHAPE, 3), ids=lambda a: a.family)
def test_precision_is_lowered_only_as_far_as_the_flash_asks(arch):
    full = tflite_bytes(arch.pruned, SHAPE)
    lowest = tflite_bytes(replace(arch, bits=(4,) * 4).pruned, SHAPE)
    assert fitted(arch, full) == arch
    assert fitted(arch, lowest - 1).bits == (4,) * 4
    counts = []
    for share in (1, 0.8, 0.5, 0.2, 0):
        limit = round(lowest + share * (full - lowest))
        found = fitted(arch, limit)
        assert tflite_bytes(found.pruned, SHAPE) <= limit
        counts.append(found.bits.count(4))
    assert counts == sorted(counts) and counts[0] == 0


def test_the_group_that_frees_most_for_each_convolution_goes_first():
    arch = sampled(SHAPE, 1, family="resnet18", width=1.0, **{f"sparsity_{g}": 0.1 for g in range(4)})[0]
    assert fitted(arch, tflite_bytes(arch.pruned, SHAPE) - 1).bits == (8, 8, 8, 4)


def test_int4_lets_larger_nets_in_and_is_read_back(tmp_path):
    limits = Limits(ram_bytes=200_000, flash_bytes=80_000, macs=4_000_000)
    batches = proxy_batches(load("digits"), size=16)
    found = {}
    for int4 in (False, True):
        problem = Problem.of(load("digits").card, boards()["nano-33-ble"], limits, int4=int4)
        storage = journal_storage(tmp_path / f"journal{int4}")
        found[int4] = list(search(problem, batches, trials=40, workers=0, storage=storage))
        assert Journal(tmp_path / f"journal{int4}", problem).candidates() == found[int4]
    assert all(c.arch.bits == (8,) * 4 for c in found[False])
    lowered = [c for c in found[True] if c.feasible and 4 in c.arch.bits]
    assert lowered and all("int4 weights in group" in c.arch.words for c in lowered)
    assert max(c.cost.params for c in lowered) > max(c.cost.params for c in found[False] if c.feasible)
