"""The predictions against the real allocator and the real file, on nets of every family, shape and precision."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from chip_memory import drawn, errors

from pnas_kit.deploy import RuntimeMissing, arena

NETS = list(drawn(45, seed=1))


@pytest.fixture(scope="module", autouse=True)
def allocator():
    try:
        arena(b"")
    except RuntimeMissing as missing:
        pytest.skip(str(missing))
    except Exception:
        return


@pytest.mark.parametrize("number", range(len(NETS)), ids=lambda n: f"{n}-{NETS[n].family}-{NETS[n].head}")
def test_arena_and_file_are_exact_and_the_persistent_part_close(number):
    arena_off, tail_off, file_off = errors(NETS[number], number)
    assert arena_off == 0
    assert file_off == 0
    assert abs(tail_off) < 0.05


def test_the_drawn_nets_cover_every_family_both_precisions_and_both_heads():
    assert {a.family for a in NETS} == {"mobilenetv2", "resnet18", "squeezenet", "mbednet", "inceptiontime", "mbednet1d"}
    assert {bits for a in NETS for bits in a.bits} == {4, 8}
    assert {(a.head, number % 4 == 0) for number, a in enumerate(NETS)} == {
        (head, softmax) for head in ("classifier", "detector") for softmax in (True, False)
    }
