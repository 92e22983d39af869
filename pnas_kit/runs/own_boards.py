"""Boards of one's own, kept by name beside the data sets for later runs."""

from __future__ import annotations

from pathlib import Path

from pnas_kit.cost import Board
from pnas_kit.learn.data.fetch import cache_folder

from .folder import damage, read_json, write_json
from .prototypes import RunError

FIELDS = ("name", "core", "clock_mhz", "ram_bytes", "flash_bytes")
"""What `Config.own_board` has of a board."""


def place() -> Path:
    """The file that they are kept in."""
    return cache_folder() / "boards.json"


def kept_boards() -> dict[str, dict]:
    """The kept boards by name, each as `Config.own_board` takes it.

    Raises:
        RunError: the file is damaged.
    """
    try:
        found = [{field: board[field] for field in FIELDS} for board in read_json(place(), [])]
        for board in found:
            _check(board)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(
            f"{place().name}, which keeps your own boards, is damaged ({damage(error)}): correct or delete it"
        ) from error
    return {board["name"]: board for board in found}


def keep_board(board: dict) -> None:
    """Keep a board under its name; one of the same name is replaced.

    Raises:
        RunError: it has no name, or the file cannot be written or read.
        ValueError: a figure makes no sense.
    """
    _check(board)
    name = board["name"].strip()
    if not name:
        raise RunError("a board is kept under its name: give it one first")
    _write(kept_boards() | {name: {**board, "name": name}})


def forget_board(name: str) -> None:
    """Keep the board of this name no longer; runs that were made for it stay as they are."""
    _write({kept: board for kept, board in kept_boards().items() if kept != name})


def _check(board: dict) -> None:
    Board(id="own", mcu="own board", **board)


def _write(known: dict[str, dict]) -> None:
    try:
        place().parent.mkdir(parents=True, exist_ok=True)
        write_json(place(), list(known.values()))
    except OSError as error:
        words = f"the board cannot be kept, {place().name} cannot be written ({error.strerror})"
        raise RunError(f"{words}: free some space, or set PNAS_CACHE to a folder that can") from error
