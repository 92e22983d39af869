"""The Deploy step's emulated board and pictures: what is on the page against what the cost model and the folder say."""

import csv
import json
import re
import subprocess
import sys
from dataclasses import asdict
from types import SimpleNamespace
from xml.etree import ElementTree

import psutil
import pytest
from made_runs import add_result

from pnas_kit.cost import (
    CMSIS_NN,
    boards,
    energy,
    latency,
    latency_by_op,
    memory_timeline,
    planned_ops,
    speed,
    trace,
)  # fmt: skip
from pnas_kit.cost.cimage import c_ram_bytes
from pnas_kit.runs import Emulation, Run
from pnas_kit.runs.large import KNOWN
from widgets import words
from widgets.chip_figures import BOTTOM, HEIGHT, TOP, costs_html, latency_svg, memory_svg
from widgets.emulated import emulation_html

TALL = HEIGHT - TOP - BOTTOM


@pytest.fixture
def model(run):
    """A net of the run: operators, input shape, and a board whose power is known."""
    arch = next(c.arch for c in run.candidates() if c.feasible)
    return SimpleNamespace(arch=arch, ops=trace(arch.pruned, arch.input_shape), board=boards()["nucleo-l4r5zi"])


@pytest.fixture
def deploy(run, workbench):
    """The step with one model, and its number."""
    number = next(c.number for c in run.candidates() if c.feasible)
    run.pick([number])
    add_result(run, number)
    workbench.show_run(run)
    return SimpleNamespace(
        step=workbench.steps["deploy"], number=number, run=run, state=workbench.state, watch=workbench._watch
    )


def test_a_large_network_on_the_same_data_is_the_last_row(deploy, monkeypatch, tmp_path):
    with KNOWN.open(newline="", encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["data"] == deploy.run.config.data)
    table = text(deploy.step._table.html)
    size, epochs = f"{int(row['parameters']) / 1e6:.1f} M parameters", f"{row['epochs']} epochs"
    compared = words.unbroken(f"{row['network']}, {size}, {epochs}, on the same data")
    table, compared = table.replace(" , ", ", "), text(compared).strip().replace(" , ", ", ")
    assert compared in table and f"– {100 * float(row['accuracy']):.2f} %" in table.split(compared)[1]
    assert f"{4 * int(row['parameters']) / 2**20:.1f} MiB its weights alone" in table
    other = tmp_path / "table.csv"  # of another test split
    other.write_text(KNOWN.read_text(encoding="utf-8").replace(f",{row['test']},", ",12345,"), encoding="utf-8")
    monkeypatch.setattr("pnas_kit.runs.large.KNOWN", other)
    deploy.step.draw()
    assert "To compare" not in deploy.step._table.html


def bars(svg):
    """Heights of every operator's bar, its parts together."""
    drawn = ElementTree.fromstring(svg).findall(".//g[@data-op]")
    return [sum(float(part.get("height")) for part in bar.findall("rect")) for bar in drawn]


def text(html):
    return re.sub(r"(<[^>]+>|\s)+", " ", html)


def test_memory_is_drawn_as_high_as_it_is(model):
    timeline = memory_timeline(model.ops, model.arch.input_shape)
    svg = memory_svg(timeline, model.ops)
    expected = [TALL * moment.bytes / timeline.arena_bytes for moment in timeline.moments]
    assert bars(svg) == pytest.approx(expected, abs=0.2)
    peak = timeline.moments[timeline.peak]
    assert f"peak {words.figure(peak.bytes / 1024)} KiB at {peak.op}" in svg and svg.count('class="pn-peak"') == 1


def test_time_is_drawn_as_long_as_it_is(model):
    times = [time for _, time in latency_by_op(model.ops, model.board)]
    svg = latency_svg(model.ops, model.board)
    assert bars(svg) == pytest.approx([TALL * time / max(times) for time in times], abs=0.2)
    assert sum(times) == pytest.approx(latency(model.ops, model.board).value)


@pytest.mark.parametrize("board", ["nucleo-l4r5zi", "pico", "esp32", "ek-ra8d1"])
def test_the_words_have_hint_band_and_engine(model, board):
    board = boards()[board]
    shown = text(costs_html(model.arch.pruned, model.arch.input_shape, board))
    whole = latency(model.ops, board)
    planned = planned_ops(model.arch.pruned, model.arch.input_shape, speed(board.core).engine, board.core)
    assert memory_timeline(planned, model.arch.input_shape).hint in shown
    assert ("CMSIS-NN's source asks" in shown) == (speed(board.core).engine == CMSIS_NN)
    assert f"{words.milliseconds(whole.value)} in all with TFLM" in shown and f"likely {words.span(whole)} ms." in shown


def test_the_pictures_of_the_generated_c_are_its_own(model):
    layers, shape = model.arch.pruned, model.arch.input_shape
    shown = text(costs_html(layers, shape, model.board, "generated C"))
    assert f"what the planner takes, {words.figure(c_ram_bytes(layers, shape) / 1024)} KiB" in shown
    assert "CMSIS-NN" not in shown and "in all with generated C" in shown


def test_the_pictures_are_opened_and_closed_by_their_button(deploy):
    table = deploy.step._table
    assert "<svg" not in table.html and 'aria-expanded="false"' in table.html
    table.press("costs", str(deploy.number))
    assert table.html.count("<svg") == 2 and 'aria-expanded="true"' in table.html
    deploy.state.status = None  # anything that draws the table again
    assert table.html.count("<svg") == 2
    table.press("costs", str(deploy.number))
    assert "<svg" not in table.html


def test_latency_and_energy_are_shown_with_their_band(run, workbench):
    changed = json.loads((run.path / "config.json").read_text()) | {"board": "nucleo-l4r5zi"}
    (run.path / "config.json").write_text(json.dumps(changed))
    run = Run(run.path)
    candidate = next(c for c in run.candidates() if c.feasible)
    ops = trace(candidate.arch.pruned, candidate.arch.input_shape)
    time, spent = latency(ops, run.problem.board), energy(ops, run.problem.board)
    run.pick([candidate.number])
    add_result(run, candidate.number, latency_ms=time.value, energy_mj=spent.value)
    workbench.show_run(run)
    html = workbench.steps["deploy"]._table.html
    assert f">{words.milliseconds(time.value)}<small>{words.span(time)}</small></td>" in html
    assert f">{words.figure(spent.value)} mJ<small>{words.span(spent)}</small></td>" in html


def test_the_firmware_is_handed_out_or_its_absence_explained(deploy, workbench):
    sent = []
    workbench._download.send = lambda content, buffers: sent.append((content["name"], content["mime"], bytes(buffers[0])))
    folder, press = deploy.run.prototype(deploy.number), deploy.step._table.press
    (folder / "firmware.txt").write_text("there is no C for this network")
    press("file", f"{deploy.number}:firmware.zip")
    assert "there is no C for this network" in deploy.state.problem.what and sent == []
    (folder / "firmware.zip").write_bytes(b"PK")
    press("file", f"{deploy.number}:firmware.zip")
    assert sent == [(f"digits-{deploy.number}-firmware.zip", "application/zip", b"PK")]


def test_a_damaged_file_is_not_handed_out(deploy, workbench):
    sent = []
    workbench._download.send = lambda *_, **__: sent.append(1)
    add_result(deploy.run, deploy.number, files={"model.tflite": "0" * 64})
    deploy.step._table.press("file", f"{deploy.number}:model.tflite")
    assert f"model.tflite of prototype {deploy.number} was changed or cut short" in deploy.state.problem.what and sent == []


def test_the_emulated_board_is_started_and_followed(deploy, monkeypatch):
    asked = []
    monkeypatch.setattr(Run, "emulate", lambda self, number: asked.append(number))
    deploy.step._table.press("emulate", str(deploy.number))
    assert asked == [deploy.number]
    folder = deploy.run.prototype(deploy.number)
    (folder / "emulated.json").write_text(json.dumps(asdict(Emulation(state="done", tests=20, bytes=200, different=0))))
    deploy.watch.read(deploy.state.run)
    assert "0 of 200 output bytes differ over 20 test inputs" in text(deploy.step._table.html)


def test_the_emulated_board_is_stopped_failed_and_tried_again(deploy, monkeypatch):
    """With a process in the job's place, which Stop has to end."""
    key, table, folder = str(deploy.number), deploy.step._table, deploy.run.prototype(deploy.number)
    (folder / "quant.npz").touch()
    jobs = []

    def launch(log, *words):
        jobs.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))
        return jobs[-1].pid

    monkeypatch.setattr("pnas_kit.runs.emulation.launch", launch)
    table.press("emulate", key)
    deploy.watch.read(deploy.state.run)
    assert f'data-action="halt" data-key="{key}"' in table.html and "starting" in table.html and deploy.state.busy
    table.press("halt", key)
    assert not psutil.pid_exists(jobs[0].pid)
    deploy.watch.read(deploy.state.run)
    assert 'data-state="stopped"' in table.html and "Run it again" in table.html and not deploy.state.busy
    table.press("emulate", key)
    deploy.watch.read(deploy.state.run)
    assert len(jobs) == 2 and 'data-action="halt"' in table.html
    jobs[1].kill()
    jobs[1].wait()
    deploy.watch.read(deploy.state.run)
    assert (
        'data-state="crashed"' in table.html and 'role="alert"' in table.html and f'emulate" data-key="{key}"' in table.html
    )
    assert deploy.state.problem is None


def test_a_net_that_was_not_kept_is_told(deploy):
    deploy.step._table.press("emulate", str(deploy.number))
    assert "quant.npz" in deploy.state.problem.what and not deploy.state.emulations


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "Run it on an emulated board"),
        (Emulation(message="building <1>", share=0.25), 'value="0.25"'),
        (Emulation(message="building <1>"), "building &lt;1&gt;"),
        (Emulation(state="stopped", share=0.5), "Stopped"),
        (Emulation(state="failed", error="gcc is missing: install it"), 'role="alert">gcc is missing: install it'),
        (Emulation(state="crashed", error="gone"), 'role="alert">gone'),
        (Emulation(state="done", tests=20, bytes=60, different=3), "different bytes"),
        (Emulation(state="done", tests=20, bytes=60, core="cortex-m4", machine="mps2-an386", how="qemu"), "same bytes"),
    ],
)
def test_every_state_of_an_emulation_is_told(found, shown):
    html = emulation_html(5, found)
    assert shown in html
    going = found is not None and found.state == "running"
    assert ('data-action="halt"' in html) == going == ('data-action="emulate"' not in html)
