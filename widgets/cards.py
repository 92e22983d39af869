"""HTML of the cards to choose from. Everything that comes from data is escaped here."""

from __future__ import annotations

from collections.abc import Iterable

from pnas_kit.cost import Board
from pnas_kit.learn.data import OWN, Card
from widgets import words
from widgets.state import OWN_BOARD
from widgets.words import attribute


def radios(label: str, name: str, cards: Iterable[str]) -> str:
    """A group of cards of which one is chosen; the arrow keys move in it."""
    return f'<div class="pn-cards pn-cards-{name}" role="radiogroup" aria-label="{label}">{"".join(cards)}</div>'


def radio(action: str, key: str, chosen: bool, inside: str) -> str:
    """One card of a group."""
    return (
        f'<button type="button" class="pn-choice" role="radio" aria-checked="{str(chosen).lower()}" '
        f'tabindex="{0 if chosen else -1}" data-action="{action}" data-key="{attribute(key)}">{inside}</button>'
    )


def data_card(card: Card, here: bool, chosen: bool) -> str:
    """A data set to choose."""
    if card.name.startswith(OWN):
        badge = '<span class="pn-badge pn-good">your own</span>'
    elif here and not card.download_bytes and not card.folder:
        badge = '<span class="pn-badge pn-good">included</span>'
    elif here:
        badge = '<span class="pn-badge pn-good">on this computer</span>'
    elif card.folder:
        badge = '<span class="pn-badge">bring your copy</span>'
    else:
        badge = f'<span class="pn-badge">{words.megabytes(card.download_bytes)} to download</span>'
    if card.synthetic:
        badge += '<span class="pn-badge">synthetic composition</span>'
    return radio(
        "data",
        card.name,
        chosen,
        f"<b>{attribute(card.title)}</b><span>{words.shape(card.shape)}, {_classes(card)}</span>"
        f"<span>{_counts(card)}</span>{badge}",
    )


def _classes(card: Card) -> str:
    what = "kind of object" if card.task == "detection" else "class"
    many = {"kind of object": "kinds of objects", "class": "classes"}[what]
    return f"{len(card.classes)} {what if len(card.classes) == 1 else many}"


def _counts(card: Card) -> str:
    return f"{words.count(card.train)} training, {words.count(card.test)} test" if card.train else "counted when loaded"


TASKS = {"image": "Pictures", "series": "Time series", "detection": "Objects in pictures"}
"""The titles under which data sets are offered, in this order."""


def data_sets(drawn: Iterable[tuple[Card, str]], chosen: Card, about: str) -> str:
    """The data sets' cards under their titles; `about` the chosen one follows the group that it is in."""
    groups: dict[str, list[str]] = {task: [] for task in TASKS}
    for card, html in drawn:
        groups[card.task].append(html)
    # Places are given by `order`: only radio buttons may be in their group, and what is about one is none.
    boxes = [
        f'<div class="pn-cards-data" style="order:{2 * place}"><p class="pn-cards-title">{title}</p>{"".join(group)}</div>'
        for place, (title, group) in enumerate(zip(TASKS.values(), groups.values(), strict=True))
    ]
    after = 2 * list(TASKS).index(chosen.task) + 1
    return (
        f'<div class="pn-sets">{radios("Data set", "sets", boxes)}'
        f'<div class="pn-about" style="order:{after}" data-reveal="{attribute(chosen.name)}">{about}</div></div>'
    )


def data_facts(card: Card) -> str:
    """What one should know of the chosen data set."""
    names = ", ".join(attribute(name) for name in card.classes)
    facts = {
        "Classes": names,
        "Split": f"{_counts(card)}: {attribute(card.split)}",
        "Known results": attribute(card.known),
        "Licence": attribute(card.licence),
        "Source": attribute(card.source),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items())
    return f'<details class="pn-facts"><summary>About this data set</summary><dl>{rows}</dl></details>'


def board_card(board: Board, chosen: bool) -> str:
    """A board to choose."""
    return radio(
        "board",
        board.id,
        chosen,
        f"<span><b>{attribute(board.name)}</b><small>{attribute(board.mcu)} · {attribute(core(board.core))} · "
        f"{board.clock_mhz:g} MHz</small></span>"
        f"<span><b>{words.kib(board.ram_bytes)}</b><small>RAM</small></span>"
        f"<span><b>{memory(board.flash_bytes)}</b><small>flash</small></span>",
    )


def own_board_card(chosen: bool) -> str:
    """The board that is not in the table."""
    inside = "<span><b>My own board</b><small>give its core, clock, RAM and flash</small></span>"
    return radio("board", OWN_BOARD, chosen, inside)


def memory(size: int) -> str:
    """A memory's size, whole MiB as such."""
    return f"{size // 2**20} MiB" if size % 2**20 == 0 else words.kib(size)


def core(name: str) -> str:
    """A core's id as its maker writes it: "cortex-m4f" is "Cortex-M4F"."""
    vendor, _, model = name.partition("-")
    if vendor == "cortex":
        return "Cortex-" + model.replace("plus", "+").upper()
    return {"xtensa": "Xtensa ", "riscv": "RISC-V "}.get(vendor, vendor) + model.upper()


def bar(label: str, value: str, share: float, note: str) -> str:
    """A figure with a bar: ``share`` 1 is full, ``note`` says of what."""
    over = " pn-over" if share > 1 else ""
    return (
        f'<div class="pn-bar{over}" title="{attribute(note)}"><p><span>{label}</span><b>{value}</b></p>'
        f'<i><i style="width:{100 * min(1.0, max(0.0, share)):.1f}%"></i></i></div>'
    )


def tile(label: str, value: str, extra: str = "") -> str:
    """A figure with its name."""
    return f'<div class="pn-tile"><span>{label}</span><b>{value}</b>{extra}</div>'


def empty(title: str, text: str) -> str:
    """What a step shows before there is anything."""
    return f'<div class="pn-empty"><b>{title}</b><p>{text}</p></div>'
