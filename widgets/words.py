"""Figures as people read them."""

import math
from datetime import datetime
from html import escape

from pnas_kit.cost import Estimated
from pnas_kit.runs import Run

KIB = 1024


def count(number: float) -> str:
    """12,345."""
    return f"{round(number):,}"


def kib(size: float) -> str:
    """Bytes as KiB, or as MiB from 10 MiB on."""
    if size >= 10 * KIB * KIB:
        return f"{size / KIB / KIB:.1f} MiB"
    value = size / KIB
    return f"{value:.1f} KiB" if value < 100 else f"{count(value)} KiB"


def megabytes(size: float) -> str:
    """A download's bytes as MB (10^6 bytes, as browsers show them)."""
    return f"{size / 1e6:.1f} MB" if size < 1e7 else f"{size / 1e6:.0f} MB"


def macs(number: float) -> str:
    """Multiply-accumulates of one inference, in millions or thousands."""
    if number >= 1e6:
        return f"{number / 1e6:.1f} M MACs" if number < 1e8 else f"{count(number / 1e6)} M MACs"
    return f"{number / 1e3:.0f} k MACs"


def figure(number: float) -> str:
    """A number above or equal to 0 with two or more digits that count: 0.042, 2.2, 233."""
    if number >= 100:
        return count(number)
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def milliseconds(time: float) -> str:
    """A latency."""
    return f"{figure(time)} ms"


def span(estimated: Estimated) -> str:
    """The band of an estimate, without its unit: "166 to 326"."""
    return f"{figure(estimated.low)} to {figure(estimated.high)}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of 1 as per cent; a dash for None."""
    return "–" if share is None or math.isnan(share) else f"{100 * share:.{digits}f} %"


def storage(size: float) -> str:
    """Bytes on a disk, as GiB or, below a tenth of one, as MiB."""
    return f"{size / KIB**3:.1f} GiB" if size >= 0.1 * KIB**3 else f"{count(size / KIB**2)} MiB"


def duration(seconds: float | None) -> str:
    """A time to wait, coarse on purpose."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def durations(low: float, high: float) -> str:
    """The band of a time to wait: "2 to 5 min", "50 s to 2 min"."""
    first, last = duration(low), duration(high)
    if first == last:
        return first
    return f"{first.rsplit(' ', 1)[0]} to {last}" if first.split()[1:] == last.split()[1:] else f"{first} to {last}"


def shape(dimensions: tuple[int, int, int]) -> str:
    """An input's (height, width, channels) in words."""
    height, width, channels = dimensions
    if height == 1:
        return f"Series {width} × {channels}"
    return f"Images {height} × {width}" + (f" × {channels}" if channels > 1 else "")


def unbroken(text: str) -> str:
    """HTML of a list that goes to another line only at its commas: "strides 1-2-2-2" stays whole."""
    return ", ".join(f'<span class="pn-unbroken">{attribute(part)}</span>' for part in text.split(", "))


def run_title(run: Run) -> str:
    """What a run is called: its title, else its data set and board."""
    return run.title or f"{run.card.title} on {run.problem.board.name}"


def begun(run: Run) -> datetime:
    """When a run was created."""
    return datetime.fromtimestamp((run.path / "config.json").stat().st_mtime)


def attribute(text: object) -> str:
    """Text made safe inside HTML and inside quoted attributes."""
    return escape(str(text), quote=True)
