"""Answers to the lessons' tasks, checked: ``check(1, 2, answer)`` says what is wrong with an answer, never what is right.

A lesson's tasks are functions in ``tasks_N.py`` that take an answer and return `right` or `wrong`. They compute the truth
with `pnas_kit`, so that nothing is to be looked up in them and a change of the code cannot leave them behind::

    @task(1, 2, wanted="the number of networks, a whole number", kind="a whole number")
    def how_many(answer: int) -> Verdict:
        return right("...") if answer == count(space(...)) else wrong("...", hint="...")
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from widgets.words import attribute, count

LESSONS = range(1, 7)
COLOURS = {"open": "#767676", "right": "#009e73", "wrong": "#d55e00"}  # Okabe-Ito; the word before them says it too
TITLES = {"open": "No answer yet.", "right": "Right.", "wrong": "Not yet."}


@dataclass(frozen=True)
class Verdict:
    """What `check` found, shown as a box in a notebook.

    Attributes:
        state: "open" where there is no answer yet, "right" or "wrong".
        message: what was found, in a sentence or two.
        hint: where to look next; never the solution.
    """

    state: str
    message: str
    hint: str = ""

    @property
    def right(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        return " ".join(filter(None, (TITLES[self.state], self.message, self.hint and f"Hint: {self.hint}")))

    def _repr_html_(self) -> str:
        hint = f"<br><i>Hint:</i> {attribute(self.hint)}" if self.hint else ""
        return (
            f'<div class="pn-verdict" data-state="{self.state}" role="status" style="padding:8px 12px;border-radius:6px;'
            f"border-left:4px solid {COLOURS[self.state]};"
            f'background:color-mix(in srgb, {COLOURS[self.state]} 12%, transparent)">'
            f"<b>{TITLES[self.state]}</b> {attribute(self.message)}{hint}</div>"
        )


def right(message: str) -> Verdict:
    """The answer is right; the message says what it shows."""
    return Verdict("right", message)


def wrong(message: str, hint: str = "") -> Verdict:
    """The answer is wrong; the message says in what, the hint where to look."""
    return Verdict("wrong", message, hint)


def off(answer: float, truth: float) -> str:
    """How far a count is from the true one, which is above 0, in words: "64 times too few", "a little too many"."""
    size = "many" if answer > truth else "few"
    times = answer / truth if answer > truth else truth / max(answer, 1)
    if times < 1.1:
        return f"a little too {size}"
    return f"{f'{times:.3g}' if times < 1000 else count(times)} times too {size}"


def _number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def _listed(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(fits(item) for item in value)


KINDS: dict[str, Callable[[Any], bool]] = {
    "a number": _number,
    "a whole number": lambda value: _number(value) and value == int(value),
    "a word": lambda value: isinstance(value, str),
    "True or False": lambda value: isinstance(value, bool),
    "a list of numbers": lambda value: _listed(value, _number),
    "a list of words": lambda value: _listed(value, lambda item: isinstance(item, str)),
    "a function": callable,
}
"""Kinds of answer by what they are called. Scalars and arrays of numpy, pandas and torch are turned into Python's before
they are looked at, sets, tuples and ranges into lists."""


@dataclass(frozen=True)
class Task:
    """A task: what is to be put in, of what kind, and who judges it."""

    wanted: str
    kind: str | type
    judge: Callable[[Any], Verdict]


TASKS: dict[tuple[int, int], Task] = {}


def task(lesson: int, number: int, *, wanted: str, kind: str | type) -> Callable:
    """Registers the function below it as the judge of a task.

    Args:
        wanted: what to put in, in words: "the number of blocks".
        kind: a key of `KINDS`, or a class of this project.
    """
    if isinstance(kind, str) and kind not in KINDS:
        raise ValueError(f"kind is one of {list(KINDS)} or a class, got {kind!r}")

    def register(judge: Callable[[Any], Verdict]) -> Callable[[Any], Verdict]:
        TASKS[lesson, number] = Task(wanted, kind, judge)
        return judge

    return register


def check(lesson: int, task: int, answer: Any = None) -> Verdict:
    """What is to be said of an answer; a notebook shows it as a box.

    Args:
        lesson: 1 to 6.
        task: the task's number in the lesson.
        answer: None or ``...`` while there is none.

    Raises:
        ValueError: there is no such task.
    """
    asked = _task(lesson, task)
    if answer is None or answer is ...:
        return Verdict("open", f"Put in {asked.wanted}, in place of the three dots, and run the cell again.")
    answer = _plain(answer)
    name = asked.kind if isinstance(asked.kind, str) else f"a value of the class {asked.kind.__name__}"
    if not (KINDS[asked.kind](answer) if isinstance(asked.kind, str) else isinstance(answer, asked.kind)):
        return wrong(f"Expected {name}, got {_shown(answer)}.", f"The task asks for {asked.wanted}.")
    try:
        return asked.judge(answer)
    except Exception as error:  # a reader's function may raise anything, and a notebook must not stop at it
        return wrong(
            f"Checking it ended in an error, {type(error).__name__}: {error}",
            f"The task asks for {asked.wanted}. Try your answer by itself in a cell of its own.",
        )


def _task(lesson: int, number: int) -> Task:
    if lesson not in LESSONS:
        raise ValueError(f"lesson is {LESSONS[0]} to {LESSONS[-1]}, got {lesson!r}")
    import_module(f"widgets.lessons.tasks_{lesson}")
    if (lesson, number) not in TASKS:
        known = sorted(n for found, n in TASKS if found == lesson)
        raise ValueError(f"lesson {lesson} has the tasks {known}, got {number!r}")
    return TASKS[lesson, number]


def _plain(answer: Any) -> Any:
    """Scalars and arrays of numpy, pandas and torch, sets, tuples, ranges as Python's own; words without outer spaces."""
    if hasattr(answer, "tolist") and not isinstance(answer, type):
        answer = answer.tolist()
    if isinstance(answer, str):
        return answer.strip()
    return list(answer) if isinstance(answer, set | frozenset | tuple | range) else answer


def _shown(answer: Any) -> str:
    text = " ".join(repr(answer).split())
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(answer).__name__})"
