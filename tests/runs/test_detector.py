"""A detector's whole way through a run: trained, quantised, judged by mAP, with firmware and pictures."""

import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from detectors import detector, squares

from pnas_kit.deploy import evaluate
from pnas_kit.learn.data import CATALOGUE
from pnas_kit.learn.detection.decode import SHOWN_SCORE
from pnas_kit.runs import Config, Run, prototype
from pnas_kit.runs.boxes_svg import SIDE, boxes_svg
from pnas_kit.runs.examples import EXAMPLES, Example, read_examples
from pnas_kit.search import Candidate
from pnas_kit.search.evaluate import check
from widgets.detections import detections_html, found_html, training_examples


@pytest.fixture
def run(tmp_path, monkeypatch):
    data = squares()
    monkeypatch.setattr(Run, "load_data", lambda self, progress=None: data)
    config = Config(
        data="mnist_det", board="nucleo-f446re", ram_bytes=2**17, flash_bytes=2**19, macs=10**8, epochs=3, workers=1
    )
    return Run.create(config, tmp_path), data


def test_a_detector_ends_as_a_verified_file_with_firmware_and_pictures(run):
    run, data = run
    prototype.make_prototype(str(run.path), Candidate(number=4, arch=detector()))
    result = run.result(4)
    assert result.metric == "mAP50" and result.confusion == [] and result.test_count == 24
    assert 0 <= result.int8_strict <= result.int8_accuracy <= 1 and 0 <= result.float_strict <= result.float_accuracy
    score = evaluate(run.file(4, "model.tflite").read_bytes(), data.test_x, data.test_y)
    assert (score.accuracy, score.strict) == (result.int8_accuracy, result.int8_strict)
    assert result.arena_measured == result.arena_predicted
    with zipfile.ZipFile(run.file(4, "firmware.zip")) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
        header = archive.read(next(n for n in archive.namelist() if n.endswith("nn_detect.h"))).decode()
        card = archive.read(next(n for n in archive.namelist() if n.endswith("MODEL_CARD.md"))).decode()
    assert f"#define NN_DETECT_SCORE {result.shown_score}f" in header and result.shown_score != SHOWN_SCORE
    assert all(e.found[:, 5].min(initial=1) >= result.shown_score for e in read_examples(run.prototype(4)))
    assert {"src/nn_detect.h", "src/nn.c"} <= names and "mAP50 over 24 test images" in card
    assert "mAP50" in run.file(4, "report.html").read_text(encoding="utf-8")
    examples = read_examples(run.prototype(4))
    assert len(examples) == EXAMPLES and all(e.found.shape[1] == 6 and len(e.truth) for e in examples)
    raw = np.clip(np.round(data.raw(data.test_x[0])), 0, 255)
    np.testing.assert_array_equal(examples[0].picture, raw)
    html = found_html(examples, data.card, result.shown_score)
    assert f"a score of {100 * result.shown_score:.0f} % or more, where missed and false boxes balance" in html
    assert html.count("<svg") == EXAMPLES and "synthetic composition" in html
    assert html.count('class="pn-real"') == sum(len(e.truth) for e in examples)


def test_problems_of_detection_ask_for_detectors():
    config = Config(data="tree_crowns", board="pico", ram_bytes=2**17, flash_bytes=2**19, macs=10**8)
    problem = config.problem_of(CATALOGUE["tree_crowns"])
    assert problem.head == "detector" and problem.classes == 1
    assert config.problem_of(CATALOGUE["digits"]).head == "classifier"
    with pytest.raises(ValueError, match="need a loss"):
        check(replace(problem, loss=None), [])


def test_names_of_boxes_at_one_place_stand_below_each_other_and_within_the_picture():
    found = np.array([[0, 1, 8, 20, 30, 0.9], [1, 2, 9, 21, 31, 0.5], [0, 40, 8, 47, 30, 0.4]], np.float32)
    example = Example(np.zeros((48, 48, 1), np.uint8), np.zeros((0, 5), np.float32), found)
    html = found_html([example], squares().card, None)
    places = [(float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', html)]
    (_, first), (_, second), (right, _) = places
    assert len(places) == 3 and second - first >= 11 * 48 / SIDE
    assert 0 <= right < 40  # moved to the left, so that it ends within the picture


def test_names_in_any_writing_are_text_of_the_picture_and_wide_letters_have_room():
    found = np.array([[0, 1, 8, 20, 30, 0.9], [1, 30, 8, 44, 30, 0.5]], np.float32)
    svg = boxes_svg(Example(np.zeros((48, 48, 3), np.uint8), found[:1, :5], found), ["交通信号灯", 'a "<b>" & c'])
    root = ElementTree.fromstring(svg)
    assert [text.text for text in root.iter("text")] == ["交通信号灯 90 %", 'a "<b>" & c 50 %']
    (_, first), (_, second) = [(float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', svg)]
    assert second - first >= 11 * 48 / SIDE  # side by side they would overlap


def test_training_pictures_show_their_real_boxes():
    data = squares()
    examples = training_examples(data, 3)
    assert [len(e.truth) for e in examples] == data.train_y.counts[:3].tolist()
    assert "0 found" in detections_html(examples, data.card, "Training images")
