"""The latency model against what was published; expected MACs are counted by hand from the papers' tables."""

from dataclasses import replace

import pytest

from pnas_kit.cost import Estimated, boards, cores, latency_by_op, speed, speeds, trace
from pnas_kit.cost.fit import by_ratio, fit, fitted_runs, left_out, net_ratios, paper_power, power, predicted, whole_nets
from pnas_kit.cost.latency_table import CMSIS, fitted
from pnas_kit.cost.published import macs, rows, runs
from pnas_kit.cost.reference_nets import reference_nets
from pnas_kit.cost.speed import combined
from pnas_kit.space.layers import Layer


def test_the_table_is_what_the_fit_gives():
    assert [s for core in cores() for s in speeds(core).values()] == sorted(fitted(), key=lambda s: cores().index(s.core))


@pytest.mark.parametrize(
    ("net", "by_kind"),
    [
        ("kws", {"conv": 320_000, "depthwise": 288_000, "pointwise": 2_048_000, "linear": 768}),
        ("vww", {"conv": 497_664, "depthwise": 798_336, "pointwise": 6_193_152, "linear": 512}),
        ("ic", {"conv": 12_238_848, "depthwise": 0, "pointwise": 262_144, "linear": 640}),
        ("ad", {"conv": 0, "depthwise": 0, "pointwise": 0, "linear": 264_192}),
    ],
)
def test_reference_nets_have_the_macs_of_the_published_architectures(net, by_kind):
    assert macs(net) == by_kind


@pytest.mark.parametrize(("alpha", "size", "millions"), [(0.35, 224, 59), (1.0, 224, 300), (1.4, 224, 582)])
def test_mobilenet_v2_has_the_macs_that_its_authors_give(alpha, size, millions):
    assert sum(macs(f"mobilenetv2-{alpha}-{size}-1000").values()) == pytest.approx(millions * 1e6, rel=0.01)


def test_every_published_run_is_of_a_known_net_core_and_board():
    for run in runs():
        assert run.net in reference_nets() and run.core in cores() and (not run.board or run.board in boards())
        if run.fitted is not None:
            assert run.engine in speeds(run.core)


def test_a_fit_recovers_the_coefficients_that_made_the_runs():
    true = {"conv": 2.0, "pointwise": 3.0, "depthwise": 9.0, "linear": 4.0}
    measured = fitted_runs("cortex-m4f", CMSIS)
    made = [type(r)(**{**vars(r), "ms": predicted(true, r.net) / r.clock_mhz / 1000}) for r in measured]
    assert fit(made) == pytest.approx(true)
    with pytest.raises(ValueError, match="do not determine"):
        fit([run for run in made if run.net in ("ic", "ad")])


def test_fitted_and_left_out_nets_lie_within_the_band():
    for s in (s for core in cores() for s in speeds(core).values() if s.how == "measured"):
        measured = fitted_runs(s.core, s.engine)
        for run in measured:
            assert Estimated(predicted(s.cycles, run.net), s.band).holds(run.cycles), (s.core, s.engine, run.net)
        for net, error in left_out(measured).items():
            assert Estimated(1 + error, s.band).holds(1), (s.core, s.engine, net, error)


def test_the_ratio_to_another_engine_agrees_with_measurements_where_both_exist():
    """The route that gives the Cortex-M7's default, tried on the two cores where the answer is known."""
    band = speed("cortex-m7").band
    for core in ("cortex-m4f", "cortex-m33"):
        for net in ("kws", "vww", "ic"):
            measured = predicted(speed(core, CMSIS).cycles, net)
            assert Estimated(predicted(by_ratio(core, CMSIS), net), band).holds(measured), (core, net)


def test_most_runs_on_another_board_or_of_another_net_lie_within_the_band():
    held = [
        run
        for run in runs()
        if run.fitted is False and run.board not in {r.board for r in fitted_runs(run.core, run.engine) if r.board}
    ]
    inside = [Estimated(predicted((s := speed(r.core, r.engine)).cycles, r.net), s.band).holds(r.cycles) for r in held]
    assert len(held) >= 35 and sum(inside) / len(inside) >= 0.85


def test_power_on_the_boards_is_the_median_of_the_published_runs():
    for board in boards().values():
        if found := power(board.id):
            assert (board.power_mw, board.power_spread) == found
    assert (boards()["teensy-41"].power_mw, boards()["teensy-41"].power_spread) == paper_power()


def test_whole_nets_take_about_what_the_kernels_say_on_their_cores():
    """Counted instructions of every whole net, within a quarter of what the model says: the band is the cycles'."""
    for code in ("dsp", "plain"):
        for net, ratio in net_ratios(code).items():
            assert Estimated(whole_nets(code), 0.25).holds(ratio), (code, net)


def test_int4_convolutions_take_longer_in_generated_c_and_no_other_layer_does():
    board = boards()["nucleo-l4r5zi"]
    layers = (
        Layer("a", "conv", ("input",), 8, (3, 3)),
        Layer("b", "conv", ("a",), 8, bits=4),
        Layer("c", "linear", ("b",), 2),
    )
    ops, int8 = trace(layers, (8, 8, 3)), trace([replace(layer, bits=8) for layer in layers], (8, 8, 3))
    for engine in ("generated C", CMSIS):
        at, plain = speed(board.core, engine), dict(latency_by_op(int8, board, engine))
        assert (at.int4 > 1.1) == (engine == "generated C")
        for name, ms in latency_by_op(ops, board, engine):
            assert ms == pytest.approx(plain[name] * (at.int4 if name == "b" else 1))


def test_the_papers_prototypes_are_not_faster_than_generated_c_could_be():
    s = speed("cortex-m7", "generated C")
    low = Estimated(predicted(s.cycles, "ic") / sum(macs("ic").values()), s.band).low
    for row in rows("paper"):
        assert low <= float(row["ms"]) * 600e3 / (float(row["mflops"]) * 5e5)


def test_bands_are_factors_and_multiply():
    assert (Estimated(10, 1.0).low, Estimated(10, 1.0).high) == (5, 20)
    assert Estimated(10, 0.25).holds(8) and not Estimated(10, 0.25).holds(7.9)
    assert combined(0.2, 0.5) == pytest.approx(0.8) and combined(0.4, 0.0) == pytest.approx(0.4)
