"""CMSIS-NN's scratch: sizes counted by hand from the library's formulas, and where the planner puts them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pnas_kit.cost import (
    CMSIS_NN,
    arena_bytes,
    boards,
    cmsis_nn_bytes,
    estimate,
    memory_timeline,
    planned_ops,
    room,
    speeds,
    trace,
)
from pnas_kit.cost.cimage import c_ram_bytes
from pnas_kit.cost.tail import tail_bytes
from pnas_kit.learn.data.front_end import FrontEnd
from pnas_kit.search import Limits, Problem
from pnas_kit.space.layers import Layer

M4, M0, M85 = "cortex-m4f", "cortex-m0plus", "cortex-m85"
NET = (
    Layer("stem", "conv", ("input",), 8, (3, 3), (2, 2)),
    Layer("wide", "conv", ("stem",), 32),
    Layer("deep", "depthwise", ("wide",), 32, (5, 5)),
    Layer("pool", "global_pool", ("deep",), 32),
    Layer("classes", "linear", ("pool",), 4),
)
SHAPE = (16, 16, 3)


@pytest.mark.parametrize(
    ("layer", "source", "by_core"),
    [
        # 27 weights of a filter, filled up to 28 and 32; two patches of int16, or four of int8
        (Layer("l", "conv", ("input",), 8, (3, 3)), (16, 16, 3), {M4: 4 * 28, M0: 4 * 28, M85: 4 * 32}),
        (Layer("l", "conv", ("input",), 8, (3, 3), bits=4), (16, 16, 3), {M4: 4 * 28}),
        (Layer("l", "conv", ("input",), 8), (16, 16, 64), {M4: 0, M0: 0, M85: 0}),
        (Layer("l", "depthwise", ("input",), 32, (3, 3)), (8, 8, 32), {M4: 0, M0: 0, M85: 4 * 124 * 9}),
        (Layer("l", "depthwise", ("input",), 32, (1, 3)), (1, 8, 32), {M4: 2 * 32 * 3, M0: 0}),
        (Layer("l", "depthwise", ("input",), 32, (5, 5)), (8, 8, 32), {M4: 2 * 32 * 25, M0: 0, M85: 4 * 124 * 25}),
        (Layer("l", "global_pool", ("input",), 32), (8, 8, 32), {M4: 4 * 32, M0: 0, M85: 0}),
        (Layer("l", "linear", ("input",), 10), (1, 1, 32), {M4: 0, M0: 0, M85: 40}),
        (Layer("l", "add", ("input", "input"), 32), (8, 8, 32), {M4: 0, M0: 0, M85: 0}),
    ],
)
def test_scratch_is_what_the_librarys_formulas_say(layer, source, by_core):
    assert {core: cmsis_nn_bytes(layer, source, core) for core in by_core} == by_core


def test_scratch_lives_while_its_operator_runs():
    """The depthwise convolution needs the most: its input, its output and its scratch, 1,600 bytes."""
    ops = planned_ops(NET, SHAPE, CMSIS_NN, M4)
    assert [op.scratch_bytes for op in ops] == [112, 0, 1600, 128, 0]
    assert arena_bytes(trace(NET, SHAPE), SHAPE) == 2 * 2048
    assert arena_bytes(ops, SHAPE) == 2 * 2048 + 1600
    timeline = memory_timeline(ops, SHAPE)
    assert [b.name for b in timeline.moments[2].live] == ["wide", "deep", "deep scratch"]
    assert "deep needs the most" in timeline.hint and "takes 1600 bytes of scratch" in timeline.hint


def test_only_engines_with_cmsis_nn_pay_for_it():
    board = boards()["nucleo-l4r5zi"]
    plain, tail = arena_bytes(trace(NET, SHAPE), SHAPE), tail_bytes(NET)
    by_engine = {engine: estimate(NET, SHAPE, board, engine=engine) for engine in (None, *speeds(board.core))}
    assert {cost.arena_bytes for cost in by_engine.values()} == {plain}
    assert by_engine[CMSIS_NN].ram_bytes == by_engine[None].ram_bytes == plain + 1600 + tail
    assert by_engine["TFLM reference"].ram_bytes == plain + tail


@pytest.mark.parametrize("bits", [8, 4])
def test_the_generated_c_is_planned_with_its_own_scratch(bits):
    net = tuple(replace(la, bits=bits) if la.kind == "conv" else la for la in NET)
    ops = planned_ops(net, SHAPE, "generated C", M4)
    assert arena_bytes(ops, SHAPE) == memory_timeline(ops, SHAPE).arena_bytes == c_ram_bytes(net, SHAPE)
    assert arena_bytes(ops, SHAPE) != arena_bytes(trace(net, SHAPE), SHAPE)


def test_stack_start_up_and_the_features_of_sound_are_kept_of_every_board():
    board, front = boards()["nano-33-ble"], FrontEnd.of("log-mel", 16_000, 16_000)
    assert room(board) == (256 * 1024 - 2048, 1024 * 1024 - 1024)
    assert room(board, front) == (room(board)[0] - front.c_ram_bytes, room(board)[1] - front.c_flash_bytes)
    card, limits = SimpleNamespace(shape=(61, 40, 1), classes="ab", front_end=front), Limits.of(board)
    assert Problem.of(card, board, limits).limits == Limits(**room(board, front)._asdict(), macs=limits.macs)
    small = replace(limits, ram_bytes=10_000, flash_bytes=20_000)
    assert Problem.of(card, board, small).limits == small
    assert Problem.of(card, replace(board, ram_bytes=4096), limits).limits.ram_bytes == 1
