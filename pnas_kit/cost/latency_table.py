"""Which measurements make which row of `data/latency.csv`: `python -m pnas_kit.cost.latency_table` writes the file."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass

from pnas_kit.paths import DATA

from .fit import (
    Cycles,
    by_ratio,
    core_ratio,
    engine_ratio,
    fit,
    fitted_runs,
    instructions,
    int4_factor,
    kernels,
    spread_out,
    weights,
)  # fmt: skip
from .speed import KINDS, Speed

CPI = math.sqrt(2)
"""Cycles per instruction of a single-issue Cortex-M, derived: at least 1, taken as at most 2 (loads, taken branches, flash
wait states), hence the geometric mean."""
COLUMNS = ("core", "engine", *KINDS, "int4", "band", "how", "source")
CMSIS, ESP, REFERENCE, GENERATED = "TFLM + CMSIS-NN", "TFLM + ESP-NN", "TFLM reference", "generated C"
M4, M33, M7, M85, M0 = "cortex-m4f", "cortex-m33", "cortex-m7", "cortex-m85", "cortex-m0plus"
RATIO_SOURCE = "; ratio: tinyengine README 022fc11, eight nets on an STM32H743"


@dataclass(frozen=True)
class Row:
    """How one row of `data/latency.csv` comes about; the first row of a core is its default."""

    core: str
    engine: str
    find: Callable[[], Cycles]
    band: float
    how: str
    source: str
    int4: float = 1.0


def _mlperf(core: str, engine: str, band: float, note: str = "") -> Row:
    measured = fitted_runs(core, engine)
    nets = "" if len(measured) == 4 else " from " + ", ".join(run.net for run in measured)
    source = f"{measured[0].source}, {measured[0].system}, {measured[0].version}{nets}{note}"
    return Row(core, engine, lambda: fit(measured), band, "measured", source)


def _one_net(core: str, engine: str, note: str = "") -> Row:
    """One published latency fixes one number: convolution, pointwise and linear alike."""
    (run,) = fitted_runs(core, engine)
    mean = run.cycles / sum(weights(run.net))
    return Row(core, engine, lambda: spread_out(mean, mean, mean), 1.0, "derived", f"{run.source}, {run.net} alone{note}")


def _ratio(core: str, engine: str, band: float) -> Row:
    ratio = f"X-CUBE-AI 7 on this core times {engine_ratio(engine):.2f}{RATIO_SOURCE}"
    return Row(core, engine, lambda: by_ratio(core, engine), band, "derived", ratio)


def _generated(core: str, code: str, like: str, band: float, note: str = "") -> Row:
    faster = 1.0 if like == M4 else core_ratio(like)
    words = f"instructions of the {code} kernels counted by QEMU (data/instructions.csv) times {CPI:.2f} cycles each"
    words += "" if like == M4 else f", times {faster:.2f} for the core (Bosch HALE)"
    scale = CPI * faster

    def found() -> Cycles:
        return {kind: scale * count for kind, count in instructions(code).items()}

    return Row(core, GENERATED, found, band, "derived", words + note, int4_factor(code))


def table() -> list[Row]:
    """All rows of `data/latency.csv`; a test holds their bands against what was left out of the fits."""
    return [*_cortex_m4_and_m33(), *_cortex_m7(), *_other_arm(), *_espressif()]


def _cortex_m4_and_m33() -> list[Row]:
    note = "; stands in for TFLM with the same kernels, which the ratio to X-CUBE-AI 7 puts up to 35 % higher"
    kws = "; kws alone gives pointwise, on a Cortex-M7 a MobileNet takes 1.4 times as long as kws says"
    found = [
        row
        for core in (M4, M33)
        for row in (
            _mlperf(core, CMSIS, 0.4, note),
            _ratio(core, REFERENCE, 1.0),
            _generated(core, "dsp", core, 1.0),
            _mlperf(core, "X-CUBE-AI 7", 0.2),
            _mlperf(core, "X-CUBE-AI 9", 0.6, kws),
            _mlperf(core, "Bosch HALE", 0.2),
            _mlperf(core, "Plumerai 2022", 0.2),
        )
    ]
    return [*found, _mlperf(M4, "microTVM", 0.25), _mlperf(M4, "ONNC", 0.4), _mlperf(M33, "Renesas", 0.2)]


def _cortex_m7() -> list[Row]:
    return [
        _ratio(M7, CMSIS, 0.5),
        _ratio(M7, REFERENCE, 1.0),
        _generated(M7, "dsp", M7, 1.0),
        _ratio(M7, "TinyEngine", 0.5),
        _mlperf(M7, "X-CUBE-AI 7", 0.2),
        _mlperf(M7, "X-CUBE-AI 9", 0.4, "; the MobileNet on an STM32H747, stm32ai-modelzoo"),
        _mlperf(M7, "Bosch HALE", 0.2),
        _mlperf(M7, "Plumerai 2022", 0.2),
    ]


def _other_arm() -> list[Row]:
    helium, hale = fitted_runs(M85, "Renesas"), fitted_runs(M0, "Bosch HALE")
    slow = _one_net(M0, REFERENCE, "; kernels not stated")

    def between() -> Cycles:
        fast = fit(hale)
        return {kind: math.sqrt(fast[kind] * c) for kind, c in slow.find().items()}

    return [
        Row(M85, CMSIS, lambda: fit(helium), 1.0, "assumed", "as Renesas's submission, which names no engine"),
        _mlperf(M85, "Renesas", 0.4),
        _generated(M85, "dsp", M7, 2.0, ", taken from a Cortex-M7"),
        Row(M0, CMSIS, between, 1.5, "assumed", "geometric mean of Bosch HALE and the reference kernels"),
        slow,
        _generated(M0, "plain", M4, 2.0, "; a Cortex-M4's instructions counted, a Cortex-M0+ needs more"),
        _mlperf(M0, "Bosch HALE", 0.2),
    ]


def _espressif() -> list[Row]:
    lx7, lx6, riscv = "xtensa-lx7", "xtensa-lx6", "riscv-rv32imc"
    foreign = "; Arm code counted, another instruction set"
    return [
        Row(lx7, ESP, lambda: kernels(lx7), 1.0, "derived", "single kernels, esp-nn README (data/kernels.csv)"),
        _generated(lx7, "plain", M4, 2.0, foreign),
        _one_net(lx6, ESP),
        _one_net(lx6, REFERENCE),
        _generated(lx6, "plain", M4, 2.0, foreign),
        _one_net(riscv, ESP),
        _generated(riscv, "plain", M4, 2.0, foreign),
    ]


def fitted() -> list[Speed]:
    """The table as numbers, three digits each."""
    found = []
    for row in table():
        cycles = {kind: float(f"{c:.3g}") for kind, c in row.find().items()}
        found.append(Speed(row.core, row.engine, cycles, float(f"{row.int4:.3g}"), row.band, row.how, row.source))
    return found


def main() -> None:
    """Writes `data/latency.csv`."""
    with open(DATA / "latency.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for s in fitted():
            numbers = [*(f"{s.cycles[kind]:g}" for kind in KINDS), f"{s.int4:g}", s.band]
            out.writerow([s.core, s.engine, *numbers, s.how, s.source])


if __name__ == "__main__":
    main()
