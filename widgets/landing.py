"""What the start page offers: a card for every notebook, from what each says of itself in its metadata."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

FIRST = ("workbench", "quickstart")
"""The order of the first row; whatever is neither of these nor of a lesson follows."""
SKIPPED = ("index",)
ACTIONS = {"workbench": "Open the workbench", "app": "Open", "lesson": "Run the notebook"}


@dataclass(frozen=True)
class Card:
    """One notebook.

    Attributes:
        file: its name in the folder.
        title, about: from its metadata, ``title`` without what precedes a colon, and ``description``.
        lesson: number of the lesson that it is, or that it is the app of; None for others.
        minutes, goal: of a lesson.
        app: file of a lesson's app; empty where there is none.
        action: what opening it does.
    """

    file: str
    title: str
    about: str = ""
    lesson: int | None = None
    minutes: int = 0
    goal: str = ""
    app: str = ""
    action: str = ""


def cards(folder: Path) -> tuple[list[Card], list[Card]]:
    """The notebooks of a folder: those beside the lessons, and the lessons by number, each with its app.

    A file that cannot be read is left out; the page says nothing about what opening it would not show.
    """
    found = [card for path in sorted(folder.glob("*.ipynb")) if path.stem not in SKIPPED and (card := _card(path))]
    apps = {card.lesson: card for card in found if card.file.startswith("app_")}
    lessons = [card for card in found if card.file.startswith("lesson_")]
    others = [card for card in found if card.lesson is None]
    others.sort(key=lambda card: FIRST.index(card.file[:-6]) if card.file[:-6] in FIRST else len(FIRST))
    paired = [Card(**{**vars(card), "app": apps[card.lesson].file if card.lesson in apps else ""}) for card in lessons]
    return others, sorted(paired, key=lambda card: card.lesson or 0)


def _card(path: Path) -> Card | None:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        lesson = about.get("lesson", {})
        title = re.sub(r"^(PrototypeNAS|(Lesson|App) \d+:) ", "", about.get("title", path.stem.replace("_", " ")))
        layout = about.get("voila", {}).get("layout", "lesson")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
    return Card(
        path.name,
        title[:1].upper() + title[1:],
        about.get("description", ""),
        lesson.get("number"),
        lesson.get("minutes", 0),
        lesson.get("goal", ""),
        action=ACTIONS.get(path.stem) or ACTIONS["app" if layout == "app" else "lesson"],
    )
