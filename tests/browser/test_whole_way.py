"""From an empty page to a model that runs, in a real browser, on real data."""

import re
import time
import zipfile
from dataclasses import asdict

import numpy as np
import psutil
import pytest
from themes import THEMES
from waiting import wait_for

from pnas_kit.cost import memory_timeline, planned_ops, speed, trace
from pnas_kit.deploy import evaluate
from pnas_kit.learn.data import load
from pnas_kit.runs import Emulation, Run
from pnas_kit.runs.folder import write_json

CHART = ".pn-search .pn-front"


def step(page, name):
    page.click(f'[data-action="step"][data-key="{name}"]')


def points(page):
    return int(page.get_attribute(CHART, "data-points") or 0)


def wait_points(page, least, seconds=60):
    page.wait_for_function(
        "([chart, least]) => +document.querySelector(chart)?.dataset.points >= least",
        arg=[CHART, least],
        timeout=1000 * seconds,
    )


def fill(page, label, value):
    field = page.get_by_label(label, exact=True)
    field.fill(str(value))
    field.press("Tab")


def picked(page):
    return [int(n) for n in (page.get_attribute(".pn-choose .pn-front", "data-picked") or "").split()]


def wait_picks(page, count):
    """Until cards and chart, which are told one after the other, both show so many."""
    page.wait_for_function(
        "n => document.querySelectorAll('.pn-pick').length === n && "
        "document.querySelector('.pn-choose .pn-front').dataset.picked.split(' ').filter(Boolean).length === n",
        arg=count,
    )


class Told(dict):
    """What one test finds out and a later one needs."""

    def __missing__(self, name):
        pytest.skip(f"needs the {name} of a test that failed")


@pytest.fixture(scope="module")
def told():
    return Told()


def test_a_search_grows_stops_and_is_found_again(served, page, shot, told):
    page.goto(served.app)
    page.wait_for_selector(".pn-samples img")
    shot(page, "1-task")
    step(page, "search")
    fill(page, "Candidates", 60)
    fill(page, "Training epochs", 2)
    start = time.monotonic()
    page.get_by_role("button", name="Start search").click()
    wait_points(page, 1)
    assert time.monotonic() - start < 20  # the bar is 10 s on a quiet machine; this one may be busy
    before = points(page)
    wait_points(page, before + 5)
    shot(page, "2-search-live")

    page.reload()
    wait_points(page, before + 5, seconds=15)
    run = Run(served.runs / re.search(r"run=([\w-]+)", page.url)[1])
    assert run.status.alive

    page.get_by_role("button", name="Pause").click()
    page.wait_for_selector('.pn-progress[data-state="paused"]')
    shot(page, "2-search-paused")
    page.get_by_role("button", name="Resume").click()
    page.wait_for_selector('.pn-progress[data-state="running"]')
    clicked = time.monotonic()
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector('.pn-progress[data-state="stopped"]')
    assert time.monotonic() - clicked < 5  # the bar is 0.5 s on a quiet machine; this one may be busy
    wait_for(lambda: not run.status.alive and points(page) == len(run.candidates()))  # it may finish the trials in hand
    assert before <= points(page) < 60
    shot(page, "2-search-stopped")

    page.get_by_role("button", name="Continue", exact=True).click()
    page.wait_for_selector('.pn-progress[data-state="done"]', timeout=120_000)
    wait_points(page, 60)
    assert points(page) == 60 == len(Run(run.path).candidates())
    shot(page, "3-search-done")
    told["run"] = run.path
    assert page.problems == [] and page.foreign == []


def test_prototypes_are_chosen_by_proposal_mouse_and_keyboard(served, page, shot, told):
    run = Run(told["run"])
    page.goto(f"{served.app}?run={run.name}")
    page.wait_for_selector(".pn-steps")
    step(page, "choose")
    page.wait_for_selector(".pn-picks")
    wait_picks(page, len(run.proposed()))
    assert picked(page) == sorted(run.proposed()) == sorted(run.picks)
    shot(page, "4-choose")

    page.locator('[data-action="drop"]').first.click()
    wait_picks(page, 4)
    page.focus(".pn-choose canvas")
    page.keyboard.press("Home")
    first = int(page.get_attribute(".pn-choose .pn-front", "data-cursor"))
    before = set(picked(page))
    page.keyboard.press("Enter")
    wait_picks(page, len(before ^ {first}))
    assert set(picked(page)) == before ^ {first}
    assert page.locator(".pn-choose [aria-live]").inner_text().startswith(f"Candidate {first}.")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=Nothing picked")

    cheapest = min((c for c in run.candidates() if c.feasible), key=lambda c: c.cost.macs).number
    places = page.evaluate("JSON.parse(document.querySelector('.pn-choose .pn-front').dataset.places)")
    x, y = next((x, y) for number, x, y in places if number == cheapest)
    page.hover(".pn-choose canvas", position={"x": x, "y": y})
    tip = page.locator(".pn-choose .pn-tip")
    assert f"Candidate {cheapest}" in tip.inner_text() and "blocks" in tip.inner_text()
    page.click(".pn-choose canvas", position={"x": x, "y": y})
    page.wait_for_selector(f'.pn-pick[data-key="{cheapest}"]')
    assert Run(run.path).picks == [cheapest]
    told["number"] = cheapest
    assert page.problems == [] and page.foreign == []


def test_another_axis_needs_no_kernel(served, page, told):
    page.goto(f"{served.app}?run={told['run'].name}")
    page.wait_for_selector(".pn-steps")
    step(page, "search")
    wait_points(page, 60)
    for kernel in served.kernels():
        kernel.suspend()
    try:
        page.select_option(".pn-search [data-axis=x]", "ram")
        page.wait_for_function("() => document.querySelector('.pn-search canvas').ariaLabel.includes('RAM across')")
    finally:
        for kernel in served.kernels():
            kernel.resume()


def test_the_model_is_trained_and_downloaded_and_runs(served, page, shot, told, tmp_path):
    run, number = Run(told["run"]), told["number"]
    page.goto(f"{served.app}?run={run.name}")
    page.wait_for_selector(".pn-steps")
    step(page, "train")
    page.get_by_role("button", name="Start training").click()
    page.wait_for_selector('.pn-training[data-epoch="1"], .pn-training[data-epoch="2"]', timeout=90_000)
    shot(page, "5-train")
    page.wait_for_selector(".pn-training >> text=verified", timeout=90_000)
    page.get_by_role("button", name="Go to the models").click()
    row = page.locator(f'.pn-table tr[data-key="{number}"]')
    shown = row.inner_text()
    shot(page, "6-deploy")

    files = {}
    for title in ("Model", "C array", "Report", "Firmware"):
        with page.expect_download() as download:
            row.get_by_role("button", name=f"Download {title}").click()
        files[title] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[title])
    model = files["Model"].read_bytes()
    assert files["Model"].name == f"digits-{number}-model.tflite"
    assert model == run.file(number, "model.tflite").read_bytes()
    assert len(re.findall(r"0x[0-9a-f]{2}", files["C array"].read_text())) == len(model)
    assert "<html" in files["Report"].read_text()
    with zipfile.ZipFile(files["Firmware"]) as project:
        root = f"digits_{number}"
        assert project.testzip() is None and project.read(f"{root}/model.tflite") == model
        parts = ("src/nn.c", "src/nn.h", f"arduino/{root}/{root}.ino", "Makefile", "MODEL_CARD.md", "emulated/image.ld")
        assert {f"{root}/{part}" for part in parts} <= set(project.namelist())
    digits = load("digits")
    score = evaluate(model, digits.test_x, digits.test_y)
    assert f"{100 * score.accuracy:.2f} %" in shown
    assert np.trace(score.confusion) == round(score.accuracy * 359)
    assert page.problems == [] and page.foreign == []


@THEMES
def test_what_a_model_costs_is_drawn(served, page, shot, told, theme):
    run, number = Run(told["run"]), told["number"]
    run.file(number, "model.tflite")
    page.goto(f"{served.app}?run={run.name}&theme={theme}")
    page.wait_for_selector(".pn-steps")
    step(page, "deploy")
    button = page.get_by_role("button", name=f"What prototype {number} costs")
    button.click()
    page.wait_for_selector(".pn-costs svg")
    assert button.get_attribute("aria-expanded") == "true"
    arch = run.candidates()[number].arch
    ops = trace(arch.pruned, arch.input_shape)
    pictures = page.locator(".pn-costs svg")
    assert [pictures.nth(i).locator("g[data-op]").count() for i in (0, 1)] == [len(ops), len(ops)]
    planned = planned_ops(
        arch.pruned, arch.input_shape, run.problem.engine or speed(run.problem.board.core).engine, run.problem.board.core
    )
    assert memory_timeline(planned, arch.input_shape).hint in page.locator(".pn-costs").inner_text()
    wide = page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))")
    assert wide <= 0
    shot(page, f"7-costs-{theme}")
    button.click()
    page.wait_for_selector(".pn-costs", state="detached")
    assert page.problems == [] and page.foreign == []


def test_the_emulated_board_is_run_stopped_and_run_again(served, page, shot, told):
    """The real compiler and emulator, in the job's own process."""
    run, number = Run(told["run"]), told["number"]
    page.goto(f"{served.app}?run={run.name}")
    page.wait_for_selector(".pn-steps")
    step(page, "deploy")
    line = page.locator(".pn-emulation")
    page.get_by_role("button", name="Run it on an emulated board").click()
    page.wait_for_selector('.pn-emulation[data-state="running"] progress')
    pid = run.emulation(number).pid
    shot(page, "8-emulating")
    line.get_by_role("button", name="Stop the run").click()
    page.wait_for_selector('.pn-emulation[data-state="stopped"]')
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert not (run.prototype(number) / "emulating").exists()
    shot(page, "8-stopped")
    line.get_by_role("button", name="Run it again").click()
    page.wait_for_selector('.pn-emulation[data-state="done"]', timeout=120_000)
    assert re.search(r"same bytes\s*0 of 200 output bytes differ over 20", line.inner_text())
    shot(page, "9-emulated")
    assert page.problems == [] and page.foreign == []


def test_a_failed_run_on_the_emulated_board_is_told(served, page, shot, told):
    run, number = Run(told["run"]), told["number"]
    run.file(number, "model.tflite")
    failed = Emulation(state="failed", error="the compiler is missing: install it")
    write_json(run.prototype(number) / "emulating.json", asdict(failed))
    page.goto(f"{served.app}?run={run.name}")
    page.wait_for_selector(".pn-steps")
    step(page, "deploy")
    page.wait_for_selector(".pn-emulation [role=alert] >> text=install it")
    assert page.get_by_role("button", name="Run it again").is_enabled()
    shot(page, "10-failed")
    assert page.problems == [] and page.foreign == []
