"""The pictures of lesson 3's app: accuracy over the rank by a score, and the tau of every score."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pnas_kit.space import FAMILIES
from widgets.chip_figures import DIM, INK, LINE
from widgets.lessons.study import COUNTS, SCORES
from widgets.words import attribute

WIDE, TALL = 560, 330
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 30, 30
BAR_WIDE, STEP, NAMES = 330, 26, 132
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")  # Okabe-Ito; the shapes differ as well
SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0",
    "M-5 -5h10v10h-10Z",
    "M0 -6l6 11h-12Z",
    "M0 -6.5l6.5 6.5l-6.5 6.5l-6.5 -6.5Z",
)
FONT = "display:block;width:100%;font:12px system-ui,sans-serif"


def scatter_svg(shown: pd.DataFrame, name: str) -> str:
    """A mark for each network: right its rank by the score, up its accuracy.

    Args:
        shown: rows of `pnas_kit`'s study, see `widgets.lessons.study`.
        name: the score's column.
    """
    families = sorted(shown.family.unique())
    ranks = shown[name].rank(method="first")
    low, high = 0.0, 1.0
    marks = []
    for rank, row in zip(ranks, shown.itertuples(), strict=True):
        x = LEFT + (WIDE - LEFT - RIGHT) * (rank - 0.5) / len(shown)
        y = TOP + (TALL - TOP - BOTTOM) * (1 - (row.accuracy - low) / (high - low))
        at = families.index(row.family)
        tip = (
            f"{FAMILIES[row.family].title}, {row.blocks} blocks, {row.params:,} weights: rank {rank:.0f}, {row.accuracy:.1%}"
        )
        marks.append(
            f'<g transform="translate({x:.1f} {y:.1f})"><title>{attribute(tip)}</title>'
            f'<path d="{SHAPES[at]}" fill="{COLOURS[at]}" fill-opacity="0.85"/></g>'
        )
    y = TALL - 8
    words = (
        f'<text x="{LEFT}" y="{y}" fill="{DIM}">lowest score</text>'
        f'<text x="{WIDE - RIGHT}" y="{y}" text-anchor="end" fill="{DIM}">highest score</text>'
    )
    label = f"Accuracy of {len(shown)} networks over their rank by {SCORES[name]}"
    return (
        f'<svg role="img" aria-label="{attribute(label)}" viewBox="0 0 {WIDE} {TALL}" style="{FONT}">'
        f"{_grid()}{''.join(marks)}{words}{_key(families)}</svg>"
    )


def _grid() -> str:
    lines = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = TOP + (TALL - TOP - BOTTOM) * (1 - share)
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}" stroke="{LINE}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end" fill="{DIM}">{100 * share:.0f} %</text>'
        )
    return "".join(lines)


def _key(families: list[str]) -> str:
    return "".join(
        f'<g transform="translate({LEFT + 8 + 126 * i} 12)"><path d="{SHAPES[i]}" fill="{COLOURS[i]}"/>'
        f'<text x="10" y="4" fill="{INK}">{FAMILIES[family].title}</text></g>'
        for i, family in enumerate(families)
    )


def bars_svg(taus: Mapping[str, tuple[float, float, float]], chosen: str) -> str:
    """A bar for each score from zero to its tau, the best on top, with a line for its 95 % interval."""
    order = sorted(taus, key=lambda name: -taus[name][0])
    middle, unit = NAMES + 58, BAR_WIDE - NAMES - 66
    rows = []
    for i, name in enumerate(order):
        tau, low, high = taus[name]
        y, bold, title = 20 + STEP * i, "700" if name == chosen else "400", attribute(SCORES[name])
        fill = "url(#pn-hatch)" if name in COUNTS else "#0072b2"
        rows.append(
            f'<text x="{NAMES}" y="{y + 13}" text-anchor="end" fill="{INK}" font-weight="{bold}">{title}</text>'
            f"<g><title>{title}: {tau:.2f}, likely {low:.2f} to {high:.2f}</title><rect "
            f'x="{middle + min(0, tau) * unit:.1f}" y="{y + 2}" width="{abs(tau) * unit:.1f}" height="14" fill="{fill}"/>'
            f'<path d="M{middle + low * unit:.1f} {y + 9}H{middle + high * unit:.1f}" stroke="{INK}"/></g>'
        )
    tall = 24 + STEP * len(order)
    axis = "".join(
        f'<line x1="{middle + t * unit}" x2="{middle + t * unit}" y1="16" y2="{tall - 6}" stroke="{LINE}"/>'
        f'<text x="{middle + t * unit}" y="12" text-anchor="middle" fill="{DIM}">{t:g}</text>'
        for t in (0, 0.5, 1)
    )
    hatch = (
        '<pattern id="pn-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="2.4" height="5" fill="#e69f00"/></pattern>'
    )
    label = "Tau with the accuracy: " + ", ".join(f"{SCORES[name]} {taus[name][0]:.2f}" for name in order)
    return (
        f'<svg role="img" aria-label="{attribute(label)}" viewBox="0 0 {BAR_WIDE} {tall}" style="{FONT};max-width:440px">'
        f"<defs>{hatch}</defs>{axis}{''.join(rows)}</svg>"
    )
