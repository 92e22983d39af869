"""From the open page to a verified download, by a script that clicks: `python benchmarks/act_as_user.py digits`.

Prints the seconds after which each thing was there. The downloaded `.tflite` counts as verified when its test accuracy,
computed here from the file alone, is the one that the page shows. `--pictures docs` keeps what was seen: the way as a moving
picture, `way.webp`, and one picture of each step.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from pnas_kit.deploy import evaluate
from pnas_kit.learn.data import load

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from served import Served, chromium

MINUTES = 60_000
CHART = ".pn-search .pn-front"
SAMPLES = ":is(.pn-samples, .pn-found) :is(img, svg)"
FILM_WIDTH, STILL_MS, MOVING_MS = 960, 2200, 350


class User:
    """Clicks, waits, tells the time, and remembers what was seen."""

    def __init__(self, page: Page) -> None:
        self.page, self.start = page, time.monotonic()
        self.frames: list[tuple[Image.Image, int]] = []
        self.stills: dict[str, Image.Image] = {}

    def tell(self, what: str, still: str = "") -> None:
        """Print what is there now; with a name, keep a picture of it."""
        print(f"{time.monotonic() - self.start:7.1f} s  {what}", flush=True)
        image = self.look(STILL_MS)
        if still:
            self.stills[still] = image

    def look(self, milliseconds: int = MOVING_MS) -> Image.Image:
        image = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        height = round(image.height * FILM_WIDTH / image.width)
        self.frames.append((image.resize((FILM_WIDTH, height), Image.Resampling.LANCZOS), milliseconds))
        return image

    def step(self, name: str) -> None:
        self.page.click(f'[data-action="step"][data-key="{name}"]')

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def fill(self, label: str, value: int | None) -> None:
        if value is not None:
            field = self.page.get_by_label(label, exact=True)
            field.fill(str(value))
            field.press("Tab")

    def choose_data(self, name: str) -> None:
        self.page.click(f'[data-action="data"][data-key="{name}"]')
        self.page.wait_for_selector(f"{SAMPLES}, [data-action=fetch]")
        fetch = self.page.locator('[data-action="fetch"]')
        if fetch.count():
            fetch.click()
        self.page.wait_for_selector(SAMPLES, timeout=5 * MINUTES)

    def watch(self, selector: str, every: float, most: float) -> None:
        """Look again and again until something is there."""
        end = time.monotonic() + most
        while not self.page.locator(selector).count():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {most:.0f} s for {selector}")
            time.sleep(every)
            self.look()


def search(user: User, trials: int | None, epochs: int | None) -> None:
    user.step("search")
    user.fill("Candidates", trials)
    user.fill("Training epochs", epochs)
    user.press("Start search")
    user.page.wait_for_function("chart => +document.querySelector(chart)?.dataset.points >= 1", arg=CHART, timeout=MINUTES)
    user.tell("first candidates on the chart")
    user.watch('.pn-progress[data-state="done"]', 1.0, 900)
    user.tell(f"search finished, {user.page.get_attribute(CHART, 'data-points')} candidates", "2-search")


def choose(user: User) -> int:
    user.step("choose")
    user.page.wait_for_selector(".pn-picks")
    picks = user.page.locator(".pn-pick").count()
    user.tell(f"{picks} prototypes proposed and compared", "3-choose")
    return picks


def train(user: User, picks: int, seconds: float) -> None:
    user.step("train")
    user.press("Start training")
    user.page.wait_for_selector(".pn-training", timeout=MINUTES)
    end = time.monotonic() + seconds
    while (verified := user.page.get_by_text("verified", exact=True).count()) < picks:
        if time.monotonic() > end:
            raise TimeoutError(f"{verified} of {picks} prototypes were verified after {seconds:.0f} s")
        time.sleep(3)
        user.look()
    user.tell("all prototypes trained, quantised and verified", "4-train")


def take(user: User, data: str, folder: Path) -> None:
    """Download the most accurate prototype's model and firmware, and score the model from the file alone."""
    user.step("deploy")
    rows = user.page.locator(".pn-table tr[data-key]")
    rows.first.wait_for()
    user.tell("models ready to take", "5-deploy")
    files = {}
    row = rows.first
    for title in ("Model", "Firmware"):
        with user.page.expect_download() as download:
            row.get_by_role("button", name=f"Download {title}").click()
        files[title] = folder / download.value.suggested_filename
        download.value.save_as(files[title])
    loaded = load(data)
    accuracy = evaluate(files["Model"].read_bytes(), loaded.test_x, loaded.test_y).accuracy
    shown = f"{100 * accuracy:.2f} %"
    if shown not in row.inner_text():
        raise AssertionError(f"the file reaches {shown}, the page says {row.inner_text()!r}")
    user.tell(
        f"{files['Model'].name} verified: {shown} of the whole test set, as the page says; {files['Firmware'].name} saved"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("--trials", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--minutes", type=float, default=30, help="longest training")
    parser.add_argument("--theme", default="light", choices=("light", "dark"))
    parser.add_argument("--pictures", type=Path, help="folder for what was seen")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720}, accept_downloads=True)
        user = User(page)
        page.goto(f"{server.app}?theme={a.theme}")
        page.wait_for_selector(SAMPLES)
        user.tell("page usable", "1-task")
        if a.data != "digits":
            user.choose_data(a.data)
            user.tell(f"{a.data} loaded")
        search(user, a.trials, a.epochs)
        picks = choose(user)
        train(user, picks, 60 * a.minutes)
        take(user, a.data, Path(folder))
    if a.pictures:
        keep(a.pictures, user)


def keep(folder: Path, user: User) -> None:
    """Stills, and an animated WebP: a GIF's 256 colours do not do for chart and pages together."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in user.stills.items():
        image.save(folder / f"way-{name}.webp", "WEBP", quality=80)
    images, durations = zip(*user.frames, strict=True)
    film = {"save_all": True, "append_images": images[1:], "duration": list(durations), "loop": 0, "quality": 70}
    images[0].save(folder / "way.webp", "WEBP", **film)


if __name__ == "__main__":
    main()
