"""What is written into a run's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pnas_kit.cost import Board, boards, speed
from pnas_kit.cost.cimage import GENERATED_C
from pnas_kit.learn.data import CATALOGUE, OWN, Card
from pnas_kit.learn.detection import scoring_loss
from pnas_kit.learn.recipe import DISTIL, Recipe, recipe_for
from pnas_kit.search import LOOKAHEAD, PROXIES, Limits, Problem
from pnas_kit.search.executors import check_address
from pnas_kit.search.sampler import DEFAULT, SAMPLERS
from pnas_kit.search.storages import check_storage

PHASES = ("search", "train")
UNCOUNTED = 1000
"""Training samples that a set is taken to have before it is loaded for the first time and counted."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is to do; fixed when it is created.

    Attributes:
        data: name of a data set in the catalogue, or own/NAME.
        board: id of a board in the table, or "own" with `own_board` given.
        ram_bytes, flash_bytes, macs: limits on a candidate.
        trials: candidates to evaluate.
        picks: prototypes that the subset selection proposes.
        proposal: in what they are proposed: "score", costs and score; or "objectives", the paper's way.
        seed: of everything random.
        workers: processes that evaluate or train at the same time on this machine.
        executor: who evaluates and trains: "" for this machine's processes, or a Dask scheduler, "tcp://host:port".
        storage: where the search is recorded: "" for a journal in the run's folder, or "postgresql://user@host/database".
        lookahead: trials that may be under way at the same time; like the seed it has a say in what is found.
        epochs: of each training; None takes the data set's default.
        distil: whether prototypes learn from the answers of a large network too, which is trained before them.
        large_epochs: of the large network's training; None takes 30 to 300 by the number of samples.
        int4: whether groups of a net that is too large for the flash may have int4 weights; False is the paper's own space.
        engine: what runs the network on the board: None for the core's default (TensorFlow Lite Micro), or "generated C".
        costs, proxies: objectives, minimised and maximised (`pnas_kit.search.Problem`).
        sampler: what draws the candidates, a name in `pnas_kit.search.sampler.SAMPLERS`.
        own_board: name, core, clock_mhz, ram_bytes, flash_bytes of a board that is not in the table.
    """

    data: str
    board: str
    ram_bytes: int
    flash_bytes: int
    macs: int
    trials: int = 500
    picks: int = 5
    proposal: str = "score"
    seed: int = 0
    workers: int = 2
    executor: str = ""
    storage: str = ""
    lookahead: int = LOOKAHEAD
    epochs: int | None = None
    distil: bool = False
    large_epochs: int | None = None
    int4: bool = False
    engine: str | None = None
    costs: tuple[str, ...] = ("macs",)
    proxies: tuple[str, ...] = PROXIES
    sampler: str = DEFAULT
    own_board: dict | None = None

    def __post_init__(self) -> None:
        if self.data not in CATALOGUE and not self.data.startswith(OWN):
            known = f"one of the catalogue's names, such as digits or ucr/GunPoint, or {OWN}NAME for data of one's own"
            raise ValueError(f"data is {known}, got {self.data!r}")
        for name, least in (("trials", 1), ("picks", 1), ("workers", 1), ("lookahead", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is at least {least}, got {getattr(self, name)}")
        for name in ("epochs", "large_epochs"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise ValueError(f"{name} are at least 1, or None for the data set's default, got {value}")
        for name in ("costs", "proxies"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # JSON has lists only
        if self.sampler not in SAMPLERS:
            raise ValueError(f"sampler is one of {list(SAMPLERS)}, got {self.sampler!r}")
        if self.proposal not in ("score", "objectives"):
            raise ValueError(f"proposal is 'score' or 'objectives', got {self.proposal!r}")
        check_address(self.executor)
        check_storage(self.storage)
        speed(self.target.core, self.engine)
        # For limits and objectives, as the line above for board and engine; an own data set may be forgotten by now.
        card = CATALOGUE.get(self.data)
        self.problem_of(card or next(iter(CATALOGUE.values())))
        if card:
            self.recipe_of(card)

    @property
    def target(self) -> Board:
        if self.board == "own":
            own = dict(self.own_board or {})
            return Board(id="own", mcu="own board", **own)
        if self.board not in boards():
            raise ValueError(f"board is one of {list(boards())} or 'own', got {self.board!r}")
        return boards()[self.board]

    @property
    def proposed_in(self) -> tuple[str, ...] | None:
        """The `objectives` of `propose` and `propose_curve`."""
        return (*self.costs, *self.proxies) if self.proposal == "objectives" else None

    @property
    def limits(self) -> Limits:
        return Limits(ram_bytes=self.ram_bytes, flash_bytes=self.flash_bytes, macs=self.macs)

    def problem_of(self, card: Card) -> Problem:
        """What is searched for, given the data set's card."""
        settings = {name: getattr(self, name) for name in ("seed", "int4", "engine", "costs", "proxies")}
        return Problem.of(card, self.target, self.limits, loss=scoring_loss(card), **settings)

    def recipe_of(self, card: Card) -> Recipe:
        """How prototypes are trained, given the data set's card.

        Raises:
            ValueError: they are detectors, and `distil` is set.
        """
        recipe = recipe_for(card.name, card.task, card.train or UNCOUNTED, self.epochs)
        if self.distil and card.task == "detection":
            raise ValueError(f"only classifiers learn from a large network, and {card.name} is detection: leave distil out")
        return replace(recipe, distil=DISTIL) if self.distil else recipe


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where a run stands.

    Attributes:
        phase: "search" or "train", the last that was started; None before the first.
        state: "new", "starting", "queued" (waits for its turn), "running", "paused", "stopped", "done", "limited" (ended
            at a limit of `Quota`), "failed" (an error was recorded) or "crashed" (the runner is gone without a word).
        done, total: trials of a search, epochs over all prototypes of a training.
        seconds_left: estimated; None while unknown.
        message: what is being done, in a few words; the place in the queue; of a search in which hardly anything fits,
            which limit is in the way.
        error: what went wrong and what to do, in words.
        pid, started: process id of the runner and when that process began, seconds since the epoch.
    """

    phase: str | None = None
    state: str = "new"
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    message: str = ""
    error: str | None = None
    pid: int | None = None
    started: float | None = None

    @property
    def alive(self) -> bool:
        """Whether a runner is at work on the run, or waits for its turn."""
        return self.state in ("starting", "queued", "running", "paused")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How the training of a prototype stands.

    Attributes:
        state: "new", "waiting" (for its turn), "training", "quantising" (and testing), "verified", "stopped" or "failed".
        epoch, total: finished epochs of how many; 0 and 0 before the first is finished.
        removed: share of the unpruned network's channels that is pruned so far.
        error: why it failed and what to do.
    """

    state: str
    epoch: int = 0
    total: int = 0
    removed: float = 0.0
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A trained, quantised and verified prototype.

    Attributes:
        number: its trial.
        metric: what the accuracies are: "accuracy", or "mAP50" of a detector.
        float_accuracy: of the trained float network on the whole test split.
        int8_accuracy: of the `.tflite` in tflite-runtime's reference kernels on the whole test split.
        test_count: samples in the test split.
        float_strict, int8_strict: of a detector, mAP50-95; None for a classifier.
        shown_score: of a detector, the score from which its boxes are shown; None for a classifier, and where no object was
            hit to tell it by.
        confusion: int8 predictions, row true class, column predicted class; empty for a detector.
        tflite_bytes: size of the file.
        arena_predicted: feature-map arena that the cost model plans.
        arena_measured: the same as TensorFlow Lite Micro allocates it; None where its package does not exist.
        macs, params, ram_bytes, flash_bytes, latency_ms, energy_mj: as the cost model gives them for the engine.
        engine: what runs the network on the board. It and `flash_bytes` are None in results from before they were kept.
        epochs, train_seconds: of the training.
        validation_accuracy: of the epoch that was kept; None where nothing was held out.
        sha256: of the `.tflite`.
        quantisation: "post-training" or "quantisation-aware", whichever the validation part preferred.
        files: SHA-256 of every file made for the user, by name.
    """

    number: int
    float_accuracy: float
    int8_accuracy: float
    test_count: int
    confusion: list[list[int]]
    tflite_bytes: int
    arena_predicted: int
    arena_measured: int | None
    macs: int
    params: int
    ram_bytes: int
    latency_ms: float
    energy_mj: float | None
    epochs: int
    train_seconds: float
    validation_accuracy: float | None
    sha256: str
    quantisation: str = "post-training"
    files: dict[str, str] = field(default_factory=dict)
    metric: str = "accuracy"
    float_strict: float | None = None
    int8_strict: float | None = None
    shown_score: float | None = None
    flash_bytes: int | None = None
    engine: str | None = None

    @property
    def flash_used(self) -> int:
        """Bytes of flash: the file's, or those of the generated C as predicted where that runs it."""
        return self.flash_bytes if self.engine == GENERATED_C else self.tflite_bytes

    @property
    def balanced_accuracy(self) -> float | None:
        """Of the int8 file; None for a detector."""
        return balanced_accuracy(self.confusion)


def balanced_accuracy(confusion: Sequence[Sequence[int]]) -> float | None:
    """The share of right answers of each class (a row), then the mean over the classes that occur; None without any."""
    shares = [row[true] / sum(row) for true, row in enumerate(confusion) if sum(row)]
    return sum(shares) / len(shares) if shares else None
