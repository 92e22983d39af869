"""The sketch of the firmware project: compiled and linked as Arduino and PlatformIO do, and run."""

import configparser
import re
import subprocess

import pytest
from made_firmware import NANO, TESTS, needs, project, unpacked

from pnas_kit.deploy.firmware import platformio

ARDUINO = """#include <stdio.h>
struct {
    void begin(long) {}
    explicit operator bool() const { return true; }
    void print(const char *text) { printf("%s", text); }
    void println(long number) { printf("%ld\\n", number); }
    void println(unsigned long number) { printf("%lu\\n", number); }
} Serial;
unsigned long millis() { return 0; }
unsigned long micros() { return 0; }
void delay(int) {}
#include "SKETCH"
int main() { setup(); loop(); }
"""
"""As much of Arduino's library as the sketch uses."""
WARNED = ("-O1", "-Wall", "-Wextra", "-Werror")


def compile_sketch(root, folder, compiler, *flags):
    """The sketch as C++ and the network beside it as C, as Arduino and PlatformIO compile them; the linked program."""
    (sketch,) = (root / "arduino").glob("*/*.ino")
    (folder / "main.cpp").write_text(ARDUINO.replace("SKETCH", sketch.as_posix()))
    objects = []
    for source in (folder / "main.cpp", *(sketch.parent / "src").glob("*.c")):
        language = ("++", "-std=gnu++11") if source.suffix == ".cpp" else ("cc", "-std=gnu11")
        objects.append(folder / f"{source.stem}.o")
        command = [compiler + language[0], language[1], *WARNED, *flags, "-c", source, "-o", objects[-1]]
        subprocess.run(command, check=True)
    subprocess.run([f"{compiler}cc", *flags, *objects, "-lm", "-o", folder / "sketch"], check=True)
    return folder / "sketch"


@needs("gcc", "g++")
def test_the_sketch_runs_with_the_network_linked_in(tmp_path):
    root = unpacked(project(3), tmp_path / "zip")
    (sketch,) = (root / "arduino").glob("*/*.ino")
    assert sketch.stem == sketch.parent.name == "digits_7"
    assert f"#define SELFTESTS {TESTS} " in sketch.read_text()
    said = subprocess.run([compile_sketch(root, tmp_path, "g")], capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"self-test, bytes that differ: 0\n(class \d|a \"quoted\" one), microseconds: 0\n", said)
    wrong = unpacked(project(3, wrong=3), tmp_path / "wrong")
    said = subprocess.run([compile_sketch(wrong, tmp_path, "g")], capture_output=True, text=True, check=True).stdout
    assert said.startswith("self-test, bytes that differ: 3\n")


@needs("arm-none-eabi-gcc", "arm-none-eabi-g++")
@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4", "cortex-m7", "cortex-m33"])
def test_the_sketch_links_for_the_board_s_core(core, tmp_path):
    flags = (f"-mcpu={core}", "-mthumb", "-fno-exceptions", "--specs=nosys.specs", "-Wl,--no-warnings")
    assert compile_sketch(unpacked(project(3), tmp_path / "zip"), tmp_path, "arm-none-eabi-g", *flags).is_file()


def test_platformio_finds_the_sketch(tmp_path):
    """With an ini parser as PlatformIO's is; its own tool was run on it by hand, as docs/firmware.md says."""
    root = unpacked(project(3), tmp_path)
    ini = configparser.ConfigParser(strict=True)
    ini.read(root / "platformio.ini")
    assert len(list((root / ini["platformio"]["src_dir"]).glob("*.ino"))) == 1
    assert dict(ini[f"env:{NANO.id}"]).items() >= platformio()[NANO.id].items()
