"""The whole way with data of one's own, time series and objects to find, from the upload to a model that runs."""

import re
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from own_files import recordings, scenes, zipped
from playwright.sync_api import expect
from served import Served
from test_whole_way import fill, step

from pnas_kit.deploy import Interpreter, evaluate
from pnas_kit.deploy.detections import found_by
from pnas_kit.learn.data import load
from pnas_kit.runs import Run
from pnas_kit.runs.examples import EXAMPLES

BOARD = "nucleo-f446re"
LABELS = "all => all.map(one => one.getAttribute('aria-label'))"


@dataclass(frozen=True)
class Way:
    name: str
    files: Any
    form: str  # that the page should recognise
    sample: str  # of the training data, on the page
    epochs: int  # the fewest with which something is found
    parts: tuple[str, ...] = ()  # of the firmware, beside those that every one has


WAYS = [
    Way("shaken", recordings, "CSV recordings", ".pn-samples-series svg", 8),
    Way("shapes", scenes, "COCO JSON", ".pn-detections svg .pn-real", 12, ("src/nn_detect.h",)),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server whose cache ends with it; this process reads the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PNAS_CACHE", str(tmp_path_factory.mktemp("cache")))
        made = Served(tmp_path_factory.mktemp("served"))
        yield made
        made.close()


def upload(page, path):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(path)


def take_in(page, shot, way, path):
    """Upload, look, use; then choose the board."""
    page.get_by_role("button", name="Your own data…").click()
    upload(page, path)
    page.wait_for_selector(f".pn-own-preview >> text={way.form}")
    expect(page.locator(".pn-own-preview")).to_be_in_viewport()
    shot(page, f"40-{way.name}-preview")
    page.get_by_role("button", name="Use this data").click()
    page.wait_for_selector(f'[data-action="data"][data-key="own/{way.name}"][aria-checked="true"]')
    page.locator(f".pn-task {way.sample}").first.wait_for()
    page.click(f'[data-action="board"][data-key="{BOARD}"]')
    page.wait_for_selector(f'[data-action="board"][data-key="{BOARD}"][aria-checked="true"]')
    shot(page, f"41-{way.name}-task")


def search(page, way):
    page.get_by_role("button", name="Continue to search").click()
    fill(page, "Candidates", 30)
    fill(page, "Training epochs", way.epochs)
    page.get_by_role("button", name="Start search").click()
    page.wait_for_selector('.pn-progress[data-state="done"]', timeout=120_000)


def choose_two(page):
    """The two cheapest of the front."""
    step(page, "choose")
    page.wait_for_selector(".pn-pick")
    page.get_by_role("button", name="Clear", exact=True).click()
    page.wait_for_selector("text=Nothing picked")
    page.focus(".pn-choose canvas")
    for key in ("Home", "Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Train 2 prototypes").click()


def train(page, shot, way):
    page.get_by_role("button", name="Start training").click()
    expect(page.locator(".pn-training", has_text="verified")).to_have_count(2, timeout=300_000)
    # A page that is opened while it is at work would show it.
    expect(page.locator(".pn-train").get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    page.evaluate("document.querySelector('.pn-outcome').scrollIntoView()")
    shot(page, f"42-{way.name}-outcome")


def take(page, number, folder):
    """The model's bytes, and the firmware's names with its copy of the model."""
    files = {}
    for title in ("Model", "Firmware"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download {title} of prototype {number}").click()
        files[title] = folder / download.value.suggested_filename
        download.value.save_as(files[title])
    with zipfile.ZipFile(files["Firmware"]) as project:
        assert project.testzip() is None
        names = {name.split("/", 1)[1]: name for name in project.namelist()}
        assert project.read(names["model.tflite"]) == files["Model"].read_bytes()
    return files["Model"].read_bytes(), set(names)


def answers(model, data, places, score):
    """What the page should say of these test samples: class and softmax in percent, or the boxes found in each."""
    x, classes = data.test_x[places], data.card.classes
    if data.card.task == "detection":
        seen = found_by(model, x, least=score)
        return [[f"{classes[c]} {100 * s:.0f} %" for c, s in zip(one.classes, one.scores, strict=True)] for one in seen]
    runtime = Interpreter(model)
    stored = runtime.run(runtime.quantise_input(x))
    odds = np.exp(runtime.dequantise(stored).astype(np.float64))
    shares = odds / odds.sum(axis=1, keepdims=True)
    return [f"answered {classes[row.argmax()]}, {100 * row.max():.0f} %" for row in shares]


def check_outcome(page, result, model, data):
    """What the page draws of test samples is what the downloaded file answers, and every box has its place there."""
    page.locator(f'[data-action="outcome"][data-key="{result.number}"]').click()
    page.wait_for_selector(f'.pn-outcome[data-key="{result.number}"]')
    if data.card.task == "detection":
        labels = page.eval_on_selector_all(".pn-train .pn-detections svg", LABELS)
        places = np.linspace(0, len(data.test_x) - 1, EXAMPLES).astype(int)
        wanted = answers(model, data, places, result.shown_score)
        assert [re.findall(r"(?:square|bar) \d+ %", label) for label in labels] == wanted
        assert page.locator(".pn-train .pn-detections .pn-box").count() == sum(map(len, wanted)) >= EXAMPLES // 2
        return
    labels = page.eval_on_selector_all(".pn-answers svg", LABELS)
    places = [int(re.search(r"sample (\d+):", label)[1]) for label in labels]
    assert len(places) >= 12
    said = [re.search(r"answered .*", label)[0] for label in labels]
    assert said == answers(model, data, places, result.shown_score)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_files_that_nothing_can_be_made_of_are_refused(served, page, shot, tmp_path, theme):
    page.goto(f"{served.app}?theme={theme}")
    page.get_by_role("button", name="Your own data…").click()
    upload(page, zipped(tmp_path / "letters.zip", {"a.doc": "hello", "b.doc": "world"}))
    page.wait_for_selector(".pn-own-data [role=alert] >> text=Nothing was kept")
    expect(page.get_by_role("button", name="Use this data")).to_be_hidden()
    expect(page.locator(".pn-own-data [role=alert]")).to_be_in_viewport(ratio=1)
    shot(page, f"44-refused-{theme}")
    assert page.problems == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_from_an_upload_to_a_model_that_runs(served, page, shot, tmp_path, way):
    page.goto(served.app)
    page.wait_for_selector(".pn-samples img")
    take_in(page, shot, way, zipped(tmp_path / f"{way.name}.zip", way.files()))
    search(page, way)
    choose_two(page)
    train(page, shot, way)
    run, data = Run(served.runs / re.search(r"run=([\w-]+)", page.url)[1]), load(f"own/{way.name}")
    assert run.config.board == BOARD and len(run.candidates()) == 30 and len(run.picks) == 2
    models = {}
    step(page, "deploy")
    for number in run.picks:
        model, names = take(page, number, tmp_path)
        assert {"src/nn.c", "src/nn.h", "Makefile", "MODEL_CARD.md", *way.parts} <= names
        score = evaluate(model, data.test_x, data.test_y)
        assert f"{100 * score.accuracy:.2f} %" in page.locator(f'.pn-table tr[data-key="{number}"]').inner_text()
        models[number] = model
    shot(page, f"43-{way.name}-deploy")
    step(page, "train")
    for number, model in models.items():
        check_outcome(page, run.result(number), model, data)
    assert page.problems == [] and page.foreign == []
