"""Calibrates the latency model on published measurements; `latency_table.py` chooses which, and writes them down.

Latency is taken as linear in the MACs of each kind of operator (as MicroNets, arXiv 2010.11267, found within one search
space). The four nets of MLPerf Tiny give four equations for three unknowns: cycles per MAC of convolutions, of pointwise
convolutions and of linear layers. A depthwise MAC is taken as three pointwise ones: the nets hold both kinds in nearly
the same proportion (0.14 and 0.13), so their ratio cannot be fitted; ratios of 2 and 4 change the residuals by a point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np

from .ops import trace
from .published import Run, macs, rows, runs
from .reference_nets import reference_nets
from .speed import KINDS

DEPTHWISE_RATIO = 3.0

Cycles = dict[str, float]


def weights(net: str) -> list[float]:
    """A net's MACs as the unknowns see them: convolution, pointwise (with depthwise in it), linear."""
    by = macs(net)
    return [by["conv"], by["pointwise"] + DEPTHWISE_RATIO * by["depthwise"], by["linear"]]


def fit(measured: Sequence[Run]) -> Cycles:
    """Cycles per MAC that minimise the sum of squared relative errors over these runs.

    Raises:
        ValueError: the runs do not determine three positive coefficients.
    """
    a = np.array([weights(run.net) for run in measured]) / np.array([run.cycles for run in measured])[:, None]
    found, _, rank, _ = np.linalg.lstsq(a, np.ones(len(measured)), rcond=None)
    if rank < 3 or min(found) <= 0:
        raise ValueError(f"runs of {[run.net for run in measured]} do not determine three positive coefficients: {found}")
    return spread_out(*found)


def spread_out(conv: float, pointwise: float, linear: float) -> Cycles:
    """The coefficients of all kinds."""
    return {"conv": conv, "pointwise": pointwise, "depthwise": DEPTHWISE_RATIO * pointwise, "linear": linear}


def predicted(cycles: Cycles, net: str) -> float:
    """Cycles of a reference net."""
    return sum(cycles[kind] * count for kind, count in macs(net).items())


def fitted_runs(core: str, engine: str) -> list[Run]:
    """The runs that a core and engine are calibrated on."""
    return [run for run in runs() if run.fitted and (run.core, run.engine) == (core, engine)]


def left_out(measured: Sequence[Run]) -> dict[str, float]:
    """Relative error at "kws" and at "vww" when that net is left out of the fit and predicted from the others.

    "ic" and "ad" cannot be left out: each alone determines one coefficient.
    """
    errors = {}
    for run in measured:
        if run.net in ("kws", "vww") and len(measured) == 4:
            errors[run.net] = predicted(fit([r for r in measured if r is not run]), run.net) / run.cycles - 1
    return errors


def engine_ratio(engine: str, base: str = "X-CUBE-AI 7") -> float:
    """Median over published nets of an engine's latency, relative to another's on the same core."""
    table = [row for row in rows("engine_ratios") if row[engine] and row[base]]
    return median(float(row[engine]) / float(row[base]) for row in table)


def by_ratio(core: str, engine: str) -> Cycles:
    """Cycles per MAC of X-CUBE-AI 7 on this core, times the engine's ratio to it on a Cortex-M7."""
    return {kind: engine_ratio(engine) * c for kind, c in fit(fitted_runs(core, "X-CUBE-AI 7")).items()}


def kernels(core: str) -> Cycles:
    """Cycles per MAC of single kernels; the convolution had three input channels, so its mean with pointwise is taken."""
    by = {row["kind"]: float(row["cycles"]) / float(row["macs"]) for row in rows("kernels") if row["core"] == core}
    return {kind: math.sqrt(by["conv"] * by["pointwise"]) if kind == "conv" else by[kind] for kind in KINDS}


def instructions(code: str) -> Cycles:
    """Instructions per MAC of our generated C, by kind: what single layers take, times what whole nets take beside that.

    Whole nets have thin layers, additions and pools, which typical single layers do not show.
    """
    single = {row["what"]: per_mac for row, per_mac in _counted(code, 8) if row["what"] in KINDS}
    return {kind: whole_nets(code) * single[kind] for kind in KINDS}


def whole_nets(code: str) -> float:
    """Counted instructions of whole nets relative to those of their layers as single ones, geometric mean."""
    return math.exp(sum(map(math.log, net_ratios(code).values())) / len(net_ratios(code)))


def net_ratios(code: str) -> dict[str, float]:
    """The same of every net that was counted."""
    single = {row["what"]: per_mac for row, per_mac in _counted(code, 8)}
    nets = {net: per_mac for net, per_mac in single.items() if net not in KINDS}
    return {net: per_mac * sum(macs(net).values()) / predicted(single, net) for net, per_mac in nets.items()}


def int4_factor(code: str) -> float:
    """Instructions of a convolution with int4 weights relative to int8, geometric mean over the kinds that may have them."""
    counted = [{row["what"]: per_mac for row, per_mac in _counted(code, bits)} for bits in (4, 8)]
    ratios = [per_mac / counted[1][kind] for kind, per_mac in counted[0].items()]
    return math.prod(ratios) ** (1 / len(ratios))


def _counted(code: str, bits: int) -> list[tuple[dict[str, str], float]]:
    found = [row for row in rows("instructions") if (row["code"], int(row["bits"])) == (code, bits)]
    return [(row, float(row["instructions_per_mac"])) for row in found]


def core_ratio(core: str) -> float:
    """Cycles of a core relative to the Cortex-M4F with the same engine (Bosch HALE, geometric mean of the kinds)."""
    here, there = (fit(fitted_runs(c, "Bosch HALE")) for c in (core, "cortex-m4f"))
    return math.prod(here[kind] / there[kind] for kind in KINDS) ** (1 / len(KINDS))


def power(board: str) -> tuple[float, float] | None:
    """Median power in mW over a board's published energy runs and how far they spread; None without such runs."""
    mw = [run.uj / run.ms for run in runs() if run.board == board and run.uj]
    return _middle(mw) if mw else None


def add_share(net: str, core: str = "xtensa-lx7") -> float:
    """Share of a net's additions in its cycles, from the one published kernel table that has additions."""
    (kernel,) = (row for row in rows("kernels") if (row["core"], row["kind"]) == (core, "add"))
    per_element = float(kernel["cycles"]) / float(kernel["macs"])
    reference = reference_nets()[net]
    ops = trace(reference.layers, reference.input_shape)
    adds = per_element * sum(op.output_bytes for op in ops if op.kind == "add")
    return adds / (adds + predicted(kernels(core), net))


def paper_power() -> tuple[float, float]:
    """Median power in mW of the paper's ten prototypes on its board, and how far they spread."""
    mw = [1000 * float(row["mj"]) / float(row["ms"]) for row in rows("paper")]
    return _middle(mw)


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """The median, and the largest factor between it and any of the values, less one."""
    middle = median(values)
    return round(middle, 1), round(max(max(values) / middle, middle / min(values)) - 1, 2)
