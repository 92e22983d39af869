"""Boards of one's own that are kept by name."""

import pytest

from pnas_kit.runs import RunError
from pnas_kit.runs.own_boards import forget_board, keep_board, kept_boards, place
from widgets.state import OWN_BOARD

BADGE = {"name": "Badge", "core": "cortex-m7", "clock_mhz": 300.0, "ram_bytes": 96 * 1024, "flash_bytes": 512 * 1024}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))


def test_a_board_is_kept_replaced_and_forgotten():
    assert kept_boards() == {}
    keep_board(BADGE)
    keep_board(BADGE | {"name": " Bench ", "clock_mhz": 80.0})
    keep_board(BADGE | {"ram_bytes": 1024})
    assert kept_boards() == {
        "Badge": BADGE | {"ram_bytes": 1024},
        "Bench": BADGE | {"name": "Bench", "clock_mhz": 80.0},
    }
    forget_board("Badge")
    forget_board("never kept")
    assert list(kept_boards()) == ["Bench"]


def test_what_cannot_be_kept_is_told():
    with pytest.raises(RunError, match="give it one first"):
        keep_board(BADGE | {"name": " "})
    with pytest.raises(ValueError, match="clock_mhz"):
        keep_board(BADGE | {"clock_mhz": 0})
    place().parent.mkdir(parents=True)
    place().write_text('[{"name": "half')
    with pytest.raises(RunError, match=r"boards.json, which keeps your own boards, is damaged"):
        keep_board(BADGE)
    assert place().read_text() == '[{"name": "half'


def test_the_form_keeps_and_takes_up_boards(workbench):
    state = workbench.state
    form = workbench.steps["task"].own_board
    state.board = OWN_BOARD
    assert form.kept.layout.display == form.forget.layout.display == "none"
    state.own_name, state.own_ram_kib = "Badge", 96.0
    form.keep.click()
    assert kept_boards()["Badge"]["ram_bytes"] == 96 * 1024
    assert form.kept.value == "Badge" and form.keep.disabled and form.forget.layout.display is None
    state.own_ram_kib, state.own_clock_mhz = 128.0, 80.0
    assert form.kept.value == "" and form.keep.description == "Keep the changes"
    form.kept.value = "Badge"
    assert (state.own_ram_kib, state.own_clock_mhz, state.ram_kib) == (96.0, 100.0, 96.0)
    form.forget.click()
    assert kept_boards() == {} and form.kept.layout.display == "none"
    state.own_ram_kib = -1.0
    for told in (form._said, workbench.steps["task"]._messages):  # beside the fields and where the search begins
        assert "RAM in KiB has to be above 0, not -1." in told.html
    assert form.keep.disabled
    assert state.problem is None
