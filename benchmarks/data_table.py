"""Writes the tables in `docs/data.md` from the cards and the large networks' rows: `python benchmarks/data_table.py`."""

from __future__ import annotations

import csv
from pathlib import Path

from pnas_kit.learn.data import CATALOGUE, Card
from pnas_kit.learn.data.ucr_sets import PREFIX
from pnas_kit.paths import DATA

PAGE = Path(__file__).resolve().parents[1] / "docs" / "data.md"
BEGIN, END = "<!-- cards: {} -->", "<!-- end -->"


def row(card: Card) -> str:
    """A line of the table of named sets."""
    height, width, channels = card.shape
    shape = f"{width}x{channels}" if card.task == "series" else f"{height}x{width}x{channels}"
    counts = f"{card.train:,} / {card.test:,}" if card.train else "counted when loaded"
    size = f"{card.download_bytes / 1e6:.1f} MB" if card.download_bytes else "none" if not card.folder else "by hand"
    cells = (f"`{card.name}`", card.title, shape, str(len(card.classes)), counts, card.split, card.licence, size, card.known)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def table(cards: list[Card]) -> str:
    """The cards as a table in Markdown."""
    head = "| name | data set | shape | classes | training / test | split | licence | download | known accuracies |"
    return "\n".join([head, "|" + "---|" * 9, *map(row, cards)])


def archive(cards: list[Card]) -> str:
    """The archive's sets, shorter: what they share is said in the text."""
    head = "| name | length x channels | classes | training / test | known, default split |"
    lines = [
        f"| `{card.name}` | {card.shape[1]}x{card.shape[2]} | {len(card.classes)} | {card.train:,} / {card.test:,} "
        f"| {card.known.removeprefix('default split: ').split(' (')[0]} |"
        for card in cards
    ]
    return "\n".join([head, "|" + "---|" * 5, *lines])


def large() -> str:
    """The rows of the large networks so far."""
    with (DATA / "large_reference.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [
        f"| `{r['data']}` | {r['network']} | {int(r['parameters']):,} | {r['epochs']}, seed {r['seed']} "
        f"| {_percent(r['accuracy'])} | {_percent(r['balanced_accuracy'])} | {int(r['seconds']):,} s, {r['device']} |"
        for r in rows
    ]
    head = "| data set | network | parameters | epochs | accuracy or mAP50 | balanced accuracy | training |"
    return "\n".join([head, "|" + "---|" * 7, *lines])


def _percent(share: str) -> str:
    return f"{100 * float(share):.2f} %" if share else ""


def written(text: str) -> str:
    """The page with its tables as the cards have them."""
    named = [card for card in CATALOGUE.values() if not card.name.startswith(PREFIX)]
    tables = {
        "images": table([c for c in named if c.task == "image" and not c.folder]),
        "series": table([c for c in named if c.task == "series" and not c.folder]),
        "detection": table([c for c in named if c.task == "detection" and not c.folder]),
        "paper": table([c for c in named if c.folder]),
        "archives": archive([c for c in CATALOGUE.values() if c.name.startswith(PREFIX)]),
        "large": large(),
    }
    for name, made in tables.items():
        before, rest = text.split(BEGIN.format(name))
        text = f"{before}{BEGIN.format(name)}\n{made}\n{END}{rest.split(END, 1)[1]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
