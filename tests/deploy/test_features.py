"""The C front end for sound, compiled for this machine, against Python's, and Python's against a sine's known spectrum."""

import ctypes
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace

import made_firmware
import numpy as np
import pytest

from pnas_kit.cost import beside
from pnas_kit.cost.cimage import c_ram_bytes
from pnas_kit.deploy.c.features import TOLERANCE, features_c
from pnas_kit.deploy.firmware import FirmwareError
from pnas_kit.learn.data.front_end import FLOOR, FrontEnd, features, mel_filters

STRICT = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
needs_compiler = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed: apt-get install gcc")


def clips(front, seed=0):
    """Silence, noise of all levels, full scale, a sweep, single bits: int16 `(clips, samples)`."""
    random, time = np.random.default_rng(seed), np.arange(front.samples) / front.sampling_hz
    noise = [random.normal(size=front.samples) * level for level in (1, 30, 1000, 10000)]
    sweep = 20000 * np.sin(2 * np.pi * (50 + 0.2 * front.sampling_hz * time / time[-1]) * time)
    square = 32767 * np.sign(np.sin(2 * np.pi * 440 * time))
    rows = [
        np.zeros(front.samples),
        *noise,
        sweep,
        square,
        np.full(front.samples, -32768),
        random.integers(-1, 2, front.samples),
    ]
    return np.stack(rows).clip(-32768, 32767).round().astype(np.int16)


def in_c(front, sound, folder, *flags):
    for name, text in features_c(front).items():
        (folder / name).write_text(text)
    library = folder / "features.so"
    subprocess.run(["gcc", *STRICT, *flags, "-shared", "-fPIC", folder / "features.c", "-lm", "-o", library], check=True)
    call = ctypes.CDLL(str(library)).features_of_clip
    rows = np.empty((len(sound), front.frames, front.width), np.float32)
    for clip, target in zip(np.ascontiguousarray(sound), rows, strict=True):
        call(ctypes.c_void_p(clip.ctypes.data), ctypes.c_void_p(target.ctypes.data))
    return rows


@needs_compiler
@pytest.mark.parametrize(
    "front",
    [
        FrontEnd.of("log-mel", 16_000, 16_000),
        FrontEnd.of("mfcc", 16_000, 8_000),
        FrontEnd.of("mfcc", 11_025, 5_513, bands=26, coefficients=20),
        FrontEnd.of("log-mel", 4_000, 1_000, bands=64),
    ],
    ids=lambda front: f"{front.kind} {front.sampling_hz}",
)
@pytest.mark.parametrize("flags", [("-O0",), ("-O3", "-ffp-contract=fast")], ids=["plain", "contracted"])
def test_c_and_python_agree_within_the_stated_tolerance(front, flags, tmp_path):
    sound = clips(front)
    wanted = features(sound, front)
    found = in_c(front, sound, tmp_path, *flags)
    worst = np.abs(found - wanted).max()
    assert worst <= TOLERANCE, f"differs by {worst}"
    assert np.ptp(wanted) > 5  # the clips are not all alike


def test_silence_is_the_floor_and_a_sine_is_in_its_band_with_a_quarter_of_full_power():
    front = FrontEnd.of("log-mel", 16_000, 512)
    assert features(np.zeros((1, 512), np.int16), front) == pytest.approx(np.log(FLOOR))
    bin_hz = 16_000 / front.points
    for number in (20, 60, 200):
        sine = np.round(32767 * np.sin(2 * np.pi * number * bin_hz * np.arange(512) / 16_000)).astype(np.int16)
        row = features(sine[None], front)[0, 0]
        # A Hann window spreads a sine of a whole bin over three bins, with powers 1/16, 1/4, 1/16 of the square amplitude.
        power = {number - 1: 1 / 16, number: 1 / 4, number + 1: 1 / 16}
        for band, (start, weights) in enumerate(mel_filters(front)):
            energy = sum(weights[b - start] * p for b, p in power.items() if 0 <= b - start < len(weights))
            assert np.exp(row[band]) == pytest.approx(energy + FLOOR, rel=2e-3, abs=2e-8)


def test_the_cepstrum_keeps_lengths_and_its_zeroth_number_is_the_mean():
    sound = clips(FrontEnd.of("log-mel", 8_000, 2_000))[1:4]
    bands = features(sound, FrontEnd.of("log-mel", 8_000, 2_000, bands=20))
    whole = features(sound, FrontEnd.of("mfcc", 8_000, 2_000, bands=20, coefficients=20))
    np.testing.assert_allclose(np.square(whole).sum(-1), np.square(bands).sum(-1), rtol=1e-5)
    np.testing.assert_allclose(whole[..., 0], bands.mean(-1) * np.sqrt(20), rtol=1e-5)


def test_the_tables_are_small_and_the_files_the_same_each_time():
    front = FrontEnd.of("mfcc", 16_000, 16_000)
    assert features_c(front) == features_c(front)
    assert front.c_ram_bytes == 4 * (2 * 512 + 40)
    with pytest.raises(ValueError, match="longer clip"):
        FrontEnd.of("mfcc", 16_000, 100)


def test_the_firmware_of_a_network_for_sound_holds_the_front_end(tmp_path, monkeypatch):
    front = FrontEnd.of("mfcc", 16_000, 16_000)
    silent = made_firmware.unpacked(made_firmware.project(), tmp_path / "silent")
    assert not list(silent.rglob("features.*"))
    monkeypatch.setattr(made_firmware, "CARD", made_firmware.CARD | {"front_end": front})
    root = made_firmware.unpacked(made_firmware.project(), tmp_path / "sound")
    found = {str(path.relative_to(root)): path.read_text() for path in root.rglob("features.*")}
    for name, text in features_c(front).items():
        assert [found[path] for path in found if path.endswith(name)] == [text, text]
    assert "features_of_clip" in (root / "README.md").read_text()
    assert "features_of_clip" not in (silent / "README.md").read_text()


@made_firmware.needs("arm-none-eabi-gcc", "arm-none-eabi-size")
@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4", "cortex-m7"])
@pytest.mark.parametrize(("kind", "hz", "bands"), [("log-mel", 8_000, 20), ("log-mel", 16_000, 40), ("mfcc", 44_100, 128)])
def test_memory_of_the_c_is_known_before_there_is_any(kind, hz, bands, core, tmp_path):
    front = FrontEnd.of(kind, hz, hz, bands=bands)
    for name, text in features_c(front).items():
        (tmp_path / name).write_text(text)
    compile_c = ["arm-none-eabi-gcc", "-O2", "-mthumb", f"-mcpu={core}", "-c", "features.c", "-o", "features.o"]
    subprocess.run(compile_c, cwd=tmp_path, check=True)
    told = subprocess.run(
        ["arm-none-eabi-size", "features.o"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    flash, data, variables = map(int, told.splitlines()[1].split()[:3])
    assert data == 0 and variables == front.c_ram_bytes
    assert flash <= front.c_flash_bytes < flash + 400


def test_a_board_is_full_before_the_front_end_is_forgotten(monkeypatch):
    front, model = FrontEnd.of("log-mel", 16_000, 16_000), made_firmware.net(1)
    ram = c_ram_bytes(model.layers, model.input_shape)
    small = replace(made_firmware.NANO, ram_bytes=ram + beside().ram_bytes)
    made_firmware.project(model=model, board=small)
    monkeypatch.setattr(made_firmware, "CARD", made_firmware.CARD | {"front_end": front})
    with pytest.raises(FirmwareError, match="with start-up, stack and the features of sound"):
        made_firmware.project(model=model, board=small)
    content = made_firmware.project(model=model, board=replace(small, ram_bytes=ram + beside(front).ram_bytes))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        card = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("MODEL_CARD.md"))
    assert f"| RAM, features of sound | {front.c_ram_bytes:,} bytes |" in card
