"""What this machine lacks for a search or a training, told before it starts."""

from __future__ import annotations

from pnas_kit.learn.data import card_of
from pnas_kit.runs import Config, default_root
from pnas_kit.runs.preflight import shortages
from widgets.words import attribute


def room_html(config: Config, phase: str, prototypes: int = 1) -> str:
    """A sentence per shortage of memory or disk; empty where there is room enough.

    Args:
        phase: "search" or "train".
        prototypes: that a training has yet to make.
    """
    found = shortages(config, card_of(config.data), phase, default_root(), prototypes)
    return "".join(f'<p class="pn-failed pn-short" role="status">{attribute(text)}</p>' for text in found)
