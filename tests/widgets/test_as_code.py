"""The lines that a step shows do what the step does: executed as they are, one step after another."""

import shutil
from dataclasses import replace

import pytest
from made_runs import config

from pnas_kit.runs import Run
from widgets.as_code import CODE
from widgets.state import CHOICES, OWN_BOARD, State


def done(state, step, names):
    exec(compile(CODE[step](state), step, "exec"), names)


def test_the_code_of_all_steps_makes_the_run_that_the_app_made(workbench, run, tmp_path, monkeypatch):
    """The app's run was searched in this process; the code's is by the real runner, which trains as well."""
    monkeypatch.chdir(tmp_path)
    app = Run(shutil.copytree(run.path, run.path.parent / "app"))
    names, state = {}, workbench.state
    workbench.show_run(app)
    state.epochs = 1
    done(state, "task", names)
    done(state, "search", names)
    made = names["run"]
    assert made.path != app.path and made.config.epochs == 1
    assert made.config.__dict__ | {"epochs": None, "picks": app.config.picks} == app.config.__dict__
    for mine, theirs in zip(made.candidates(), app.candidates(), strict=True):
        assert replace(mine, seconds=0) == replace(theirs, seconds=0)
    assert len(names["table"]) == 24
    done(state, "choose", names)
    assert made.picks == made.proposed()
    smallest = min((c for c in app.candidates() if c.feasible), key=lambda c: c.cost.macs).number
    workbench.front.picked = [smallest]
    done(state, "choose", names)
    assert made.picks == app.picks == [smallest]
    done(state, "train", names)
    assert list(names["results"]) == [smallest] and names["results"][smallest].epochs == 1
    done(state, "deploy", names)
    model = (tmp_path / f"digits-{smallest}-model.tflite").read_bytes()
    assert model == made.file(smallest, "model.tflite").read_bytes()


def test_a_run_on_show_gives_its_own_configuration(workbench, root, run):
    odd = Run.create(config(seed=3, picks=2, proposal="objectives", trials=7, engine="generated C"), root)
    workbench.show_run(odd)
    names = {}
    done(workbench.state, "task", names)
    line = CODE["search"](workbench.state).splitlines()[0]
    exec(line, names)
    assert names["run"].config == odd.config


def test_names_with_quotes_stay_names():
    own = {"own_name": 'Tom\'s "bench"', "own_core": "cortex-m7", "own_clock_mhz": 300.0}
    state, names = State(board=OWN_BOARD, **own), {}
    done(state, "task", names)
    assert names["task"]["own_board"]["name"] == 'Tom\'s "bench"'


def test_a_choice_without_sense_is_told_instead(workbench):
    workbench.state.board, workbench.state.own_clock_mhz = OWN_BOARD, -1.0
    code = next(child for child in workbench.children[2].children if hasattr(child, "lines"))
    assert code.lines.startswith("# First correct this choice:") and "clock" in code.lines
    workbench.state.own_clock_mhz = 80.0
    assert '"clock_mhz": 80.0' in code.lines and workbench.state.problem is None


def test_the_code_follows_every_choice(workbench):
    """What changes the configuration is among the choices that the page's parts watch."""
    state, found = workbench.state, set()
    state.board = OWN_BOARD
    for name in (name for name in state.trait_names() if name not in ("moment", "fit")):
        value = getattr(state, name)
        other = {bool: lambda v: not v, int: lambda v: v + 1, float: lambda v: v / 2}.get(type(value))
        if other is not None:
            before = state.config()
            setattr(state, name, other(value))
            if state.config() != before:
                found.add(name)
    assert {"distil", "int4", "epochs", "own_clock_mhz"} <= found <= set(CHOICES)


@pytest.mark.parametrize("step", CODE)
def test_every_step_has_code_before_there_is_a_run(step):
    compile(CODE[step](State()), step, "exec")
