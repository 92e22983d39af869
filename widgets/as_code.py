"""Each step as the Python lines that do the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import anywidget
import traitlets

from pnas_kit.runs import Config
from pnas_kit.runs.again import given, literal
from widgets.asset import asset
from widgets.state import CHOICES, State

TASK = ("data", "board", "own_board", "ram_bytes", "flash_bytes", "macs", "engine", "int4")
"""What the first step asks for; the rest of a configuration belongs to the search."""
SAID = ("trials", "seed", "workers")
"""What is written out even where it is the default."""
KEPT = ("picks", "proposal", "costs", "proxies", "sampler", "large_epochs")
"""What a run may have that the page has no field for."""


def config_of(state: State) -> Config:
    """The choices on show; with all that the run on show has besides, while they are that run's."""
    mine, run = state.config(), state.run
    if run is None:
        return mine
    theirs = replace(mine, **{name: getattr(run.config, name) for name in KEPT})
    return run.config if theirs == run.config else mine


def task_code(state: State) -> str:
    """Data set, board and budget."""
    task = given(config_of(state))
    lines = "\n".join(f'    "{name}": {task[name]},' for name in task if name in TASK)
    return f"from pnas_kit import Config, Run, frame\n\ntask = {{\n{lines}\n}}\n"


def search_code(state: State) -> str:
    """The run, and its search."""
    settings = given(config_of(state), SAID).items()
    rest = "".join(f", {name}={value}" for name, value in settings if name not in TASK)
    return (
        f"run = Run.create(Config(**task{rest}))\n"
        'run.start("search")  # in a process of its own: run.pause(), run.resume(), run.stop()\n'
        "run.wait()\n"
        "table = frame(run.candidates())  # one row for each candidate\n"
    )


def choose_code(state: State) -> str:
    """The prototypes: the proposal, or those that were picked."""
    if state.run is None:
        return "run.pick(run.proposed())\n"
    if not state.picked or sorted(state.picked) == sorted(state.proposed):
        return f"{_which(state)}run.pick(run.proposed())\n"
    return f"{_which(state)}run.pick({state.run.picks})\n"


def train_code(state: State) -> str:
    """The training of what was picked, but for those that were stopped."""
    left_out = [number for number, progress in state.trainings.items() if progress.state == "stopped"]
    skipped = [number for number in left_out if state.run.skipped(number)]
    skips = "".join(f"run.skip({number})\n" for number in skipped)
    return (
        f'{_which(state)}{skips}run.start("train")\n'
        "run.wait()\n"
        "results = {number: run.result(number) for number in run.picks}  # accuracy, size, memory, confusion, …\n"
    )


def deploy_code(state: State) -> str:
    """The files of the verified prototypes."""
    data = (state.run.config.data if state.run else state.data).replace("/", "-")
    return (
        f"from pathlib import Path\n\n{_which(state)}for number in run.picks:\n"
        "    if run.result(number):\n"
        f'        file = Path(f"{data}-{{number}}-model.tflite")\n'
        '        file.write_bytes(run.delivered(number, "model.tflite"))\n'
        '# likewise "model_data.h", "report.html" and "firmware.zip"\n'
    )


CODE: dict[str, Callable[[State], str]] = {
    "task": task_code,
    "search": search_code,
    "choose": choose_code,
    "train": train_code,
    "deploy": deploy_code,
}


def _which(state: State) -> str:
    """A word on where the run comes from that a later step goes on with."""
    if state.run is None:
        return ""
    return f"# `run` is that of the step before; or from pnas_kit.runs import find; run = find({literal(state.run.name)})\n"


class Code(anywidget.AnyWidget):
    """The lines of the step on show, behind a button, to copy.

    Attributes:
        title: of the step.
        lines: Python.
    """

    _esm = asset("copy.js") + asset("code.js")
    title = traitlets.Unicode().tag(sync=True)
    lines = traitlets.Unicode().tag(sync=True)

    def __init__(self, state: State, guard: Callable) -> None:
        super().__init__()
        self._state = state
        state.observe(guard(lambda _: self.draw()), ["step", "run", "picked", "proposed", "trainings", *CHOICES])
        self.draw()

    def draw(self) -> None:
        """Bring the lines in line with the state; without sense while a choice makes none."""
        state, name = self._state, self._state.step
        self.title = name.capitalize()
        try:
            self.lines = CODE[name](state)
        except (TypeError, ValueError) as error:  # a choice that makes no sense, which the page says where it is made
            self.lines = f"# First correct this choice: {error}\n"
