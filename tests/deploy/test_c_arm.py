"""The generated C on emulated boards: every core that QEMU has, 0 differing bytes."""

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
from handmade import sample_layers, samples, trained_like
from nets import per_family

from pnas_kit.cost.cimage import c_flash_bytes, c_ram_bytes
from pnas_kit.deploy import Interpreter, write_tflite
from pnas_kit.deploy.c import generate
from pnas_kit.deploy.c.emulator import MACHINES, STACK_BYTES, EmulatorError, Machine, ToolMissing, build, find, run, sizes
from pnas_kit.deploy.quantiser import quantise
from pnas_kit.space.net import build as build_net

TOOLS = ("arm-none-eabi-gcc", "arm-none-eabi-size", "qemu-system-arm")
ABSENT = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(ABSENT) and os.environ.get("PNAS_REQUIRE_TOOLCHAIN") != "1",
    reason=f"{' and '.join(ABSENT)} not installed: apt-get install gcc-arm-none-eabi qemu-system-arm",
)
TESTS = 4


def made(seed, wrong=0, bits=8):
    """A net's C files with test vectors, `wrong` of whose expected bytes are not what the net gives."""
    layers, shape = sample_layers(seed)
    layers = tuple(replace(la, bits=bits) if la.kind == "conv" else la for la in layers)
    model = quantise(trained_like(layers, shape, seed), samples(shape, 24, seed))
    x = np.random.default_rng(seed).integers(-128, 128, (TESTS, *shape), dtype=np.int8)
    y = Interpreter(write_tflite(model)).run(x)
    y.reshape(-1)[:wrong] ^= 1
    return generate(model, (x, y)), c_ram_bytes(layers, shape)


@pytest.mark.parametrize("core", MACHINES)
@pytest.mark.parametrize("seed", [1, 2, 4, 8, 10])
def test_emulated_boards_give_the_bytes_of_tflite(core, seed, tmp_path):
    files, ram = made(seed)
    image = build(files, tmp_path, MACHINES[core])
    assert image.data == 0 and ram <= image.bss - STACK_BYTES < ram + 16
    ran = run(image, MACHINES[core])
    assert (ran.tests, ran.different) == (TESTS, 0)
    assert ran.instructions > 1000


@pytest.mark.parametrize("flags", [("-O0",), ("-Os",), ("-O3",), ("-O2", "-DNN_NO_DSP")], ids=" ".join)
def test_every_optimisation_gives_the_same_bytes(flags, tmp_path):
    files, _ = made(11)
    image = build(files, tmp_path, MACHINES["cortex-m4"], optimise=flags[0], flags=flags[1:])
    assert run(image, MACHINES["cortex-m4"]).different == 0


@pytest.mark.parametrize("core", ["cortex-m0", "cortex-m4"])
@pytest.mark.parametrize("seed", [1, 4, 11])
def test_int4_weights_on_emulated_boards(core, seed, tmp_path):
    files, ram = made(seed, bits=4)
    image = build(files, tmp_path, MACHINES[core])
    assert image.data == 0 and ram <= image.bss - STACK_BYTES < ram + 16
    assert run(image, MACHINES[core]).different == 0


def test_differing_bytes_are_counted(tmp_path):
    files, _ = made(2, wrong=3)
    assert run(build(files, tmp_path, MACHINES["cortex-m3"]), MACHINES["cortex-m3"]).different == 3


def test_what_does_not_fit_the_board_does_not_link(tmp_path):
    files, ram = made(1)
    with pytest.raises(EmulatorError, match="does not fit"):
        build(files, tmp_path, MACHINES["cortex-m4"], ram_bytes=ram)
    with pytest.raises(EmulatorError, match="does not fit"):
        build(files, tmp_path, MACHINES["cortex-m4"], flash_bytes=4096)


@pytest.mark.parametrize("core", ["m0", "m0plus", "m3", "m4", "m7", "m33", "m55"])
def test_no_warning_on_any_core(core, tmp_path):
    files, _ = made(9)
    build(files, tmp_path, Machine(name="any", flags=(f"-mcpu=cortex-{core}",)), optimise="-Os")


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("shape", [(8, 8, 1), (32, 32, 3), (1, 128, 6)], ids=str)
def test_memory_is_as_predicted(shape, bits, tmp_path):
    for arch in per_family(shape, 2, seed=5):
        layers = tuple(replace(la, bits=bits) if la.kind == "conv" else la for la in arch.layers)
        net = build_net(layers, shape, 5)
        if sum(p.numel() for p in net.parameters()) > 300_000:
            continue
        model = quantise(net, samples(shape, 4, 5))
        code, initialised, variables = sizes(generate(model), tmp_path, MACHINES["cortex-m4"])
        assert (initialised, variables) == (0, c_ram_bytes(layers, shape))
        assert abs(c_flash_bytes(layers, shape) / code - 1) < 0.05, arch.words


def test_a_missing_tool_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolMissing, match="apt-get install qemu-system-arm"):
        find("qemu-system-arm")
