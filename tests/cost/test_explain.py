import pytest
from nets import per_family

from pnas_kit.cost import (
    arena_bytes,
    boards,
    energy,
    estimate,
    latency,
    latency_by_op,
    latency_ms,
    live_bytes,
    memory_timeline,
    speed,
    speeds,
    trace,
)
from pnas_kit.space import Layer

BLOCK = (
    Layer("stem", "conv", ("input",), 8, (3, 3), (2, 2)),
    Layer("g0b0.widen", "conv", ("stem",), 48),
    Layer("g0b0.dw", "depthwise", ("g0b0.widen",), 48, (3, 3)),
    Layer("g0b0.project", "conv", ("g0b0.dw",), 8),
    Layer("g0b0.add", "add", ("stem", "g0b0.project"), 8),
    Layer("pool", "global_pool", ("g0b0.add",), 8),
    Layer("classifier", "linear", ("pool",), 3),
)
SHAPE = (16, 16, 3)


def test_latency_by_operator_sums_to_the_whole_for_every_engine():
    board = boards()["nucleo-l4r5zi"]
    ops = trace(BLOCK, SHAPE)
    for engine in (None, *speeds(board.core)):
        parts = latency_by_op(ops, board, engine)
        assert [name for name, _ in parts] == [layer.name for layer in BLOCK]
        assert sum(ms for _, ms in parts) == pytest.approx(latency_ms(ops, board, engine))
        assert dict(parts)["g0b0.add"] == 0
    widen = 64 * 8 * 48 * speed(board.core).cycles["pointwise"] / 120e6 * 1000
    assert dict(latency_by_op(ops, board))["g0b0.widen"] == pytest.approx(widen)


def test_the_engine_decides_the_latency_and_the_default_is_the_first():
    board = boards()["nucleo-u575zi"]
    by_engine = {e: estimate(BLOCK, SHAPE, board, engine=e).latency_ms for e in speeds(board.core)}
    assert estimate(BLOCK, SHAPE, board).latency_ms == next(iter(by_engine.values()))
    assert by_engine["TFLM reference"] > 5 * by_engine["TFLM + CMSIS-NN"] > 5 * by_engine["Bosch HALE"]


def test_energy_is_power_times_latency_and_its_band_joins_both():
    board = boards()["nucleo-l4r5zi"]
    ops = trace(BLOCK, SHAPE)
    time, spent = latency(ops, board), energy(ops, board)
    assert spent.value == pytest.approx(47.2e-3 * time.value)
    assert 1 + spent.band == pytest.approx(1.4 * 1.66)
    assert spent.value == estimate(BLOCK, SHAPE, board).energy_mj
    assert energy(ops, boards()["pico"]) is None


def test_unknown_engines_and_cores_are_refused_with_what_there_is():
    with pytest.raises(ValueError, match=r"engine on cortex-m7 is one of .*TinyEngine.*got 'ESP-NN'"):
        estimate(BLOCK, SHAPE, boards()["teensy-41"], engine="ESP-NN")
    with pytest.raises(ValueError, match=r"core is one of .*'z80'"):
        speed("z80")


def test_the_timeline_names_who_is_alive_at_the_peak_and_what_lowers_it():
    timeline = memory_timeline(trace(BLOCK, SHAPE), SHAPE)
    assert [m.bytes for m in timeline.moments] == [768 + 512, 512 + 3072, 512 + 6144, 512 + 3584, 1536, 528, 32]
    assert timeline.peak == 2
    assert {b.name for b in timeline.moments[2].live} == {"stem", "g0b0.widen", "g0b0.dw"}
    assert timeline.hint == (
        "g0b0.dw needs the most: the output of g0b0.widen and its own output are alive together. "
        "The output of stem stays as well, because g0b0.add still reads it. What lowers it: a stride in group 0, "
        "a smaller width, or pruning of group 0, or a family without shortcuts and branches there."
    )


def test_timelines_agree_with_the_planner_on_all_families():
    for shape in ((28, 28, 1), (1, 128, 6)):
        for arch in per_family(shape, 3):
            ops = trace(arch.pruned, shape)
            timeline = memory_timeline(ops, shape)
            assert [m.bytes for m in timeline.moments] == live_bytes(ops, shape)
            assert timeline.moments[timeline.peak].bytes == max(live_bytes(ops, shape))
            assert timeline.arena_bytes == arena_bytes(ops, shape)
            assert timeline.moments[timeline.peak].op in timeline.hint
            assert all(b.offset + b.size <= timeline.arena_bytes for m in timeline.moments for b in m.live)


def test_the_hint_follows_its_advice():
    """A stride where the hint asks for one lowers the peak."""
    strided = tuple(
        Layer(la.name, la.kind, la.inputs, la.channels, la.kernel, (2, 2), la.act) if la.name == "g0b0.dw" else la
        for la in BLOCK
        if la.name != "g0b0.add"
    )
    strided = tuple(Layer("pool", "global_pool", ("g0b0.project",), 8) if la.name == "pool" else la for la in strided)
    before, after = (memory_timeline(trace(net, SHAPE), SHAPE) for net in (BLOCK, strided))
    assert after.moments[after.peak].bytes < before.moments[before.peak].bytes
