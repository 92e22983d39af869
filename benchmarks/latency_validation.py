"""Predicted latencies against published ones: `python benchmarks/latency_validation.py [--markdown]`.

Rows that the model was fitted on are marked; the others were held out. "same board" repeats a fitted net on a fitted board
with another version or by another submitter, "other board" is another chip with the same core and engine, "other net" is a
network that is not in the fit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pnas_kit.cost.fit import add_share, fitted_runs, left_out, macs, predicted
from pnas_kit.cost.published import Run, rows, runs
from pnas_kit.cost.speed import KINDS, Estimated, Speed, cores, speed, speeds

CLASSES = ("fitted", "same board", "other board", "other net")
SKIPPED = "dead channels"
"""Runs of MLPerf Tiny nets on engines that seem to skip channels of their weights; counted, and listed apart."""


@dataclass(frozen=True)
class Compared:
    """A published run and what the model says; `error` is relative to what was published."""

    run: Run
    kind: str
    estimate: Estimated

    @property
    def error(self) -> float:
        return self.estimate.value / self.run.ms - 1

    @property
    def inside(self) -> bool:
        return self.estimate.holds(self.run.ms)


def compared() -> list[Compared]:
    """Every published run of an engine in `data/latency.csv`."""
    found = []
    for run in runs():
        if run.fitted is None:
            continue
        s = speed(run.core, run.engine)
        found.append(Compared(run, _kind(run), Estimated(predicted(s.cycles, run.net) / run.clock_mhz / 1000, s.band)))
    return found


def _kind(run: Run) -> str:
    if run.fitted:
        return "fitted"
    on = fitted_runs(run.core, run.engine)
    if SKIPPED in run.note and run.net in ("kws", "vww") and run.net not in {r.net for r in on}:
        return SKIPPED
    if run.net not in {r.net for r in on}:
        return "other net"
    return "same board" if run.board and run.board in {r.board for r in on} else "other board"


def share(some: Iterable[Compared]) -> str:
    """How many of them lie within their band, in words."""
    verdicts = [c.inside for c in some]
    return f"{sum(verdicts)} of {len(verdicts)} within the band" if verdicts else "none"


def show(header: Sequence[str], body: Sequence[Sequence[str]], markdown: bool) -> None:
    """Prints a table, aligned or as Markdown."""
    widths = [max(len(line[i]) for line in [header, *body]) for i in range(len(header))]
    for number, line in enumerate([header, *body]):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        print(("| " + " | ".join(cells) + " |") if markdown else "  ".join(cells).rstrip())
        if number == 0:
            print(
                "|" + "|".join("-" * (width + 2) for width in widths) + "|"
                if markdown
                else "  ".join("-" * w for w in widths)
            )
    print()


def show_runs(found: list[Compared], markdown: bool) -> None:
    """Every run, then the shares."""
    header = ("", "core", "engine", "system, version", "net", "published ms", "predicted ms", "error", "band", "inside")
    body = [
        (
            c.kind, c.run.core.removeprefix("cortex-"), c.run.engine, f"{c.run.system}, {c.run.version}", c.run.net,
            f"{c.run.ms:.4g}", f"{c.estimate.value:.4g}", f"{c.error:+.0%}", f"{c.estimate.band:.0%}",
            "yes" if c.inside else "no",
        )
        for kind in (*CLASSES, SKIPPED)
        for c in found if c.kind == kind
    ]  # fmt: skip
    show(header, body, markdown)


def show_shares(found: list[Compared], markdown: bool) -> None:
    """How many rows of each kind lie within their band, and the typical error."""
    body = []
    for kind in (*CLASSES, SKIPPED):
        some = [c for c in found if c.kind == kind]
        body.append((kind, share(some), f"{_middle(abs(c.error) for c in some):.0%}"))
    held = [c for c in found if c.kind != "fitted"]
    body.append(("all held out", share(held), f"{_middle(abs(c.error) for c in held):.0%}"))
    show(("rows", "", "median error"), body, markdown)


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def show_left_out(markdown: bool) -> None:
    """Errors at a net that is left out of its own fit."""
    body = []
    for s in (s for core in cores() for s in speeds(core).values() if s.how == "measured"):
        errors = left_out(fitted_runs(s.core, s.engine))
        if errors:
            inside = all(Estimated(1 + e, s.band).holds(1) for e in errors.values())
            words = [f"{e:+.0%}" for e in errors.values()]
            body.append((s.core, s.engine, *words, f"{s.band:.0%}", "yes" if inside else "no"))
    show(("core", "engine", "kws from the others", "vww from the others", "band", "inside"), body, markdown)


def show_paper(markdown: bool) -> None:
    """The paper's prototypes: their architectures are not published, so only cycles per MAC can be compared."""
    ours = speed("cortex-m7", "generated C")
    low, high = _per_mac(ours)
    body = []
    for row in rows("paper"):
        per_mac = float(row["ms"]) * 600e3 / (float(row["mflops"]) * 1e6 / 2)
        body.append((row["prototype"], row["family"], row["mflops"], row["ms"], f"{per_mac:.2f}"))
    show(("prototype", "family", "MFLOPs", "ms", "cycles per MAC"), body, markdown)
    print(f"Our generated C: {low:.2f} (ResNet8) to {high:.2f} (MobileNetV2 0.35), band {ours.band:.0%}.\n")


def _per_mac(s: Speed) -> tuple[float, float]:
    first, last = (predicted(s.cycles, net) / sum(macs(net).values()) for net in ("ic", "mobilenetv2-0.35-128-5"))
    return first, last


def show_coefficients(markdown: bool) -> None:
    """The table that the estimates come from."""
    body = [
        (core, s.engine, *(f"{s.cycles[kind]:g}" for kind in KINDS), f"{s.int4:g}", f"{s.band:.0%}", s.how)
        for core in cores()
        for s in speeds(core).values()
    ]
    show(("core", "engine", *KINDS, "int4", "band", "how"), body, markdown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="tables as the page in docs/ shows them")
    markdown = parser.parse_args().markdown
    found = compared()
    print("Cycles per MAC, the first engine of a core is its default\n")
    show_coefficients(markdown)
    print("Published and predicted\n")
    show_runs(found, markdown)
    show_shares(found, markdown)
    print("A net left out of its own fit\n")
    show_left_out(markdown)
    print("The paper's prototypes (i.MX RT1062, 600 MHz), none of them fitted\n")
    show_paper(markdown)
    for net in ("ic", "mobilenetv2-0.35-128-5"):
        print(f"Additions are {add_share(net):.1%} of the cycles of {net} on an ESP32-S3 (esp-nn's kernel table).")


if __name__ == "__main__":
    main()
