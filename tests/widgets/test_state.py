import threading

import pytest
from made_runs import config

from pnas_kit.cost import boards
from pnas_kit.learn.recipe import recipe_for
from widgets.state import OWN_BOARD, State

KIB = 1024


@pytest.mark.parametrize("board", boards().values(), ids=lambda board: board.id)
def test_every_board_brings_its_budget(board):
    state = State()
    state.board = board.id
    made = state.config()
    assert (made.ram_bytes, made.flash_bytes, made.macs) == (board.ram_bytes, board.flash_bytes, board.default_macs)
    assert state.complaints() == {}


def test_an_edited_budget_holds_until_the_board_changes():
    state = State(board="pico")
    state.ram_kib = 100.0
    assert state.config().ram_bytes == 100 * KIB
    state.own_ram_kib = 300.0  # not the board in use
    assert state.ram_kib == 100.0
    state.board = "pico-2"
    assert state.ram_kib == 520.0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ram_kib", 257.0, "Arduino Nano 33 BLE has 256 KiB of RAM."),
        ("ram_kib", 0.0, "The RAM budget has to be above 0."),
        ("flash_kib", 1025.0, "has 1024 KiB of flash."),
        ("macs_m", -1.0, "The compute budget has to be above 0."),
        ("trials", 0, "At least one candidate has to be tried."),
        ("workers", 0, "At least one worker is needed."),
        ("epochs", 0, "At least one epoch is needed."),
        ("seed", -1, "The seed has to be 0 or more."),
        ("lookahead", 0, "At least one candidate has to be under way."),
        ("executor", "host", "a Dask scheduler such as 'tcp://host:8786', got 'host'"),
        ("storage", "postgresql://me:secret@host/db", "set PGPASSWORD or put it into ~/.pgpass"),
    ],
)
def test_a_senseless_choice_is_named(field, value, words):
    state = State(board="nano-33-ble")
    setattr(state, field, value)
    assert list(state.complaints()) == [field]
    assert words in state.complaints()[field]


def test_an_own_board_that_makes_no_sense_is_named():
    state = State(board=OWN_BOARD)
    assert state.complaints() == {}
    state.own_clock_mhz = 0.0
    assert state.complaints()["board"] == "Your board's clock in MHz has to be above 0, not 0."
    state.own_clock_mhz, state.own_name = 80.0, " "
    assert state.complaints()["board"] == "Your board needs a name."


def test_a_run_opened_again_shows_its_choices():
    own = {"name": "Badge", "core": "cortex-m7", "clock_mhz": 300.0, "ram_bytes": 96 * KIB, "flash_bytes": 512 * KIB}
    for made in (
        config(seed=3, trials=7, workers=1, epochs=4, ram_bytes=50_000),
        config(executor="tcp://host:8786", storage="postgresql://me@host/db", lookahead=64),
        config(data="ecg5000", board="own", own_board=own, ram_bytes=90 * KIB, flash_bytes=500 * KIB, macs=1_250_000),
    ):
        state = State()
        state.adopt(made)
        again = state.config()
        assert again.__dict__ | {"picks": made.picks} == made.__dict__
        assert state.matches(made)
        state.ram_kib += 1
        assert not state.matches(made)


def test_the_default_epochs_follow_the_data_set():
    state = State()
    for name, task, samples in (("digits", "image", 1438), ("ecg5000", "series", 500)):
        state.data = name
        assert state.epochs == recipe_for(name, task, samples).epochs
        assert state.config().epochs is None
    state.epochs += 1
    assert state.config().epochs == state.epochs


def test_a_change_is_told_at_once_even_while_another_thread_tells_its_own():
    """The watching thread holds its news back until it has them all; whoever else changes something waits for it."""
    state, told = State(), []
    state.observe(lambda change: told.append((change["new"], threading.current_thread().name)), "step")
    holding, free = threading.Event(), threading.Event()

    def hold():
        with state.hold_trait_notifications():
            holding.set()
            free.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert holding.wait(10)
    threading.Timer(0.05, free.set).start()
    state.step = "search"
    assert told == [("search", threading.current_thread().name)]
    holder.join()
