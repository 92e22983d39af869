"""What a detector's file finds: the C of the firmware against numpy, mAP against the float net, fine-tuning on boxes."""

import subprocess
from dataclasses import replace

import numpy as np
import pytest
import torch
from handmade import samples, trained_like
from made_firmware import NANO, needs, project, unpacked
from nets import per_family
from test_c_host import STRICT, inputs, needs_compiler

from pnas_kit.deploy import Interpreter, evaluate, quantise, write_tflite
from pnas_kit.deploy.c import generate
from pnas_kit.deploy.detect_header import detect_values
from pnas_kit.deploy.detections import found, real_outputs
from pnas_kit.deploy.firmware import fill
from pnas_kit.deploy.qat import fine_tune
from pnas_kit.learn.data.boxes import Boxes
from pnas_kit.learn.detection import decode, detection_loss
from pnas_kit.learn.detection.decode import MOST

MAIN = """#include "nn.h"
#include "nn_detect.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    nn_found found[64];
    if (argc != 4)
        return 1;
    nn_init();
    while (fread(nn_input(), 1, NN_INPUT_BYTES, stdin) == NN_INPUT_BYTES) {
        nn_run();
        int count = nn_detect(found, atoi(argv[1]), (float)atof(argv[2]), (float)atof(argv[3]));
        printf("%d\\n", count);
        for (int i = 0; i < count; i++)
            printf("%d %.9g %.9g %.9g %.9g %.9g\\n", found[i].class_index, (double)found[i].score, (double)found[i].x0,
                   (double)found[i].y0, (double)found[i].x1, (double)found[i].y1);
    }
    return 0;
}
"""


def detector(classes, shape=(33, 47, 2), seed=5):
    arch = replace(per_family(shape, 4, seed=seed)[0], head="detector", classes=classes)
    return quantise(trained_like(arch.pruned, shape, seed), samples(shape, 12, seed))


def answers_of_c(model, x, folder, *settings):
    folder.mkdir(exist_ok=True)
    files = generate(model) | {"nn_detect.h": fill("nn_detect.h", detect_values(model, 0.3)), "main.c": MAIN}
    for name, text in files.items():
        (folder / name).write_text(text)
    checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1"]
    sources = [folder / "nn.c", folder / "main.c"]
    subprocess.run(["gcc", *STRICT, *checks, *sources, "-lm", "-o", folder / "detect"], check=True)
    done = subprocess.run([folder / "detect", *map(str, settings)], input=x.tobytes(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    lines = iter(done.stdout.decode().splitlines())
    return [np.array([next(lines).split() for _ in range(int(count))], float).reshape(-1, 6) for count in lines]


@needs_compiler
@pytest.mark.parametrize("classes", [1, 3])
@pytest.mark.parametrize(("most", "least", "overlap"), [(32, 0.4, 0.5), (5, 0.2, 0.3), (64, 0.55, 0.9)])
def test_the_c_finds_what_numpy_finds(classes, most, least, overlap, tmp_path):
    model = detector(classes)
    x, interpreter = inputs(model, 3, 4), Interpreter(write_tflite(model))
    wanted = found(interpreter.outputs, interpreter.run(x), 33, 47, least=least, overlap=overlap, most=most)
    got = answers_of_c(model, x, tmp_path / "c", most, least, overlap)
    assert len(got) == len(x) and sum(map(len, got)) > 0 and max(map(len, got)) <= most
    for rows, right in zip(got, wanted, strict=True):
        assert rows[:, 0].tolist() == right.classes.tolist()
        np.testing.assert_allclose(rows[:, 1], right.scores, rtol=1e-5)
        np.testing.assert_allclose(rows[:, 2:], right.boxes, atol=1e-4)


def test_the_firmware_keeps_as_many_boxes_as_precision_counts():
    assert f"#define NN_DETECT_MOST {MOST} " in fill("nn_detect.h", detect_values(detector(3), 0.3))


def test_outputs_are_read_with_their_own_scales():
    model = detector(3)
    x, interpreter = inputs(model, 1, 2), Interpreter(write_tflite(model))
    maps = real_outputs(interpreter.outputs, interpreter.run(x))
    scales = {model.tensors[name].scale for name in maps}
    assert len(scales) == len(maps) and {name.split(".")[1] for name in maps} == {"box", "objectness", "classes"}
    for name, values in maps.items():
        steps = values / model.tensors[name].scale
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-3)
    assert all(np.array_equal(a.boxes, b.boxes) for a, b in zip(
        decode(maps, 33, 47), found(interpreter.outputs, interpreter.run(x), 33, 47), strict=True))  # fmt: skip


def test_a_file_is_judged_by_its_boxes():
    """Its own answers as the truth: what it finds first is right, and each further box is one more object."""
    model = detector(3)
    file = write_tflite(model)
    interpreter = Interpreter(file)
    x = model.tensors["input"].real(inputs(model, 2, 6))
    own = found(interpreter.outputs, interpreter.run(interpreter.quantise_input(x)), 33, 47)
    truth = Boxes.of([np.concatenate([f.classes[:, None], f.boxes], 1) for f in own])
    score = evaluate(file, x, truth)
    assert score.accuracy == pytest.approx(1) and score.strict == pytest.approx(1) and score.count == len(x)
    shifted = Boxes(truth.starts, truth.rows + np.float32([0, 9, 9, 9, 9]))
    assert evaluate(file, x, shifted).accuracy < 0.5
    with pytest.raises(ValueError, match="expected a detector for boxes"):
        layers = trained_like(replace(per_family((8, 8, 1), 1)[0]).pruned, (8, 8, 1), 1)
        plain = write_tflite(quantise(layers, samples((8, 8, 1), 8, 1)))
        evaluate(plain, np.zeros((1, 8, 8, 1), np.float32), Boxes.of([np.array([[0, 0, 0, 1, 1.0]])]))


def test_fine_tuning_a_detector_lowers_its_own_loss():
    shape = (33, 47, 2)
    arch = replace(per_family(shape, 4, seed=5)[0], head="detector", classes=2)
    net = trained_like(arch.pruned, shape, 5)
    x = torch.from_numpy(samples(shape, 16, 1)).permute(0, 3, 1, 2)
    y = torch.tensor([[[1, 5, 5, 20, 25.0]]]).repeat(16, 1, 1)
    models = list(fine_tune(net, x, x, y, epochs=3, rate=3e-3, loss=detection_loss))

    def loss(model):
        interpreter = Interpreter(write_tflite(model))
        maps = real_outputs(interpreter.outputs, interpreter.run(interpreter.quantise_input(x.permute(0, 2, 3, 1).numpy())))
        return float(detection_loss({k: torch.from_numpy(v).permute(0, 3, 1, 2) for k, v in maps.items()}, y))

    assert loss(models[-1]) < 0.9 * loss(models[0])


@needs("make")
@needs_compiler
def test_the_firmware_of_a_detector_builds_and_has_its_decoder(tmp_path):
    model = detector(3, (28, 28, 1))
    root = unpacked(project(model=model, board=NANO), tmp_path)
    header = (root / "src/nn_detect.h").read_text()
    assert "@" not in header and "NN_DETECT_CLASSES 3" in header
    assert "nn_detect(found" in (root / "README.md").read_text()
    done = subprocess.run(["make", "host"], cwd=root, capture_output=True, text=True, check=True)
    assert "0 of" in done.stdout
