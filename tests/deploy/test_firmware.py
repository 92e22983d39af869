"""The firmware project: what is in it builds and runs, and says what it is."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from handmade import CLASSES
from made_firmware import CARD, NANO, TESTS, facts, needs, net, project, unpacked

from pnas_kit.cost import Board, boards, energy, latency, trace
from pnas_kit.cost.cimage import c_flash_bytes, c_ram_bytes
from pnas_kit.deploy import Interpreter, write_tflite
from pnas_kit.deploy.firmware import FirmwareError, firmware_project, platformio
from pnas_kit.deploy.model_card import _cell
from pnas_kit.space.layers import INPUT


def make(folder, *arguments):
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@needs("make", "arm-none-eabi-gcc", "qemu-system-arm")
@pytest.mark.parametrize("board", ["nano-33-ble", "pico", "teensy-41", "nrf5340-dk", "ek-ra8d1", "esp32"])
def test_the_plain_project_builds_and_runs_on_an_emulated_board(board, tmp_path):
    root = unpacked(project(2, boards()[board]), tmp_path)
    done = make(root)
    assert done.returncode == 0 and "warning" not in done.stderr, done.stderr
    done = make(root, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^different 0\nticks \d+\ntests {TESTS}$", done.stdout + done.stderr, re.MULTILINE)


@needs("make", "arm-none-eabi-gcc", "qemu-system-arm")
def test_a_wrong_byte_fails_the_run(tmp_path):
    done = make(unpacked(project(2, wrong=3), tmp_path), "run")
    assert done.returncode != 0 and "different 3\n" in done.stdout + done.stderr


@needs("make", "arm-none-eabi-gcc")
def test_the_board_s_memory_is_the_linker_s(tmp_path):
    model = net(2)
    root = unpacked(project(model=model), tmp_path)
    script = (root / "emulated/image.ld").read_text()
    assert f"LENGTH = {NANO.ram_bytes}" in script and f"LENGTH = {NANO.flash_bytes}" in script
    small = script.replace(f"LENGTH = {NANO.ram_bytes}", f"LENGTH = {c_ram_bytes(model.layers, model.input_shape)}")
    (root / "emulated/image.ld").write_text(small)
    done = make(root)
    assert done.returncode != 0 and "region `ram' overflowed" in done.stderr


@needs("cmake", "make", "arm-none-eabi-gcc", "qemu-system-arm")
def test_cmake_builds_and_runs_it_too(tmp_path):
    root = unpacked(project(4), tmp_path)
    for command in (["-B", "build"], ["--build", "build"], ["--build", "build", "--target", "run"]):
        done = subprocess.run(["cmake", *command], cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "warning" not in done.stderr.lower(), done.stdout + done.stderr
    assert "different 0\n" in done.stdout + done.stderr


@needs("make", "gcc")
def test_the_self_test_runs_on_this_computer(tmp_path):
    done = make(unpacked(project(3), tmp_path), "host", "HOSTCC=gcc")
    assert done.returncode == 0 and f"0 of {TESTS * CLASSES} output bytes differ" in done.stdout, done.stderr
    assert "warning" not in done.stderr


@needs("gcc")
def test_raw_numbers_are_fed_as_in_training(tmp_path):
    model = net(5)
    root = unpacked(project(model=model), tmp_path)
    known = facts(model)
    mean, deviation = np.float32(known["mean"]), np.float32(known["deviation"])
    raw = np.random.default_rng(0).normal(1, 4, (50, *model.input_shape)).astype(np.float32)
    raw[0].flat[:3] = [1e30, -1e30, 0]
    code = """#include "nn_data.h"
    #include <stdio.h>
    int main(void) { static float raw[NN_INPUT_BYTES];
        while (fread(raw, sizeof raw, 1, stdin)) { nn_feed(raw); fwrite(nn_input(), NN_INPUT_BYTES, 1, stdout); }
        return 0; }"""
    (tmp_path / "feed.c").write_text(code)
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{root / 'src'}"]
    program = tmp_path / "feed"
    subprocess.run(["gcc", *flags, tmp_path / "feed.c", root / "src/nn.c", "-lm", "-o", program], check=True)
    fed = subprocess.run([program], input=raw.tobytes(), capture_output=True, check=True).stdout
    expected = model.tensors[INPUT].quantise((raw - mean) / deviation)
    assert np.array_equal(np.frombuffer(fed, np.int8).reshape(raw.shape), expected)


def test_a_board_s_name_can_break_nothing(tmp_path):
    name = "Bench */ #error\n#error \\"
    own = Board("own", name, "x", "cortex-m4f", 100, 2**17, 2**19)
    root = unpacked(project(1, own), tmp_path)
    for path in root.rglob("*"):
        if path.suffix in (".ld", ".ini", ".ino", ".txt") or path.name == "Makefile":
            assert not re.search(r"^#error|#error.*\\\n|Bench \*/", path.read_text(), re.MULTILINE), path


def test_the_same_run_gives_the_same_bytes():
    assert project(1) == project(1) != project(1, epochs=4)


def test_another_process_gives_the_same_bytes_too(tmp_path):
    code = "import hashlib, made_firmware; print(hashlib.sha256(made_firmware.project(1)).hexdigest())"
    places = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1]), *sys.path])
    found = set()
    for seed in "12":
        env = {**os.environ, "PYTHONPATH": places, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code]
        found.add(subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip())
    assert found == {hashlib.sha256(project(1)).hexdigest()}


def test_the_card_tells_every_figure_with_its_band(tmp_path):
    model, board = net(2), boards()["nucleo-l4r5zi"]
    root = unpacked(project(model=model, board=board), tmp_path)
    card = (root / "MODEL_CARD.md").read_text()
    ops = trace(model.layers, model.input_shape)
    for figure in (latency(ops, board), latency(ops, board, "generated C"), energy(ops, board)):
        assert f"{figure.value:,.3g} m" in card and f", {figure.low:,.3g} to {figure.high:,.3g} |" in card
    for text in ("87.50 % of 40 test samples", "90.00 %", "| Licence of the data | free |", "nobody 2020", "| Seed | 3 |"):
        assert text in card
    assert f"{c_ram_bytes(model.layers, model.input_shape):,} bytes" in card and "somewhere" not in card
    for path in root.rglob("*"):
        if path.is_file() and path.name != "MODEL_CARD.md":
            name = path.relative_to(root).as_posix()
            assert f"| `{name}` | {hashlib.sha256(path.read_bytes()).hexdigest()} |" in card


def test_a_board_without_known_power_says_so(tmp_path):
    assert "| Energy | not known |" in (unpacked(project(1), tmp_path) / "MODEL_CARD.md").read_text()


@pytest.mark.parametrize("memory", ["flash", "ram"])
def test_a_board_without_room_is_refused(memory):
    model = net(1)
    needed = {"flash": c_flash_bytes, "ram": c_ram_bytes}[memory](model.layers, model.input_shape)
    small = replace(NANO, **{f"{memory}_bytes": needed})
    with pytest.raises(FirmwareError, match=f"(?i)bytes of {memory}.*choose a smaller network"):
        project(model=model, board=small)


def test_too_few_tests_and_unknown_layers_are_refused():
    with pytest.raises(FirmwareError, match="at least 20 test vectors, got 3"):
        project(1, count=3)
    model = net(1)
    part = next(iter(model.weights))
    four = replace(model, weights={**model.weights, part: replace(model.weights[part], scales=np.ones(1, np.float32)[:0])})
    x = np.zeros((TESTS, *model.input_shape), np.int8)
    with pytest.raises(FirmwareError, match=f"there is no C for this network: layer '{part}'"):
        firmware_project(four, b"", (x, np.zeros((TESTS, CLASSES), np.int8)), CARD, NANO, facts(model))


def test_fewer_tests_go_onto_a_board_with_little_room(tmp_path):
    model = net(1)
    room = c_flash_bytes(model.layers, model.input_shape) + 2048 + 1024
    root = unpacked(project(model=model, board=replace(NANO, flash_bytes=room)), tmp_path)
    (sketch,) = (root / "arduino").glob("*/*.ino")
    fitting = int(re.search(r"#define SELFTESTS (\d+)", sketch.read_text())[1])
    assert fitting < TESTS
    tests = sketch.parent / "src/nn_test_data.h"
    assert tests.is_file() == (fitting > 0) and (not fitting or f"#define NN_TESTS {fitting}\n" in tests.read_text())


def test_boards_of_platformio_are_boards_of_ours(tmp_path):
    assert set(platformio()) < set(boards())
    root = unpacked(project(1), tmp_path)
    assert "board = nano33ble\n" in (root / "platformio.ini").read_text()
    own = Board("own", "Bench", "x", "cortex-m4f", 100, 2**17, 2**19)
    (tmp_path / "own").mkdir()
    assert "FILL_IN" in (unpacked(project(1, own), tmp_path / "own") / "platformio.ini").read_text()


@needs("gcc")
def test_titles_units_and_classes_of_any_signs_reach_the_c(tmp_path):
    names = (
        ["Who??!", "a\\b", "tab\there", 'ü "x"', "bell\x07 1", "100 %d", "猫"] + [f"class {n}" for n in range(CLASSES)]
    )[:CLASSES]
    model = net(1)
    tflite = write_tflite(model)
    x = np.zeros((TESTS, *model.input_shape), np.int8)
    card = CARD | {"title": "Left */ right", "unit": "speed m*/s", "classes": names}
    root = unpacked(
        firmware_project(model, tflite, (x, Interpreter(tflite).run(x)), card, NANO, facts(model)), tmp_path / "zip"
    )
    print_them = "for (int i = 0; i < NN_CLASSES; i++) { fputs(nn_class_names[i], stdout); putchar(0); }"
    (tmp_path / "main.c").write_text(
        f'#include <stdio.h>\n#include "nn_data.h"\nint main(void) {{ {print_them} return 0; }}\n'
    )
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-unused"]
    sources = [tmp_path / "main.c", root / "src" / "nn.c"]
    subprocess.run(["gcc", *strict, f"-I{root / 'src'}", *sources, "-lm", "-o", tmp_path / "names"], check=True)
    said = subprocess.run([tmp_path / "names"], capture_output=True, check=True).stdout.decode().split("\0")
    assert said[:-1] == names
    assert "Left * / right" in (root / "README.md").read_text(encoding="utf-8")


def test_the_model_card_keeps_its_tables_whatever_classes_are_called():
    assert _cell("<unk>\n|a|\\") == "&lt;unk> \\|a\\|\\\\"
