import itertools
import random

import pytest
import torch
from nets import per_family
from torch.utils.flop_counter import FlopCounterMode

from pnas_kit.cost import Board, Buffer, arena_bytes, boards, estimate, lifetimes, live_bytes, plan, speed, trace
from pnas_kit.space import Layer
from pnas_kit.space.net import build


@pytest.mark.parametrize("shape", [(28, 28, 1), (33, 47, 2), (1, 128, 6)], ids=str)
def test_macs_and_parameters_are_what_torch_counts(shape):
    for arch in per_family(shape, 3):
        net = build(arch.pruned, shape, seed=0).eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            net(torch.randn(1, shape[2], *shape[:2]))
        ops = trace(arch.pruned, shape)
        assert 2 * sum(op.macs for op in ops) == counter.get_total_flops()
        weights = sum(p.numel() for name, p in net.named_parameters() if "norm" not in name)
        biases = sum(layer.channels for layer in arch.pruned if layer.kind in ("conv", "depthwise"))
        assert sum(op.params for op in ops) == weights + biases


def test_lifetimes_of_a_residual_block():
    layers = (
        Layer("a", "conv", ("input",), 4),
        Layer("b", "conv", ("a",), 4),
        Layer("sum", "add", ("a", "b"), 4),
    )
    buffers = {b.name: (b.size, b.first, b.last) for b in lifetimes(trace(layers, (3, 3, 1)), (3, 3, 1))}
    assert buffers == {"input": (16, 0, 0), "a": (48, 0, 2), "b": (48, 1, 2), "sum": (48, 2, 2)}
    assert live_bytes(trace(layers, (3, 3, 1)), (3, 3, 1)) == [64, 96, 144]


def test_planned_buffers_never_overlap_while_both_are_alive():
    rng = random.Random(0)
    for _ in range(200):
        buffers = [
            Buffer(str(i), 16 * rng.randint(1, 40), first := rng.randint(0, 9), first + rng.randint(0, 4)) for i in range(12)
        ]
        for a, b in itertools.combinations(plan(buffers), 2):
            together = a.first <= b.last and b.first <= a.last
            assert not together or a.offset + a.size <= b.offset or b.offset + b.size <= a.offset


def test_the_arena_is_at_least_what_is_alive_and_exact_for_a_chain():
    for arch in per_family((28, 28, 1), 5):
        ops = trace(arch.pruned, (28, 28, 1))
        assert arena_bytes(ops, (28, 28, 1)) >= max(live_bytes(ops, (28, 28, 1)))


def test_every_board_has_a_known_core_a_source_and_sane_figures():
    assert len(boards()) >= 12
    for board in boards().values():
        assert board.source and speed(board.core).source
        assert 16 <= board.clock_mhz <= 1000
        assert 128 * 1024 <= board.ram_bytes < board.flash_bytes < 2**24
        assert board.default_macs >= 100_000


def test_latency_is_macs_times_cycles_over_clock():
    board = Board(id="b", name="b", mcu="m", core="cortex-m4f", clock_mhz=100, ram_bytes=1, flash_bytes=1, power_mw=50)
    layers = (
        Layer("c", "conv", ("input",), 4, (3, 3)),
        Layer("p", "conv", ("c",), 8),
        Layer("d", "depthwise", ("p",), 8, (3, 3)),
        Layer("g", "global_pool", ("d",), 8),
        Layer("f", "linear", ("g",), 2),
    )
    cost = estimate(layers, (10, 10, 3), board)
    cycles = 10 * 10 * (3.73 * 9 * 3 * 4 + 3.84 * 4 * 8 + 11.5 * 9 * 8) + 3.91 * 16
    assert cost.latency_ms == pytest.approx(cycles / 100e6 * 1000)
    assert cost.energy_mj == pytest.approx(50 * cost.latency_ms / 1000)


def test_a_board_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="core is one of"):
        Board(id="b", name="b", mcu="m", core="z80", clock_mhz=4, ram_bytes=1, flash_bytes=1)
    with pytest.raises(ValueError, match="ram_bytes is above 0"):
        Board(id="b", name="b", mcu="m", core="cortex-m7", clock_mhz=4, ram_bytes=0, flash_bytes=1)
