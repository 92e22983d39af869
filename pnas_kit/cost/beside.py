"""What a board's memory holds beside the network: the stack, the start-up code and the C of a front end for sound."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from .boards import Board

STACK_BYTES = 2048
"""RAM that every image keeps free for the stack of the net and of the code around it."""

START_UP_BYTES = 1024
"""Code besides the network's: start-up, self-test and report take some 700 bytes."""


class Room(NamedTuple):
    """Bytes of a board's memories."""

    ram_bytes: int
    flash_bytes: int


class Features(Protocol):
    """A front end whose C runs on the board too, such as `pnas_kit.learn.data.front_end.FrontEnd`."""

    c_ram_bytes: int
    c_flash_bytes: int


def beside(front_end: Features | None = None) -> Room:
    """What is kept of every board, whatever runs the network; the application's own buffers are not in it."""
    ram, flash = (front_end.c_ram_bytes, front_end.c_flash_bytes) if front_end else (0, 0)
    return Room(STACK_BYTES + ram, START_UP_BYTES + flash)


def room(board: Board, front_end: Features | None = None) -> Room:
    """What is left of a board for the network; 0 or less on a board that is too small for any."""
    kept = beside(front_end)
    return Room(board.ram_bytes - kept.ram_bytes, board.flash_bytes - kept.flash_bytes)
