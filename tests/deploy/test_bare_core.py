"""Unicorn's process: what it says when something is wrong, and that nothing of it stays."""

from dataclasses import replace

import numpy as np
import psutil
import pytest
from handmade import sample_layers, samples, trained_like

from pnas_kit.deploy.c import bare_core, generate, zig
from pnas_kit.deploy.c.link import STACK_BYTES, EmulatorError, Memory, ToolMissing, explained
from pnas_kit.deploy.quantiser import quantise

MEMORY = Memory(flash_bytes=1 << 20, ram_bytes=1 << 18, flash_at=0x08000000)
SIZES = [5]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    layers, shape = sample_layers(4)
    files = generate(quantise(trained_like(layers, shape, 4), samples(shape, 24, 4)))
    return zig.build(files, tmp_path_factory.mktemp("image"), "cortex_m4", MEMORY), np.zeros((3, *shape), np.int8)


def left_over():
    """Processes of the emulator below this one, which may have others, such as the browser of other tests."""
    return [child for child in psutil.Process().children() if str(bare_core.PROGRAM) in child.cmdline()]


def test_the_same_again_and_no_process_is_left(image):
    told = []
    first = bare_core.run(image[0], "cortex-m4", image[1], SIZES, told.append)
    again = bare_core.run(image[0], "cortex-m4", image[1], SIZES)
    assert np.array_equal(first[0], again[0]) and first[1] == again[1] > 1000
    assert told == pytest.approx([1 / 3, 2 / 3, 1]) and not left_over()


def test_a_crash_says_where(image):
    with pytest.raises(EmulatorError, match=r"stopped at 0x3000000\d: .*please report this net"):
        bare_core.run(replace(image[0], run=0x30000000), "cortex-m4", image[1], SIZES)
    assert not left_over()


def test_a_net_that_does_not_end_is_ended(image, monkeypatch):
    monkeypatch.setattr(bare_core, "CALL_SECONDS", 0.2)
    endless = bytearray(image[0].flash)
    at = (image[0].run & ~1) - MEMORY.flash_at
    endless[at : at + 2] = b"\xfe\xe7"  # a branch to itself
    with pytest.raises(EmulatorError, match=r"did not finish in 0\.2 s"):
        bare_core.run(replace(image[0], flash=bytes(endless)), "cortex-m4", image[1], SIZES)


def test_a_full_stack_is_noticed(image):
    overrun = bytearray(image[0].flash)
    at = (image[0].run & ~1) - MEMORY.flash_at
    # sub sp, #508 four times and #16 once; str r0, [sp]; bx lr
    overrun[at : at + 14] = bytes.fromhex("ffb0" * 4 + "84b0" + "0090" + "7047")
    assert STACK_BYTES == 4 * 508 + 16
    with pytest.raises(EmulatorError, match="used all 2048 bytes of stack"):
        bare_core.run(replace(image[0], flash=bytes(overrun)), "cortex-m4", image[1], SIZES)


@pytest.mark.parametrize("program", ["raise SystemExit('unicorn is broken')", "print('half of a', end='')"])
def test_a_process_that_ends_early_is_told(image, monkeypatch, tmp_path, program):
    (tmp_path / "program.py").write_text(program)
    monkeypatch.setattr(bare_core, "PROGRAM", tmp_path / "program.py")
    with pytest.raises(EmulatorError, match=r"ended before its result; it said: (unicorn is broken|nothing)\. Run it again"):
        bare_core.run(image[0], "cortex-m4", image[1], SIZES)


def test_a_missing_package_is_named(image, monkeypatch):
    monkeypatch.setattr(bare_core, "installed", lambda: False)
    with pytest.raises(ToolMissing, match="pip install unicorn"):
        bare_core.run(image[0], "cortex-m4", image[1], SIZES)


def test_a_progress_that_raises_ends_the_process(image):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bare_core.run(image[0], "cortex-m4", image[1], SIZES, stop)
    assert not left_over()


@pytest.mark.parametrize("said", ["error writing to a.o: No space left on device", "error: NoSpaceLeft"])
def test_a_full_disk_is_told_from_bad_code(said):
    assert "the disk is full: free some space" in str(explained(said, MEMORY))
