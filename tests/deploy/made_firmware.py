"""A firmware project made of a small net, as the tests of the deploy room need it."""

import io
import os
import shutil
import zipfile

import numpy as np
import pytest
from handmade import CLASSES, sample_layers, samples, trained_like

from pnas_kit.cost import boards
from pnas_kit.deploy import Interpreter, write_tflite
from pnas_kit.deploy.firmware import firmware_project
from pnas_kit.deploy.quantiser import quantise

TESTS = 20
NANO = boards()["nano-33-ble"]
CARD = {
    "name": "digits", "title": "Waves", "licence": "free", "citation": "nobody 2020", "unit": "volts", "task": "image",
    "classes": [f"class {n}" for n in range(CLASSES - 1)] + ['a "quoted" one'],
}  # fmt: skip


def needs(*tools):
    absent = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(
        bool(absent) and os.environ.get("PNAS_REQUIRE_TOOLCHAIN") != "1",
        reason=f"{' and '.join(absent)} not installed: apt-get install make cmake gcc-arm-none-eabi qemu-system-arm",
    )


def net(seed):
    layers, shape = sample_layers(seed)
    return quantise(trained_like(layers, shape, seed), samples(shape, 24, seed))


def facts(model, **more):
    channels = model.input_shape[2]
    return {
        "number": 7, "mean": np.linspace(0.5, 2.0, channels), "deviation": np.linspace(0.1, 3.0, channels), "seed": 3,
        "float_accuracy": 0.9, "int8_accuracy": 0.875, "test_count": 40, "confusion": np.diag([8] * CLASSES).tolist(),
        "versions": {"numpy": "1.26", "platform": "somewhere"}, **more,
    }  # fmt: skip


def project(seed=1, board=NANO, wrong=0, model=None, count=TESTS, **more):
    model = model or net(seed)
    tflite = write_tflite(model)
    x = np.random.default_rng(seed).integers(-128, 128, (count, *model.input_shape), dtype=np.int8)
    y = Interpreter(tflite).run(x)
    y.reshape(-1)[:wrong] ^= 1
    return firmware_project(model, tflite, (x, y), CARD, board, facts(model, **more))


def unpacked(content, folder):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    (root,) = folder.iterdir()
    return root
