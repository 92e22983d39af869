"""The whole way, from the open page to a download, with the keyboard alone."""

from pnas_kit.runs import Run, runs

MOST_TABS = 150
NAME = (
    "(e => (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '').trim())(document.activeElement)"
)


def tab_to(page, name):
    """Press Tab until what has the focus is called so."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(NAME).startswith(name):
            return
    raise AssertionError(f"{MOST_TABS} times Tab did not lead to {name!r}")


def enter(page, name):
    tab_to(page, name)
    page.keyboard.press("Enter")


def step(page, key):
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset?.action === 'step' && document.activeElement.dataset.key") == key:
            page.keyboard.press("Enter")
            page.wait_for_function("key => document.querySelector('[aria-current=step]')?.dataset.key === key", arg=key)
            return
    raise AssertionError(f"{MOST_TABS} times Tab did not lead to the step {key!r}")


def write(page, name, value):
    tab_to(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(str(value))


def test_from_the_open_page_to_a_download(served, page, shot):
    before = {run.name for run in runs(served.runs)} if served.runs.exists() else set()
    page.goto(served.app)
    page.wait_for_selector(".pn-samples img")
    step(page, "search")
    write(page, "Candidates", 24)
    write(page, "Training epochs", 1)
    enter(page, "Start search")
    page.wait_for_selector('.pn-progress[data-state="done"]', timeout=180_000)
    (run,) = [run for run in runs(served.runs) if run.name not in before]
    step(page, "choose")
    page.wait_for_selector(".pn-pick")
    page.focus("body")
    tab_to(page, "Clear")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing picked")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pn-pick")
    shot(page, "keyboard-choose")
    enter(page, "Train 1 prototype")
    enter(page, "Start training")
    page.wait_for_selector(".pn-training >> text=verified", timeout=180_000)
    step(page, "deploy")
    (number,) = Run(run.path).picks
    with page.expect_download() as download:
        enter(page, "Download Model")
    assert download.value.suggested_filename == f"digits-{number}-model.tflite"
    assert page.problems == []
