"""What a refresh of the page costs at 5,000 trials: `python benchmarks/view_refresh.py [--trials 5000]`.

Python: from the new line in the run's journal to the last message to the page, with every step of the workbench drawn and
the thread that computes hypervolume and agreement at work, one candidate a look. Page: headless Chromium on the served app,
one panel after the other; "draw" is the script's time after a change of the filter, "painted" that with the rasteriser's (no
GPU) and the layout's. The candidates are drawn from the space with their real costs; their scores are random numbers, since
scoring 5,000 nets changes nothing about drawing them.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import psutil
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend
from optuna.study import StudyDirection
from optuna.trial import create_trial

from pnas_kit.cost import boards, estimate
from pnas_kit.runs import Config, Run, Status
from pnas_kit.search import Candidate
from pnas_kit.search.ledger import RECORD, STUDY
from pnas_kit.space import Arch, ShapeError, space

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from served import Served, chromium

TABS = ("front", "parallel", "table", "hypervolume", "agreement")
SHAPE = (8, 8, 1)


class Lines(BaseJournalBackend):
    """Keeps what would be written, so that thousands of trials need no thousands of file syncs."""

    def __init__(self) -> None:
        self.logs: list[dict] = []

    def read_logs(self, log_number_from: int) -> list[dict]:
        return self.logs[log_number_from:]

    def append_logs(self, logs: list[dict]) -> None:
        self.logs += logs


def drawn(number: int, rng: random.Random, run: Run) -> tuple[dict, Candidate]:
    """Parameters of a trial and the candidate, scored at random where it fits."""
    params = {c.name: rng.uniform(c.low, c.high) if c.continuous else rng.choice(c.options) for c in space(SHAPE)}
    arch = Arch.from_params(params, SHAPE, 10)
    try:
        cost = estimate(arch.pruned, SHAPE, run.problem.board)
    except ShapeError as error:
        return params, Candidate(number=number, arch=arch, excess={"shape": 1.0}, reason=str(error))
    excess = run.problem.limits.excess(cost)
    skill = math.log(cost.macs)
    fits = max(excess.values()) <= 0
    scores = {name: skill + rng.gauss(0, 1) for name in run.problem.proxies} if fits else None
    return params, Candidate(number=number, arch=arch, cost=cost, excess=excess, proxies=scores)


def journal_lines(run: Run, trials: int) -> list[str]:
    """The journal of a search, a line for each entry."""
    kept = Lines()
    storage = JournalStorage(kept)
    directions = [StudyDirection.MINIMIZE] + [StudyDirection.MAXIMIZE] * len(run.problem.proxies)
    study = storage.create_new_study(directions, STUDY)
    rng = random.Random(0)
    kinds = {
        c.name: FloatDistribution(c.low, c.high) if c.continuous else CategoricalDistribution(c.options)
        for c in space(SHAPE)
    }
    for number in range(trials):
        params, candidate = drawn(number, rng, run)
        scores = candidate.proxies or dict.fromkeys(run.problem.proxies, 0.0)
        values = [candidate.cost.macs if candidate.cost else 0.0, *scores.values()]
        record = {RECORD: candidate.to_record()}
        storage.create_new_trial(study, create_trial(params=params, distributions=kinds, values=values, user_attrs=record))
    return [json.dumps(log, separators=(",", ":")) + "\n" for log in kept.logs]


def python_side(run: Run, lines: list[str], refreshes: int) -> list[float]:
    """Milliseconds of each refresh while the last trials arrive one by one."""
    from widgets.watch import PERIOD
    from widgets.workbench import Workbench

    journal = run.path / "journal.log"
    journal.write_text("".join(lines[:-refreshes]))
    workbench = Workbench()
    workbench.show_run(run)
    watch, taken = workbench._watch, []
    while len(workbench.state.volumes) < sum(c.feasible for c in workbench.state.candidates):
        time.sleep(0.1)
    for line in lines[-refreshes:]:
        time.sleep(PERIOD)
        with journal.open("a") as file:
            file.write(line)
        with workbench.state.lock:
            start = time.perf_counter()
            watch.read(run)
            taken.append(1000 * (time.perf_counter() - start))
    assert len(workbench.front) == len(run.candidates())
    workbench.close()
    return taken


def page_side(run: Run) -> dict[str, tuple[float, float]]:
    """For each panel the milliseconds of a draw, and until it is painted, medians of ten changes of the filter."""
    with Served(run.path.parent, runs=run.path.parent) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{server.app}?run={run.name}")
        page.click('[data-action="step"][data-key="search"]')
        front = page.locator(".pn-search .pn-front")
        page.wait_for_function(
            "n => +document.querySelector('.pn-search .pn-front')?.dataset.points >= n", arg=len(run.candidates())
        )
        page.wait_for_timeout(20_000)  # until hypervolume and agreement are there
        found = {}
        for tab in TABS:
            front.locator(f"[data-tab={tab}]").click()
            found[tab] = tuple(map(statistics.median, zip(*[repaint(page) for _ in range(10)], strict=True)))
        return found


def repaint(page) -> tuple[float, float]:
    """Milliseconds of the script, and with the rasteriser and the layout, after a family was switched off or on."""
    return page.evaluate(
        """async () => {
            const root = document.querySelector(".pn-search .pn-front");
            const next = () => new Promise(requestAnimationFrame);
            await next();
            root.querySelector("[data-group]").click();
            await next();
            const drawn = +root.dataset.milliseconds;
            const flushed = performance.now();
            const canvas = [...root.querySelectorAll("canvas")].find((one) => one.offsetParent);
            canvas?.getContext("2d").getImageData(0, 0, 1, 1);
            root.getBoundingClientRect();
            return [drawn, drawn + performance.now() - flushed];
        }"""
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--refreshes", type=int, default=60)
    arguments = parser.parse_args()
    board = boards()["nano-33-ble"]
    me = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        limits = {"ram_bytes": board.ram_bytes, "flash_bytes": board.flash_bytes, "macs": board.default_macs}
        run = Run.create(Config(data="digits", board=board.id, trials=2 * arguments.trials, **limits), Path(folder))
        status = Status(phase="search", state="running", pid=me.pid, started=me.create_time(), total=2 * arguments.trials)
        (run.path / "status.json").write_text(json.dumps(asdict(status)))
        lines = journal_lines(run, arguments.trials)
        taken = python_side(run, lines, arguments.refreshes)
        found = Run(run.path).candidates()
        print(f"{len(found)} candidates, {sum(c.feasible for c in found)} fit")
        print(
            f"Python, a refresh with one more candidate: median {statistics.median(taken):.1f} ms, "
            f"slowest of {len(taken)} {max(taken):.1f} ms"
        )
        for tab, (drawing, whole) in page_side(run).items():
            print(f"page, {tab}: draw {drawing:.1f} ms, painted {whole:.1f} ms")


if __name__ == "__main__":
    main()
