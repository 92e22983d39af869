"""Small drawings, figures in words and the gauge, each against what it is made from."""

import re
import threading
from xml.etree import ElementTree

import numpy as np
import pytest
from made_runs import epoch

from pnas_kit.learn.data import DataError, load
from pnas_kit.runs import RunError
from widgets import words
from widgets.alert import Guard, alert_html
from widgets.curves import BOTTOM, HEIGHT, TOP, curve_svg, sparkline
from widgets.gauge import Gauge
from widgets.pictures import samples_html
from widgets.state import State


def test_the_rate_is_that_of_the_last_ten_seconds():
    gauge = Gauge()
    for second in range(61):
        gauge.note(second if second < 50 else 50 + 4 * (second - 50), second)
    assert gauge.per_second == pytest.approx(4.0, abs=0.4)
    gauge.note(0, 62)  # another run
    assert gauge.per_second is None


def test_a_curve_has_a_point_per_epoch_at_its_height():
    epochs = [epoch(1, 4, accuracy=0.0), epoch(2, 4, accuracy=0.5), epoch(3, 4, accuracy=1.0)]
    svg = ElementTree.fromstring(curve_svg(epochs))
    line = svg.find(".//polyline[@class='pn-curve-accuracy']").get("points").split()
    heights = [float(place.split(",")[1]) for place in line]
    assert heights == [HEIGHT - BOTTOM, (HEIGHT - BOTTOM + TOP) / 2, TOP]
    steps = np.diff([float(place.split(",")[0]) for place in line])
    assert steps[0] == pytest.approx(steps[1], abs=0.2)
    assert "epoch 3 of 4" in svg.get("aria-label")


def test_nothing_is_drawn_of_nothing():
    assert curve_svg([]) == "" and sparkline([0.1]) == ""


def test_samples_are_one_of_each_class_from_the_training_part():
    digits = load("digits")
    html = samples_html(digits)
    assert re.findall(r"<figcaption>(\w+)</figcaption>", html) == [str(n) for n in range(10)]
    assert html.count('src="data:image/png;base64,') == 10
    assert len(set(re.findall(r'base64,([^"]+)"', html))) == 10


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (words.kib(1536), "1.5 KiB"),
        (words.kib(256 * 1024), "256 KiB"),
        (words.kib(7936 * 1024), "7,936 KiB"),
        (words.kib(20 * 2**20), "20.0 MiB"),
        (words.macs(22_400), "22 k MACs"),
        (words.macs(8_300_000), "8.3 M MACs"),
        (words.percent(0.97492, 2), "97.49 %"),
        (words.percent(None), "–"),
        (words.duration(61.4), "61 s"),
        (words.duration(600), "10 min"),
        (words.duration(7260), "2 h 01 min"),
        (words.duration(None), "–"),
        (words.milliseconds(2.25), "2.2 ms"),
        (words.megabytes(11_496_804), "11 MB"),
        (words.megabytes(4_345_603), "4.3 MB"),
        (words.shape((8, 8, 1)), "Images 8 × 8"),
        (words.shape((1, 128, 6)), "Series 128 × 6"),
    ],
)
def test_figures_in_words(shown, expected):
    assert shown == expected


def test_what_a_thread_raises_is_shown_and_what_it_says_is_escaped():
    state = State()

    def broken():
        raise ValueError("<b>no</b>")

    thread = threading.Thread(target=Guard(state)(broken, safe="All is kept.", todo="Try again."))
    thread.start()
    thread.join()
    html = alert_html(state.problem)
    assert 'role="alert"' in html and "&lt;b&gt;no&lt;/b&gt;" in html and "<b>no</b>" not in html
    assert "All is kept. Try again." in html
    assert "ValueError" in state.problem.detail


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("cost"), "Something went wrong that nobody foresaw (KeyError)."),
        (OSError(28, "No space left on device", "/runs/x/journal.log"), "No space left on device: journal.log"),
        (RunError("no prototype is picked yet: choose one"), "No prototype is picked yet: choose one."),
        (DataError("It failed.\n- the <first>\nWhat to do:"), "It failed.</b></p><ul><li>the &lt;first&gt;</li></ul><p>"),
    ],
)
def test_what_is_read_of_an_error_is_a_sentence_and_never_pythons_own_words(error, words):
    state = State()

    def broken():
        raise error

    Guard(state)(broken)()
    assert words in alert_html(state.problem)


def test_a_guard_holds_the_lock_unless_told_otherwise():
    state = State()
    held = []

    def look():
        taken = threading.Thread(target=lambda: held.append(not state.lock.acquire(blocking=False)))
        taken.start()
        taken.join()

    Guard(state)(look)()
    Guard(state)(look, locked=False)()
    assert held == [True, False]
