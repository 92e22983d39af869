"""The tasks of lesson 6: onto the chip."""

from __future__ import annotations

import functools
import math

from pnas_kit.cost import Timeline, boards, estimate, latency, memory_timeline, trace
from pnas_kit.runs import Run, recorded
from pnas_kit.search import Candidate
from widgets.lessons.answers import Verdict, right, task, wrong
from widgets.words import count, kib, milliseconds

BOARD = "nano-33-ble"
LEFT = 0.1
"""Share of each memory that task 2 leaves for the network."""

EXACT = 0.02  # relative: how exact a figure has to be


@functools.cache
def lesson_run() -> Run:
    """The recorded run of the digits."""
    return recorded("digits")


@functools.cache
def prototype() -> Candidate:
    """The trained prototype of the recorded run that needs the most RAM."""
    run = lesson_run()
    trained = [c for c in run.candidates() if run.result(c.number)]
    return max(trained, key=lambda c: c.cost.ram_bytes)


def timeline() -> Timeline:
    """The feature maps of `prototype` while it runs."""
    arch = prototype().arch
    return memory_timeline(trace(arch.pruned, arch.input_shape), arch.input_shape)


@task(6, 1, wanted="the most bytes that are alive at the same time, a whole number", kind="a whole number")
def peak(answer: int) -> Verdict:
    """The peak of the memory for feature maps."""
    seen = timeline()
    bytes_then = [moment.bytes for moment in seen.moments]
    if answer == max(bytes_then):
        return right(
            f"{count(answer)} bytes, while {seen.moments[seen.peak].op} runs; the plan takes {count(seen.arena_bytes)}."
        )
    if answer == seen.arena_bytes:
        return wrong("That is what the planner takes in all, gaps included.", "What is alive during the one worst operator?")
    if answer == sum(bytes_then):
        return wrong("That is the sum over all operators.", "They run one after another, and memory is used again.")
    largest = max(buffer.size for moment in seen.moments for buffer in moment.live)
    if answer == largest:
        return wrong("That is the largest map.", "While an operator writes its map, the one that it reads is there as well.")
    size = "more" if answer > max(bytes_then) else "less"
    return wrong(f"That is {size} than is ever alive at the same time.", "Each moment of the timeline has its bytes.")


@task(6, 2, wanted="the id of a board, a word", kind="a word")
def least_board(answer: str) -> Verdict:
    """The board with the least RAM on which a tenth of each memory is enough."""
    answer = next((id for id, board in boards().items() if answer.lower() in (id, board.name.lower())), answer)
    if answer not in boards():
        return wrong(f"There is no board {answer!r}.", f"The ids are: {', '.join(boards())}.")
    arch, board = prototype().arch, boards()[answer]
    cost = estimate(arch.pruned, arch.input_shape, board)
    for name, needed, there in (("RAM", cost.ram_bytes, board.ram_bytes), ("flash", cost.flash_bytes, board.flash_bytes)):
        if needed > LEFT * there:
            return wrong(
                f"It needs {kib(needed)} of {name}, and a tenth of what {board.name} has is {kib(LEFT * there)}.",
                "Both memories have to do: RAM and flash.",
            )
    fitting = [b for b in boards().values() if _fits(arch, b)]
    if board.ram_bytes > min(b.ram_bytes for b in fitting):
        return wrong(f"It fits {board.name}, but also a board with less RAM.", "Sort the boards by `ram_bytes`.")
    return right(f"{board.name}: {kib(cost.ram_bytes)} of the {kib(LEFT * board.ram_bytes)} of RAM that are left.")


def _fits(arch, board) -> bool:
    cost = estimate(arch.pruned, arch.input_shape, board)
    return cost.ram_bytes <= LEFT * board.ram_bytes and cost.flash_bytes <= LEFT * board.flash_bytes


@task(6, 3, wanted="pictures a second, a number", kind="a number")
def promise(answer: float) -> Verdict:
    """How many pictures a second can be promised, given the band of the estimate."""
    arch = prototype().arch
    time = latency(trace(arch.pruned, arch.input_shape), boards()[BOARD])
    for wanted, verdict in (
        (1000 / time.value, wrong("That is what the estimate says, and it may be slower.", "Use the slow end of the band.")),
        (1000 / time.low, wrong("That is the fast end of the band.", "A promise must hold in the worst case, too.")),
        (1 / time.high, wrong("That is a thousand times too few.", "The latency is in milliseconds.")),
        (time.high, wrong("That is the time of a picture in ms.", "How many of them are there in a second?")),
    ):
        if abs(answer / wanted - 1) < EXACT:
            return verdict
    promised = 1000 / time.high
    if abs(answer / promised - 1) < EXACT or answer == math.floor(promised):  # whole pictures are a fair answer
        return right(f"At worst a picture takes {milliseconds(time.high)}. Measure on the board before you promise more.")
    return wrong(
        f"That is too {'many' if answer > promised else 'few'}.",
        f"`latency(ops, board)` has `low` and `high`, in milliseconds; the board is {BOARD!r}.",
    )
