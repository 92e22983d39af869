"""What the workbench knows. Every step shows this one object and changes nothing but it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import traitlets

from pnas_kit.cost import Board, boards
from pnas_kit.learn.data import CATALOGUE, Card, DataError, cached, card_of, own_cards
from pnas_kit.learn.recipe import recipe_for
from pnas_kit.runs import Config, Run, Status
from pnas_kit.runs.records import UNCOUNTED
from pnas_kit.search import LOOKAHEAD, Candidate
from pnas_kit.search.evaluate import Problem as Sought
from pnas_kit.search.executors import check_address
from pnas_kit.search.smallest import impossible
from pnas_kit.search.storages import check_storage
from widgets.words import KIB

STEPS = ("task", "search", "choose", "train", "deploy")
MOST_PICKS = 8
OWN_BOARD = "own"
BUDGET = {"ram_bytes": "ram_kib", "flash_bytes": "flash_kib", "macs": "macs_m"}
"""The field of each limit."""

OWN_FIGURES = {
    "own_clock_mhz": "Your board's clock in MHz",
    "own_ram_kib": "Your board's RAM in KiB",
    "own_flash_kib": "Your board's flash in KiB",
}
OWN_FIELDS = ("own_name", "own_core", "own_clock_mhz", "own_ram_kib", "own_flash_kib")
CHOICES = ("data", "board", *OWN_FIELDS, *BUDGET.values(), "engine", "int4")
CHOICES += ("trials", "workers", "seed", "epochs", "distil", "executor", "storage", "lookahead")
"""All that is chosen for the next run."""


@dataclass(frozen=True)
class Problem:
    """Something that went wrong, told as a user needs it: what happened, what is safe, what to do."""

    what: str
    safe: str
    todo: str
    detail: str = ""


def default_epochs(data: str) -> int:
    """How long a prototype is trained on a data set when nobody says otherwise."""
    card = card_of(data)
    return recipe_for(card.name, card.task, card.train or UNCOUNTED).epochs


def unbalanced(card: Card) -> bool:
    """Whether some classes of a data set are so rare that plain accuracy says little of them."""
    return card.task != "detection" and not card.balanced


class State(traitlets.HasTraits):
    """Choices for the next run, and what is known of the run on show.

    ``lock`` is held by whoever changes it, the page's callbacks and the watching thread, for as long as that is being told:
    else a change would wait until another thread has told its own.
    """

    step = traitlets.Enum(STEPS, "task")
    problem = traitlets.Instance(Problem, None, allow_none=True)

    data = traitlets.Unicode("digits")
    board = traitlets.Unicode()
    own_name = traitlets.Unicode("My board")
    own_core = traitlets.Unicode("cortex-m4f")
    own_clock_mhz = traitlets.Float(100.0)
    own_ram_kib = traitlets.Float(256.0)
    own_flash_kib = traitlets.Float(1024.0)
    ram_kib = traitlets.Float()
    flash_kib = traitlets.Float()
    macs_m = traitlets.Float()
    engine = traitlets.Unicode("")  # empty: the core's default
    int4 = traitlets.Bool(False)
    trials = traitlets.Int(500)
    workers = traitlets.Int(2)
    seed = traitlets.Int(0)
    epochs = traitlets.Int()
    distil = traitlets.Bool(False)
    executor = traitlets.Unicode("")  # empty: this machine
    storage = traitlets.Unicode("")  # empty: the run's folder
    lookahead = traitlets.Int(LOOKAHEAD)

    run = traitlets.Instance(Run, None, allow_none=True)
    status = traitlets.Instance(Status, None, allow_none=True)
    candidates = traitlets.Tuple()
    fit = traitlets.Int()  # how many of them fit the budget
    volumes = traitlets.Tuple()  # (number, hypervolume so far) of every feasible candidate
    agreement = traitlets.Dict()  # of the proxies, see `widgets.figures.agreement`
    worth = traitlets.Tuple()  # share of the hypervolume that 1, 2, ... prototypes keep
    moment = traitlets.Int(None, allow_none=True)  # how many candidates a replay shows; None: now
    proposed = traitlets.List(traitlets.Int())
    picked = traitlets.List(traitlets.Int())
    curves = traitlets.Dict()  # picked number -> its epochs so far
    trainings = traitlets.Dict()  # picked number -> how its training stands
    results = traitlets.Dict()  # picked number -> its verified figures
    emulations = traitlets.Dict()  # number of a result -> how its run on an emulated board stands

    def __init__(self, **values: Any) -> None:
        self.lock = threading.RLock()
        super().__init__(**values)
        if not self.board:
            self.board = next(iter(boards()))
        if not self.epochs:
            self.epochs = default_epochs(self.data)

    def __setattr__(self, name: str, value: Any) -> None:
        with self.lock if self.has_trait(name) else nullcontext():
            super().__setattr__(name, value)

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Tell what changes inside all at once, at the end."""
        with self.lock, super().hold_trait_notifications():
            yield

    @property
    def live(self) -> bool:
        """Whether a runner is at work on the run on show."""
        return self.status is not None and self.status.alive

    @property
    def busy(self) -> bool:
        """Whether anything is at work on the run on show."""
        return self.live or any(emulation.state == "running" for emulation in self.emulations.values())

    @property
    def seen(self) -> tuple[Candidate, ...]:
        """The candidates on show: all, or those that were known at the moment of a replay."""
        return self.candidates if self.moment is None else self.candidates[: self.moment]

    @property
    def target(self) -> Board:
        """The chosen board.

        Raises:
            ValueError: a figure of the own board makes no sense; the message says which.
        """
        if self.board != OWN_BOARD:
            return boards()[self.board]
        if not self.own_name.strip():
            raise ValueError("Your board needs a name.")
        for field, what in OWN_FIGURES.items():
            if not getattr(self, field) > 0:
                raise ValueError(f"{what} has to be above 0, not {getattr(self, field):g}.")
        return Board(id=OWN_BOARD, mcu="own board", **self.own_board)

    @property
    def own_board(self) -> dict:
        """The own board as a run's configuration has it."""
        return {
            "name": self.own_name,
            "core": self.own_core,
            "clock_mhz": self.own_clock_mhz,
            "ram_bytes": round(self.own_ram_kib * KIB),
            "flash_bytes": round(self.own_flash_kib * KIB),
        }

    @traitlets.observe("data")
    def _take_default_epochs(self, _: dict) -> None:
        self.epochs = default_epochs(self.data)

    @traitlets.observe("board", *OWN_FIELDS)
    def _take_board_budget(self, change: dict) -> None:
        """Another board brings its own budget."""
        if change["name"] != "board" and self.board != OWN_BOARD:
            return
        if "board" in self.complaints():
            return
        board = self.target
        self.ram_kib = board.ram_bytes / KIB
        self.flash_kib = board.flash_bytes / KIB
        self.macs_m = board.default_macs / 1e6

    def complaints(self) -> dict[str, str]:
        """What is wrong with the choices, by field; empty when a run can start."""
        found = {}
        for name, what in (("ram_kib", "RAM"), ("flash_kib", "flash"), ("macs_m", "compute")):
            if not getattr(self, name) > 0:
                found[name] = f"The {what} budget has to be above 0."
        try:
            card = card_of(self.data)
        except DataError as error:  # another page forgot it
            return {**found, "data": str(error)}
        if card.notice and not cached(self.data):
            found["data"] = f"{card.title} has terms of its own: read and accept them beside the data set."
        try:
            board = self.target
        except (TypeError, ValueError) as error:
            return {**found, "board": str(error)}
        for name, size, what in (
            ("ram_kib", board.ram_bytes, "RAM"),
            ("flash_kib", board.flash_bytes, "flash"),
        ):
            if getattr(self, name) * KIB > size:
                found[name] = f"{board.name} has {size / KIB:.0f} KiB of {what}."
        if self.trials < 1:
            found["trials"] = "At least one candidate has to be tried."
        for name, text in (("workers", "worker"), ("epochs", "epoch")):
            if getattr(self, name) < 1:
                found[name] = f"At least one {text} is needed."
        if self.seed < 0:
            found["seed"] = "The seed has to be 0 or more."
        if self.lookahead < 1:
            found["lookahead"] = "At least one candidate has to be under way."
        for name, check in (("executor", check_address), ("storage", check_storage)):
            try:
                check(getattr(self, name).strip())
            except ValueError as error:
                found[name] = f"Advanced settings: {error}."
        return found or self._out_of_reach()

    def _out_of_reach(self) -> dict[str, str]:
        """The limits, by field, that no network of the space meets."""
        return {BUDGET[name]: text for name, text in impossible(self.sought()).items()}

    def sought(self) -> Sought:
        """What a search by these choices would be for, whatever its objectives."""
        limits = self.config().limits
        return Sought.of(card_of(self.data), self.target, limits, int4=self.int4, engine=self.engine or None)

    def config(self) -> Config:
        """The choices as a run's configuration."""
        own = self.board == OWN_BOARD
        return Config(
            data=self.data,
            board=self.board,
            own_board=self.own_board if own else None,
            ram_bytes=round(self.ram_kib * KIB),
            flash_bytes=round(self.flash_kib * KIB),
            macs=round(self.macs_m * 1e6),
            engine=self.engine or None,
            int4=self.int4,
            trials=self.trials,
            workers=self.workers,
            seed=self.seed,
            executor=self.executor.strip(),
            storage=self.storage.strip(),
            lookahead=self.lookahead,
            epochs=None if self.epochs == default_epochs(self.data) else self.epochs,
            distil=self.distil and card_of(self.data).task != "detection",
        )

    def matches(self, config: Config) -> bool:
        """Whether data set, board and budget on show are those of a run."""
        mine, names = self.config(), ("data", "board", "own_board", "ram_bytes", "flash_bytes", "macs", "engine", "int4")
        return all(getattr(mine, name) == getattr(config, name) for name in names)

    def adopt(self, config: Config) -> None:
        """Make a run's configuration the choices on show."""
        if config.own_board:
            self.own_name, self.own_core = config.own_board["name"], config.own_board["core"]
            self.own_clock_mhz = config.own_board["clock_mhz"]
            self.own_ram_kib = config.own_board["ram_bytes"] / KIB
            self.own_flash_kib = config.own_board["flash_bytes"] / KIB
        if config.data in CATALOGUE or config.data in own_cards():  # own data may be forgotten while their runs stay
            self.data = config.data
        self.board = config.board
        # After the board, which sets a budget of its own.
        self.ram_kib, self.flash_kib = config.ram_bytes / KIB, config.flash_bytes / KIB
        self.macs_m = config.macs / 1e6
        self.engine, self.int4 = config.engine or "", config.int4
        self.trials, self.workers, self.seed = config.trials, config.workers, config.seed
        self.executor, self.storage, self.lookahead = config.executor, config.storage, config.lookahead
        self.epochs, self.distil = config.epochs or default_epochs(self.data), config.distil
