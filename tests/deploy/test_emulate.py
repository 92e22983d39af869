"""The front door to the emulated boards: both ways give TFLite's bytes, and what cannot be done is said."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from handmade import CLASSES, sample_layers, samples, trained_like

from pnas_kit.cost.boards import boards
from pnas_kit.cost.cimage import c_flash_bytes, c_ram_bytes
from pnas_kit.deploy import Interpreter, QuantError, write_tflite
from pnas_kit.deploy.c import bare_core, emulator, generate, zig
from pnas_kit.deploy.c.cores import CORES
from pnas_kit.deploy.c.link import BOOT_BYTES, STACK_BYTES, Memory
from pnas_kit.deploy.emulate import DoesNotFit, EmulatorError, ToolMissing, emulate
from pnas_kit.deploy.quantiser import quantise

NETS = {"image": 9, "series": 7}
M4 = boards()["nucleo-f446re"]
qemu_tools = pytest.mark.skipif(
    not emulator.installed() and os.environ.get("PNAS_REQUIRE_TOOLCHAIN") != "1",
    reason="no cross compiler or emulator: apt-get install gcc-arm-none-eabi qemu-system-arm",
)
WAYS = [pytest.param("qemu", marks=qemu_tools), "unicorn"]


def made(seed, bits=8):
    layers, shape = sample_layers(seed)
    layers = tuple(replace(la, bits=bits) if la.kind == "conv" else la for la in layers)
    return quantise(trained_like(layers, shape, seed), samples(shape, 24, seed))


def drawn(model, count=20):
    return np.random.default_rng(count).integers(-128, 128, (count, *model.input_shape), dtype=np.int8)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("net", NETS)
def test_every_byte_of_twenty_inputs_is_that_of_tflite(net, how):
    model = made(NETS[net])
    assert (model.input_shape[0] == 1) == (net == "series")
    told = []
    found = emulate(model, drawn(model), M4, how=how, progress=lambda words, share: told.append(share))
    assert (found.how, found.core, found.tests, found.different) == (how, "cortex-m4", 20, 0)
    ram = c_ram_bytes(model.layers, model.input_shape)
    assert ram <= found.ram_bytes < ram + 16
    assert 0.8 < found.code_bytes / c_flash_bytes(model.layers, model.input_shape) < 1.8
    assert told == sorted(told) and told[-1] == 1 and "128 KiB RAM" in found.machine


@qemu_tools
def test_both_ways_count_about_the_same_instructions():
    model = made(9)
    counts = [emulate(model, drawn(model, 1), M4, how=how).instructions for how in ("qemu", "unicorn")]
    assert max(counts) < 1.3 * min(counts)  # two compilers


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("board", ["pico", "nucleo-f446re", "teensy-41", "nrf5340-dk", "ek-ra8d1"])
def test_every_kind_of_core_runs_without_any_tool(board, bits, monkeypatch):
    monkeypatch.setattr(emulator, "installed", lambda: False)
    model = made(4, bits)
    found = emulate(model, drawn(model, 4), boards()[board])
    assert (found.how, found.different) == ("unicorn", 0)


@qemu_tools
@pytest.mark.parametrize(
    ("core", "ram_kib", "machine"),
    [
        ("cortex-m0plus", 16, "microbit, Cortex-M0 in place of the Cortex-M0+"),
        ("cortex-m0plus", 17, "mps2-an385, Cortex-M3 in place of the Cortex-M0+"),
        ("cortex-m4f", 64, "mps2-an386, Cortex-M4"),
        ("cortex-m7", 64, "mps2-an500, Cortex-M7"),
        ("cortex-m33", 64, "mps2-an505, Cortex-M33"),
        ("cortex-m85", 64, "mps3-an547, Cortex-M55 in place of the Cortex-M85"),
    ],
)
def test_qemu_takes_the_best_machine_that_has_room(core, ram_kib, machine):
    model = made(4)
    board = replace(M4, core=core, ram_bytes=ram_kib << 10, flash_bytes=128 << 10)
    found = emulate(model, drawn(model), board, how="qemu")
    assert (found.different, found.machine.split(", with")[0]) == (0, f"QEMU {machine}")


@qemu_tools
@pytest.mark.parametrize(("board", "how"), [("pico", "unicorn"), ("ek-ra8d1", "qemu"), ("teensy-41", "unicorn")])
def test_the_way_is_the_one_with_the_board_s_own_core_and_room(board, how):
    model = made(4)
    assert emulate(model, drawn(model, 1), boards()[board]).how == how


@qemu_tools
def test_the_benchmark_of_every_core(capsys, monkeypatch):
    """On one core; `make bench-chip` runs it on all of them."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    import chip_emulators

    monkeypatch.setattr("sys.argv", ["chip_emulators.py", "--tests", "2", "--cores", "cortex-m33"])
    chip_emulators.main()
    assert capsys.readouterr().out.count(" 0 of 20 ") == 2 * len(chip_emulators.SHAPES)


def test_outputs_of_another_net_are_not_taken_for_a_wrong_run():
    model = made(4)
    with pytest.raises(QuantError, match="not those of this network: train the prototype again"):
        emulate(model, drawn(model, 2), M4, expected=np.full((2, CLASSES), 77, np.int8))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("memory", ["flash_bytes", "ram_bytes"])
def test_a_net_too_large_for_the_board_says_by_how_much(memory, how):
    model = made(9)
    fitting = emulate(model, drawn(model, 1), M4, how=how)
    needed = fitting.code_bytes if memory == "flash_bytes" else fitting.ram_bytes + STACK_BYTES
    small = replace(M4, **{memory: needed - 1000})
    with pytest.raises(DoesNotFit, match=r"fit the board: ([\d,]+) bytes too many") as caught:
        emulate(model, drawn(model, 1), small, how=how)
    over = int(str(caught.value).split("board: ")[1].split(" ")[0].replace(",", ""))
    assert abs(over - 1000) <= BOOT_BYTES
    assert ("flash" in str(caught.value)) == (memory == "flash_bytes")


def test_differing_bytes_are_counted(monkeypatch):
    model = made(9)
    wrong = Interpreter(write_tflite(model)).run(drawn(model))
    wrong[3, :2] ^= 1

    class Wrong:
        def __init__(self, file):
            self.run = lambda x: wrong

    monkeypatch.setattr("pnas_kit.deploy.emulate.Interpreter", Wrong)
    assert emulate(model, drawn(model), M4, how="unicorn").different == 2


@pytest.mark.parametrize("core", sorted({(core.unicorn, core.zig) for core in CORES.values()}), ids=lambda core: core[0])
def test_plain_and_dsp_kernels_agree_on_every_core(core, tmp_path):
    model = made(11, bits=4)
    x = drawn(model, 3)
    memory = Memory(flash_bytes=M4.flash_bytes, ram_bytes=M4.ram_bytes, flash_at=0x08000000)
    wanted = Interpreter(write_tflite(model)).run(x)
    counts = []
    for flags in ((), ("-DNN_NO_DSP",)):
        image = zig.build(generate(model), tmp_path, core[1], memory, flags=flags)
        found, count = bare_core.run(image, core[0], x, [wanted.shape[1]])
        np.testing.assert_array_equal(found, wanted)
        counts.append(count)
    assert (counts[0] < counts[1]) == (core[0] in ("cortex-m4", "cortex-m7", "cortex-m33"))  # the cores with SMLAD


def test_what_is_missing_is_named(monkeypatch):
    model = made(9)
    x = drawn(model, 1)
    with pytest.raises(EmulatorError, match="xtensa-lx7 core, and only Arm"):
        emulate(model, x, boards()["esp32-s3"])
    with pytest.raises(ValueError, match="how to be one of auto"):
        emulate(model, x, M4, how="renode")
    with pytest.raises(ValueError, match="at least one test input"):
        emulate(model, x[:0], M4)
    with pytest.raises(ValueError, match="expected int8 inputs"):
        emulate(model, x.astype(np.float32), M4, how="unicorn")
    monkeypatch.setattr(emulator, "installed", lambda: True)
    with pytest.raises(EmulatorError, match="more than QEMU's mps2-an500"):
        emulate(model, x, boards()["teensy-41"], how="qemu")
    monkeypatch.setattr(emulator, "installed", lambda: False)
    monkeypatch.setattr(zig, "installed", lambda: False)
    with pytest.raises(ToolMissing, match="pip install ziglang unicorn"):
        emulate(model, x, M4)
    with pytest.raises(ToolMissing, match="pip install ziglang"):
        emulate(model, x, M4, how="unicorn")


def test_without_the_tools_a_qemu_run_names_the_packages(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert shutil.which("arm-none-eabi-gcc") is None
    model = made(9)
    with pytest.raises(ToolMissing, match="apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi"):
        emulate(model, drawn(model, 1), M4, how="qemu")
