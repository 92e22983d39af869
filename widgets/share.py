"""A link to what is on show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlparse

import anywidget
import traitlets

from pnas_kit.search import Candidate
from widgets.asset import asset
from widgets.state import MOST_PICKS


class Share(anywidget.AnyWidget):
    """The button that copies the page's address with ``run`` and the numbers ``picked``."""

    _esm = asset("address.js") + asset("copy.js") + asset("share.js")
    run = traitlets.Unicode().tag(sync=True)
    picked = traitlets.List(traitlets.Int()).tag(sync=True)


def asked_for(url: str) -> tuple[str, list[str]]:
    """The run that an address names, and the candidates; both as they stand there, right or wrong."""
    query = parse_qs(urlparse(url).query)
    return query.get("run", [""])[0], [word for word in re.split(r"[,\s]+", query.get("sel", [""])[0]) if word]


def selected(words: Sequence[str], candidates: Sequence[Candidate]) -> tuple[list[int], str]:
    """The numbers of a link that can be picked, and what to say of the others; empty where nothing is wrong."""
    by_number = {c.number: c for c in candidates}
    wanted = list(dict.fromkeys(words))
    unknown = [word for word in wanted if not (word.isascii() and word.isdigit() and int(word) in by_number)]
    known = [int(word) for word in wanted if word not in unknown]
    over = [str(number) for number in known if not by_number[number].feasible]
    fit = [number for number in known if by_number[number].feasible]
    said = []
    if unknown:
        what = "is no candidate" if len(unknown) == 1 else "are no candidates"
        said.append(f"The link names {_listed(unknown)}, which {what} of this run.")
    if over:
        said.append(f"The link names {_listed(over)}, which {'does' if len(over) == 1 else 'do'} not fit the budget.")
    if len(fit) > MOST_PICKS:
        said.append(f"The link names {len(fit)} candidates, of which the first {MOST_PICKS} are taken.")
    return sorted(fit[:MOST_PICKS]), " ".join(said)


def _listed(words: Sequence[str]) -> str:
    shown = [word[:12] for word in words[:MOST_PICKS]]
    return ", ".join(shown) + (" and others" if len(words) > len(shown) else "")
