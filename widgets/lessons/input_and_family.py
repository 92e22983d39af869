"""Two choices that belong together: what a network sees, and which families of networks can see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pnas_kit.space import FAMILIES, Shape, families_for, task_of
from widgets.lessons.app import dropdown

INPUTS = (
    ("Digits, 8 × 8", (8, 8, 1), 10),
    ("Pictures, 28 × 28", (28, 28, 1), 10),
    ("Colour pictures, 96 × 96", (96, 96, 3), 10),
    ("Motion, 128 steps of 6 signals", (1, 128, 6), 6),
    ("Heartbeats, 140 steps of 1 signal", (1, 140, 1), 5),
)


class InputAndFamily:
    """A list of inputs, and one of the families that take the chosen input.

    Args:
        guard: of the app that they are part of.
        call: told once after each choice, when both lists agree.
        chosen: which of `INPUTS` at first.
    """

    def __init__(self, guard: Callable[..., Callable[..., Any]], call: Callable[[], Any], chosen: int = 0) -> None:
        self._call, self._fitting = call, False
        named = [(name, i) for i, (name, *_) in enumerate(INPUTS)]
        self.inputs = dropdown("Input", named, "What the network sees", guard(self._fit), chosen)
        options = self._options()
        self.family = dropdown("Family", options, "The block that is repeated", guard(self._tell), len(options) - 1)

    @property
    def shape(self) -> Shape:
        """Height, width and channels of the chosen input."""
        return INPUTS[self.inputs.value][1]

    @property
    def classes(self) -> int:
        """How many classes the chosen input is told apart into."""
        return INPUTS[self.inputs.value][2]

    def _options(self) -> list[tuple[str, str]]:
        return [(FAMILIES[name].title, name) for name in families_for(task_of(self.shape))]

    def _fit(self) -> None:
        """Offer the families that take this input; keep the chosen one if it does."""
        options, before = self._options(), self.family.value
        names = [name for _, name in options]
        self._fitting = True
        try:
            self.family.options = options
            self.family.value = before if before in names else names[-1]
        finally:
            self._fitting = False
        self._tell()

    def _tell(self) -> None:
        if not self._fitting:
            self._call()
