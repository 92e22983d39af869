"""States that are rarely met: something is loaded, rests, is refused or fails. What the user reads, in light and dark."""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest
from loopback_index import HalfIndex
from playwright.sync_api import expect
from served import Served
from test_views import searched
from themes import THEMES

from pnas_kit.learn.data.sources import SOURCES
from pnas_kit.runs import Run, recorded
from pnas_kit.runs.own_boards import kept_boards, place

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "widgets"))
from made_runs import add_epochs, add_result, epoch, set_status

RAW = ("Error:", "Traceback", "__init__", "NoneType", "errno", "Errno")


@pytest.fixture(scope="module")
def index():
    made = HalfIndex(SOURCES["spoken_digits"][0])
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory, index):
    """A server with a cache of its own, which downloads from loopback; this process reads the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PNAS_CACHE", str(tmp_path_factory.mktemp("cache")))
        for name, value in index.settings.items():
            patch.setenv(name, value)
        made = Served(tmp_path_factory.mktemp("served"))
        made.runs.mkdir(exist_ok=True)
        yield made
        made.close()


@pytest.fixture(scope="module")
def run(served):
    return searched(served, 24)


def opened(page, address, step=""):
    page.goto(address)
    page.wait_for_selector(".pn-steps")
    if step:
        page.click(f'[data-action="step"][data-key="{step}"]')
        page.wait_for_selector(f'[aria-current="step"][data-key="{step}"]')


def read(place):
    """What the user reads there: no word of Python's, and nothing is cut off."""
    text = place.inner_text()
    assert not [word for word in RAW if word in text], text
    main = "(box => box.scrollWidth - box.clientWidth)(document.querySelector('main'))"
    assert place.page.evaluate(main) <= 0
    return " ".join(text.split())


@THEMES
def test_a_class_view_without_a_run_then_one_that_cannot_read_its_limits(served, page, shot, theme):
    """First in this file: the folder of runs is still empty."""
    limits = served.runs / "limits.json"
    limits.unlink(missing_ok=True)
    page.goto(f"{served.app.replace('workbench', 'class')}?theme={theme}")
    page.get_by_text("No run yet").wait_for(timeout=120_000)
    assert "Each run gets a line" in read(page.locator(".pn-class"))
    shot(page, f"50-class-empty-{theme}")
    limits.write_text('{"runners": ')
    alert = page.locator(".pn-alert")
    alert.wait_for()
    text = read(alert)
    assert "limits.json in the folder of runs cannot be read" in text and "repair or remove it" in text
    assert "It is tried again in a few seconds" in text
    shot(page, f"50-class-failed-{theme}")
    limits.unlink()
    alert.wait_for(state="detached")
    assert page.problems == [] and page.foreign == []


@THEMES
def test_a_download_is_followed_and_its_failure_told(served, page, shot, index, theme):
    index.again()
    opened(page, f"{served.app}?theme={theme}")
    page.click('[data-action="data"][data-key="spoken_digits"]')
    button = page.get_by_role("button", name="Download 4.5 MB")
    expect(button).to_be_in_viewport()  # what there is to do is seen without looking for it
    button.click()
    loading = page.locator(".pn-task .pn-waiting", has_text="2.3 of 4.5 MB")
    loading.wait_for()
    assert 0.3 < float(loading.locator("progress").get_attribute("value")) < 0.6
    loading.scroll_into_view_if_needed()
    read(loading)
    shot(page, f"51-download-{theme}")
    index.release()
    failed = page.locator(".pn-task .pn-failed[role=alert]")
    failed.wait_for()
    failed.scroll_into_view_if_needed()
    text = read(failed)
    assert "Free Spoken Digits" in text and "could not be downloaded" in text and "What you can do:" in text
    assert "it was cut off on the way, or changed" in text
    assert "you can choose another data set meanwhile" in text
    assert failed.get_by_role("button", name="Try again").is_enabled()
    shot(page, f"51-download-failed-{theme}")
    page.click('[data-action="data"][data-key="digits"]')
    page.locator(".pn-task .pn-samples-image").wait_for()
    assert page.problems == [] and page.foreign == []


@THEMES
def test_an_own_board_is_kept_and_one_refused(served, page, shot, theme):
    place().unlink(missing_ok=True)
    opened(page, f"{served.app}?theme={theme}")
    page.click('[data-action="board"][data-key="own"]')
    form = page.locator(".pn-own-board")
    form.get_by_label("Name").fill("Badge")
    form.get_by_label("Name").press("Tab")
    form.get_by_role("button", name="Keep this board").click()
    form.get_by_text("Badge is kept for later runs.").wait_for()
    assert set(kept_boards()) == {"Badge"}
    shot(page, f"52-board-kept-{theme}")
    place().write_text('[{"name": "half')
    form.get_by_label("Name").fill("Badge, second edition")
    form.get_by_label("Name").press("Tab")
    form.get_by_role("button", name="Keep this board").click()
    form.locator("[role=alert]").wait_for()
    text = read(form.locator("[role=alert]"))
    assert "boards.json, which keeps your own boards, is damaged" in text and "Nothing was changed" in text
    assert place().read_text() == '[{"name": "half'
    form.scroll_into_view_if_needed()
    shot(page, f"52-board-refused-{theme}")
    expect(page.get_by_role("button", name="Continue to search")).to_be_enabled()
    form.get_by_label("RAM, KiB").fill("0")
    form.get_by_label("RAM, KiB").press("Tab")
    form.get_by_text("RAM in KiB has to be above 0").wait_for()
    shot(page, f"52-board-wrong-{theme}")
    expect(page.get_by_role("button", name="Continue to search")).to_be_disabled()
    assert page.problems == [] and page.foreign == []


@THEMES
def test_a_training_rests_then_its_last_step_is_told(served, page, shot, run, theme):
    made = Run(shutil.copytree(run.path, run.path.with_name(f"training-{theme}")))
    going, waiting = [c.number for c in made.candidates() if c.feasible][:2]
    made.pick([going, waiting])
    made.note(going, "training")
    add_epochs(made, going, [epoch(n, 20, accuracy=n / 24) for n in range(1, 15)])
    me = psutil.Process()
    here = {"phase": "train", "pid": me.pid, "started": me.create_time(), "total": 40}
    set_status(made, state="paused", done=14, **here)
    opened(page, f"{served.app}?run={made.name}&theme={theme}", "train")
    page.wait_for_selector(f'.pn-training[data-key="{going}"][data-state="paused"]')
    step = page.locator(".pn-train")
    expect(step.get_by_role("button", name="Resume")).to_be_visible()
    text = read(step)
    assert "paused 14 of 40 epochs" in text and "left" not in step.locator(".pn-progress").inner_text()
    shot(page, f"53-training-paused-{theme}")
    add_epochs(made, going, [epoch(n, 20, accuracy=n / 24) for n in range(1, 21)])
    set_status(made, state="running", done=20, **here)
    page.wait_for_selector(f'.pn-training[data-key="{going}"][data-state="quantising"]')
    assert "quantising" in read(step) and "20 of 20" in read(step)
    assert "Number 1 in the queue." in read(step)
    shot(page, f"53-training-quantising-{theme}")
    set_status(made, state="stopped", phase="train", done=20, total=40)
    assert page.problems == [] and page.foreign == []


@THEMES
def test_an_unreadable_run_is_named_and_a_comparison_waits_and_fails(served, page, shot, run, theme):
    other = served.runs / "of-a-later-version"
    other.mkdir(exist_ok=True)
    (other / "config.json").write_text(json.dumps(asdict(run.config) | {"colour": "red"}))
    half = Run(shutil.copytree(run.path, run.path.with_name(f"half-{theme}")))
    opened(page, f"{served.app}?theme={theme}")
    page.locator(".pn-runs").click()
    line = page.locator(".pn-run-list", has_text="of-a-later-version cannot be read")
    line.wait_for()
    assert "“colour”, which this version does not know. Use the version that made it." in read(line)
    page.get_by_text("of-a-later-version").scroll_into_view_if_needed()
    shot(page, f"54-unreadable-{theme}")
    page.evaluate("scrollTo(0, 0)")
    for one in (run, half):
        page.locator(f'[data-key="{one.name}"] [data-action="mark"]').click()
        page.wait_for_selector(f'[data-key="{one.name}"] [data-action="mark"][aria-pressed="true"]')
    page.get_by_role("button", name="Compare the two").click()
    page.get_by_text("Comparing …").wait_for()
    expect(page.get_by_role("button", name="Compare the two")).to_be_disabled()
    shot(page, f"54-comparing-{theme}")
    page.get_by_role("button", name="Back to the list").click()
    add_result(half, next(c.number for c in half.candidates() if c.feasible))
    next(half.path.glob("prototypes/*/result.json")).write_text('{"number": ')
    page.get_by_role("button", name="Compare the two").click()
    alert = page.locator(".pn-alert")
    alert.wait_for()
    assert "result.json" in read(alert) and "Both runs stay as they are." in read(alert)
    expect(page.locator(".pn-run-table")).to_be_visible()
    shot(page, f"54-compare-failed-{theme}")
    page.get_by_text("Details").click()
    shot(page, f"54-alert-details-{theme}")
    page.get_by_role("button", name="Dismiss").click()
    alert.wait_for(state="detached")
    shutil.rmtree(other)
    half.delete()
    assert page.problems == [] and page.foreign == []


@THEMES
def test_a_replay_at_its_end_says_so(served, page, shot, theme):
    opened(page, f"{served.app}?theme={theme}")
    page.get_by_role("button", name="Look at a recorded search").click()
    root = page.locator(".pn-search .pn-front")
    root.locator(".pn-player").wait_for()
    many = len(recorded().candidates())
    root.get_by_role("slider", name="Candidates tried so far").focus()
    page.keyboard.press("End")
    page.locator(f".pn-search .pn-progress[data-done='{many}']").wait_for()
    expect(root.locator("[data-play]")).to_have_text("↺ Again")
    root.get_by_text("This is the end of the search: picking is off until you go back to now.").wait_for()
    assert f"{many} of {many}" in read(root.locator(".pn-player"))
    page.locator(".pn-search .pn-tile", has_text="Hypervolume").filter(has_text="0.").wait_for()
    shot(page, f"55-replay-end-{theme}")
    page.click('[data-action="step"][data-key="choose"]')
    page.locator(".pn-choose .pn-front[data-points='300']").wait_for()
    shot(page, f"55-replay-end-choose-{theme}")
    assert page.problems == [] and page.foreign == []
