"""The way into a search that a notebook takes: by the names of a data set and a board."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tqdm import tqdm

from pnas_kit.cost import Board, boards
from pnas_kit.learn.data import Dataset, load, proxy_batches
from pnas_kit.learn.detection import scoring_loss
from pnas_kit.search import PROXIES, Candidate, Limits, Problem, impossible, search


class Exploration(Iterator[Candidate]):
    """The candidates of a search, each as soon as it is known.

    Attributes:
        problem: what is searched for, as `propose` and `front` ask for it.
    """

    def __init__(self, problem: Problem, found: Iterator[Candidate]) -> None:
        self.problem = problem
        self._found = found

    def __next__(self) -> Candidate:
        return next(self._found)


def explore(
    data: str | Dataset = "digits",
    board: str | Board = "nano-33-ble",
    *,
    limits: Limits | None = None,
    trials: int = 500,
    seed: int = 0,
    proxies: tuple[str, ...] = PROXIES,
    int4: bool = False,
    engine: str | None = None,
    progress: bool = False,
    **settings: Any,
) -> Exploration:
    """The candidates of a search: `for candidate in explore("digits", "nano-33-ble", trials=100): ...`.

    Args:
        data: a name in the catalogue, downloaded if need be, or a data set.
        board: an id in `boards()`, or a board.
        limits: None grants the whole board.
        trials: number of candidates.
        seed: of the data's proxy batches, the untrained weights and the sampler.
        proxies, int4, engine: of the `Problem`.
        progress: write a line with the rate, the time left and how many fit.
        settings: of `pnas_kit.search.search`, such as `workers` and `storage`.

    Raises:
        ValueError: there is no such board, or no network of the space meets a limit; the message says which.
        DataError: there is no such data set, or it cannot be had.
        SearchError: worker processes keep dying.
    """
    target = _board(board)
    dataset = load(data) if isinstance(data, str) else data
    problem = Problem.of(
        dataset.card,
        target,
        limits or Limits.of(target),
        proxies=proxies,
        seed=seed,
        int4=int4,
        engine=engine,
        loss=scoring_loss(dataset.card),
    )
    if refused := impossible(problem):
        raise ValueError(" ".join(refused.values()))
    found = search(problem, proxy_batches(dataset, seed=seed), trials=trials, seed=seed, **settings)
    return Exploration(problem, _told(found, trials) if progress else found)


def _board(board: str | Board) -> Board:
    if isinstance(board, Board):
        return board
    if board not in boards():
        raise ValueError(f"board is one of {list(boards())}, or a Board, got {board!r}")
    return boards()[board]


def _told(found: Iterator[Candidate], trials: int) -> Iterator[Candidate]:
    """The same candidates, with a line on stderr that follows them."""
    fit = 0
    with tqdm(found, total=trials, desc="searching", unit=" nets") as line:
        for candidate in line:
            fit += candidate.feasible
            line.set_postfix_str(f"{fit} fit", refresh=False)
            yield candidate
