"""Two runs side by side, and a run as a page: from small real searches, with results made by hand."""

import base64
import io
import re
import shutil
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.runs import Run
from pnas_kit.runs.again import python_lines
from pnas_kit.runs.compare import REFERENCE, compare, on_front
from pnas_kit.runs.large import compared_with
from pnas_kit.search import points, search
from pnas_kit.search.journal import journal_storage
from pnas_kit.search.pareto import hypervolume

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "widgets"))
from made_runs import add_epochs, add_result, config, epoch, set_status

TRIALS = 20


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """Two searches that differ in the seed alone."""
    root, batches = tmp_path_factory.mktemp("runs"), proxy_batches(load("digits"))
    found = []
    for seed in (0, 1):
        run = Run.create(config(seed=seed, trials=TRIALS), root)
        storage = journal_storage(run.path / "journal.log")
        for _ in search(run.problem, batches, trials=TRIALS, workers=0, seed=seed, storage=storage):
            pass
        set_status(run, phase="search", state="done", done=TRIALS, total=TRIALS)
        found.append(run)
    return found


@pytest.fixture
def pair(searched, tmp_path):
    return [Run(shutil.copytree(run.path, tmp_path / run.name)) for run in searched]


def fit(run):
    return [c for c in run.candidates() if c.feasible]


def changed(run, **changes):
    """The same search under another configuration."""
    other = Run.create(config(trials=TRIALS, **changes), run.path.parent)
    shutil.copy(run.path / "journal.log", other.path)
    return Run(other.path)


def test_both_hypervolumes_have_one_scale_and_one_reference(pair):
    found = compare(*pair)
    assert found.comparable and found.objectives == pair[0].problem.objectives
    assert "seeds differ" in " ".join(found.notes)
    rows = [points(fit(run), run.problem) for run in pair]
    low, high = np.min(np.concatenate(rows), axis=0), np.max(np.concatenate(rows), axis=0)
    for some, curve, run in zip(rows, found.volumes, pair, strict=True):
        whole = hypervolume((some - low) / (high - low), [REFERENCE] * some.shape[1]) / REFERENCE ** some.shape[1]
        assert curve[-1][1] == pytest.approx(whole)
        assert [number for number, _ in curve] == [c.number for c in fit(run)]
        assert all(a <= b for (_, a), (_, b) in pairwise(curve))


def test_a_run_compared_with_itself_shows_no_difference(pair):
    found = compare(pair[0], pair[0])
    assert found.volumes[0] == found.volumes[1] and found.notes == ()
    assert found.prototypes[0] == found.prototypes[1]


def test_the_best_verified_prototype_is_what_differences_are_told_to(pair):
    first, second = pair
    better, worse = (c.number for c in fit(first)[:2])
    add_result(first, worse, int8_accuracy=0.8)
    add_result(first, better, int8_accuracy=0.9)
    found = compare(first, second)
    assert [p.candidate.number for p in found.prototypes[0]] == [better, worse]
    assert found.reference.figures["int8_accuracy"] == 0.9
    assert found.reference.figures["flash_bytes"] == 21 * 1024  # of the file, not the estimate
    add_result(first, better, int8_accuracy=0.9, engine="generated C", flash_bytes=30 * 1024)
    assert compare(first, second).reference.figures["flash_bytes"] == 30 * 1024
    assert {p.candidate.number for p in found.prototypes[1]} == set(second.proposed())
    assert all(p.result is None and p.figures["int8_accuracy"] is None for p in found.prototypes[1])


def test_other_data_are_told_and_the_costs_still_stand(pair):
    other = Run.create(config(data="ecg5000"), pair[0].path.parent)
    found = compare(pair[0], other)
    assert not found.comparable and "Handwritten digits, 8 × 8" in found.why_not and "ECG5000" in found.why_not
    assert "can still be compared" in found.why_not and found.objectives == () and found.volumes == ([], [])
    assert found.prototypes[0] and found.prototypes[1] == []


@pytest.mark.parametrize(
    ("changes", "note", "objectives"),
    [
        ({"costs": ("ram_bytes",)}, "different objectives", ("macs", "score")),
        ({"ram_bytes": 60_000}, "budgets differ", None),
        ({"board": "pico-2"}, "two different targets", None),
    ],
)
def test_what_differs_is_said_and_what_can_be_measured_is(pair, changes, note, objectives):
    found = compare(pair[0], changed(pair[0], **changes))
    assert found.comparable and note in " ".join(found.notes)
    assert found.objectives == (objectives or pair[0].problem.objectives)


def test_the_front_of_compute_and_score_is_that_of_a_sweep(pair):
    best, kept = -np.inf, []
    for c in sorted(fit(pair[0]), key=lambda c: (c.cost.macs, -c.score)):
        if c.score > best:
            best = c.score
            kept.append(c.number)
    assert [c.number for c in on_front(pair[0])] == kept


# ---- the report


class Page(HTMLParser):
    """What a page refers to, its tags, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.references, self.text, self.ids, self._open = [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
                self.references.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_data(self, data):
        self.text.append(data)


def page_of(run):
    from pnas_kit.runs.report import run_report

    html = run_report(run)
    return html, Page(html)


def test_a_report_of_a_small_set_says_that_nothing_was_held_out(pair):
    run = pair[0]
    number = fit(run)[0].number
    run.pick([number])
    add_epochs(run, number, [epoch(n, 2, held_out=False) for n in (1, 2)])
    add_result(run, number, validation_accuracy=None)
    html, page = page_of(run)
    assert "accuracy on the training samples 90.0 %" in html and "Validation, in training" not in " ".join(page.text)


def test_a_report_holds_everything_and_refers_to_nothing(pair):
    run = pair[0]
    run.rename("Kitchen <b>scale</b>")
    number = fit(run)[0].number
    run.pick([number])
    add_epochs(run, number, [epoch(1, 2), epoch(2, 2, accuracy=0.8765)])
    add_result(run, number, files={"model.tflite": "0" * 64})
    html, page = page_of(run)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert "MACs, MeCo, ZiCo, NASWOT, SNIP" in page.text
    assert all(ref.startswith(("#", "data:image/png;base64,")) for ref in page.references)
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", html)) and "@import" not in html
    assert {ref[1:] for ref in page.references if ref.startswith("#")} <= set(page.ids) and len(page.ids) == len(
        set(page.ids)
    )
    assert page.tags.count("svg") == 3 and "Kitchen &lt;b&gt;scale" in html
    text = " ".join(" ".join(page.text).split())
    limits = run.problem.limits
    for wanted in (
        run.card.title, run.card.licence, run.problem.board.mcu, f"{limits.macs:,} MACs", "Front", "97.49 %", "98.33 %",
        "4.0 KiB", "21.0 KiB", "87.6", "0" * 64, "changed since", run.candidates()[number].arch.words,
        "NSGA-II", (large := compared_with(run)).network, f"{100 * large.accuracy:.2f} %", f"{large.params:,} parameters",
    ):  # fmt: skip
        assert wanted in text or wanted in html or wanted.lower() in text.lower(), wanted
    for c in on_front(run):
        assert f">{c.cost.macs:,}</td>" in html
    assert page_of(run)[0] == html


@pytest.mark.parametrize("state", ["stopped", "crashed"])
def test_a_run_that_ended_early_is_reported_as_far_as_it_got(tmp_path, state):
    run = Run.create(config(), tmp_path)
    set_status(run, phase="search", state=state, error="memory ran out")
    html, page = page_of(run)
    assert f"the search was {state}: memory ran out" in html and "None was chosen yet" in html and "svg" not in page.tags


def test_the_lines_in_the_report_make_the_same_run(pair, tmp_path, monkeypatch):
    run = pair[1]
    run.pick([fit(run)[0].number])
    monkeypatch.setenv("PNAS_RUNS", str(tmp_path / "again"))
    started = []
    monkeypatch.setattr(Run, "start", lambda self, phase: started.append((phase, self.config)))
    picked = []
    monkeypatch.setattr(Run, "pick", lambda self, numbers: picked.append(numbers))
    exec(python_lines(run), {})
    assert started == [("search", run.config), ("train", run.config)] and picked == [run.picks]


def test_a_detectors_pictures_are_inside_the_report(pair, monkeypatch):
    from pnas_kit.runs import report
    from pnas_kit.runs.examples import Example

    run, number = pair[0], fit(pair[0])[0].number
    add_result(run, number)
    truth = np.array([[1, 2, 2, 9, 9]], np.float32)
    found = np.array([[1, 2, 2, 8, 9, 0.75]], np.float32)
    monkeypatch.setattr(report, "read_examples", lambda _: [Example(np.zeros((12, 16, 3), np.uint8), truth, found)])
    html, page = page_of(run)
    (picture,) = [ref for ref in page.references if ref.startswith("data:")]
    image = Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2])))
    assert image.size == (16, 12) and np.asarray(image).max() == 0
    assert 'aria-label="1 found, 1 real: 1 75 %"' in html and "Dashed: the real box" in html
    assert html.count('class="pn-box"') == html.count('class="pn-real"') == 1
