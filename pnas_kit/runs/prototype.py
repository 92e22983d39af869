"""One prototype, from its architecture to a verified int8 file."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from pnas_kit.cost import estimate, speed
from pnas_kit.cost.estimate import ram_bytes
from pnas_kit.cost.scratch import CMSIS_NN
from pnas_kit.learn.data import Dataset, validation_split
from pnas_kit.learn.recipe import Recipe
from pnas_kit.search import Candidate

from .examples import ANSWERS_FILE, answers_file, examples_file
from .examples import FILE as EXAMPLES_FILE
from .folder import append_line, read_json, write_bytes, write_json, write_text
from .large import answers_for
from .pace import FINE_TUNING_EPOCHS
from .records import Result, balanced_accuracy
from .run import Run

if TYPE_CHECKING:  # at run time only where it is made: whoever looks at runs stays light
    from pnas_kit.deploy import QuantModel
    from pnas_kit.learn.train import Training

CALIBRATION_SAMPLES = 512
JUDGING_SAMPLES = 2000
MOST_LOST = 0.005
"""Accuracy that plain quantisation may cost before a prototype is fine-tuned with rounding in the loop."""
CALMER, SAME = 1 / 3, 1e-6
"""Of the learning rate, where the first training left a dead net: one whose answers differ by no more than this."""
LOOKED_AT = 32
"""Samples at once, to see whether a net is dead: all of them would take more memory than the training."""
CHECKPOINT, DIED = "checkpoint.pt", "died.txt"
SAVE_SECONDS = 5.0
"""Work that an interruption may cost; saving takes longer than an epoch of a tiny set."""
TESTS = 20
"""Test samples that the firmware's self-test and the emulated board run."""
DELIVERED = ("model.tflite", "model_data.h", "report.html", "firmware.zip")


def make_prototype(path: str, candidate: Candidate, seconds: float = inf) -> None:
    """Train a candidate of the run in `path`, quantise it, verify the file and write its figures.

    Goes on after the last finished epoch where an earlier attempt ended, and leaves off after the epoch in which `seconds`
    are over. The result is written last, so it exists only when everything else does. A net that its training left dead, as
    happens at high rates when channels are removed, is trained once more at a lower rate.
    """
    import torch

    from pnas_kit.search.process import keep_memory

    keep_memory()
    # Where anything else is at work, threads wait for each other far longer than they save
    # (`benchmarks/training_threads.py`), and the same seed gives the same net whatever the number of cores.
    torch.set_num_threads(1)
    run = Run(path)
    data = run.load_data()
    first, until = run.config.recipe_of(data.card), time.monotonic() + seconds
    calmer = replace(first, learning_rate=CALMER * first.learning_rate)
    died = run.prototype(candidate.number) / DIED
    recipe = calmer if died.exists() else first
    training = _train(run, candidate, data, recipe, until)
    if recipe is first and training.finished and is_dead(training.best, data.train_x[:CALIBRATION_SAMPLES]):
        write_text(died, f"All answers were the same after a training at a rate of {first.learning_rate}.\n")
        recipe = calmer
        (run.prototype(candidate.number) / CHECKPOINT).unlink()
        training = _train(run, candidate, data, recipe, until)
    if training.finished:
        _deliver(run, candidate, data, recipe, training.best)


def is_dead(net, x: np.ndarray) -> bool:
    """Whether a net answers the same, in one of its outputs, to all samples `(n, height, width, channels)`, float32."""
    import torch

    first: list[torch.Tensor] = []
    apart: list[float] = []
    for batch in torch.from_numpy(x).permute(0, 3, 1, 2).split(LOOKED_AT):
        with torch.no_grad():
            found = net(batch)
        parts = list(found.values()) if isinstance(found, dict) else [found]
        first = first or [part[:1].clone() for part in parts]
        now = [float((part - one).abs().max()) for part, one in zip(parts, first, strict=True)]
        apart = [max(pair) for pair in zip(apart or now, now, strict=True)]
        if min(apart) >= SAME:
            return False
    return True


def _train(run: Run, candidate: Candidate, data: Dataset, recipe: Recipe, until: float) -> Training:
    from pnas_kit.learn.train import Training
    from pnas_kit.search.process import device

    folder = run.prototype(candidate.number)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / CHECKPOINT
    settings = {"seed": run.config.seed, "checkpoint": checkpoint, "save_every": SAVE_SECONDS, "device": device()}
    training = Training(candidate.arch, data, recipe, **settings, answers=answers_for(run))
    noted = run.epochs(candidate.number)
    if len(noted) != training.finished_epochs or not noted:  # some may have been logged but not saved
        kept = (json.dumps(asdict(epoch)) + "\n" for epoch in noted[: training.finished_epochs])
        write_text(folder / "epochs.jsonl", "".join(kept))
    for epoch in training:
        append_line(folder / "epochs.jsonl", asdict(epoch))
        if time.monotonic() > until:
            training.save()
            break
        if run.paused:
            training.save()  # a rest may last, and the process end in it
            run.wait_while_paused()
    return training


def _parts(run: Run, data: Dataset, recipe: Recipe) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of training samples: all that are trained on, those of them that calibrate, and those that judge the file."""
    train, judging = validation_split(data, recipe.validation, run.config.seed)
    rng = np.random.default_rng(run.config.seed)
    return train, rng.permutation(train)[:CALIBRATION_SAMPLES], rng.permutation(judging)[:JUDGING_SAMPLES]


def _quantised(run: Run, data: Dataset, recipe: Recipe, net) -> tuple[QuantModel, bytes, str]:
    """The integer net, its file and how it was made: fine-tuned only where plain quantisation loses more than `MOST_LOST`.

    Both the loss and what fine-tuning gave are judged on the validation part, on all training samples where none are held
    out, by balanced accuracy where the recipe balances; the test split has no say. Only its last epoch is asked, when the
    rate has come down to a tenth: the best of several is the one that suits the samples that judge by chance.
    """
    from pnas_kit.deploy import evaluate, quantise, write_tflite
    from pnas_kit.deploy.qat import fine_tune
    from pnas_kit.learn.goal import goal_for
    from pnas_kit.learn.train import tensors
    from pnas_kit.search.process import device

    goal = goal_for(data.card, data.train_y, recipe.balance)
    train, calibrating, judging = _parts(run, data, recipe)
    calibration = data.train_x[calibrating]
    x, y = data.train_x[judging], data.train_y[judging]

    def judged(file: bytes) -> float:
        score = evaluate(file, x, y)
        return balanced_accuracy(score.confusion.tolist()) if recipe.balance and len(score.confusion) else score.accuracy

    model = quantise(net, calibration)
    plain = write_tflite(model)
    kept = judged(plain)
    if kept >= goal.measure(net, *tensors(x, y)) - MOST_LOST:
        return model, plain, "post-training"
    seen = tensors(data.train_x[train], data.train_y[train])
    tuned = fine_tune(
        net,
        calibration,
        *seen,
        epochs=FINE_TUNING_EPOCHS,
        seed=run.config.seed,
        loss=goal.plain_loss,
        augment=lambda x, y, generator: goal.changed(x, y, recipe.augment, generator),
        device=device(),
    )
    *_, last = tuned
    file = write_tflite(last)
    return (last, file, "quantisation-aware") if judged(file) > kept else (model, plain, "post-training")


def _shown_score(run: Run, data: Dataset, recipe: Recipe, model: bytes) -> float | None:
    """From which score a detector's boxes are shown, by the images that judged its quantisation."""
    if data.card.task != "detection":
        return None
    from pnas_kit.deploy.detections import found_by
    from pnas_kit.learn.detection import best_score

    *_, judging = _parts(run, data, recipe)
    return best_score(found_by(model, data.train_x[judging]), data.train_y[judging])


def _deliver(run: Run, candidate: Candidate, data: Dataset, recipe: Recipe, net) -> None:
    from pnas_kit.deploy import RuntimeMissing, arena, c_header, evaluate
    from pnas_kit.learn.detection.decode import SHOWN_SCORE
    from pnas_kit.learn.goal import goal_for
    from pnas_kit.learn.train import tensors

    folder = run.prototype(candidate.number)
    quantised, model, method = _quantised(run, data, recipe, net)
    score = evaluate(model, data.test_x, data.test_y, threads=run.config.workers)
    goal = goal_for(data.card)
    accuracy, strict = goal.figures(net, *tensors(data.test_x, data.test_y))
    plain = ram_bytes(net.layers, net.input_shape)
    scratch = max(0, ram_bytes(net.layers, net.input_shape, CMSIS_NN, run.problem.board.core) - plain)
    try:
        allocated = arena(model)
        measured, arena_needed = allocated.head_bytes, allocated.total_bytes  # a host's structures are larger than a board's
    except RuntimeMissing:
        measured, arena_needed = None, plain
    cost = estimate(net.layers, net.input_shape, run.problem.board, engine=run.problem.engine)
    epochs = run.epochs(candidate.number)
    result = Result(
        number=candidate.number,
        metric=goal.name,
        float_accuracy=accuracy,
        float_strict=strict,
        int8_strict=score.strict,
        shown_score=_shown_score(run, data, recipe, model),
        int8_accuracy=score.accuracy,
        test_count=score.count,
        confusion=np.asarray(score.confusion).tolist(),
        tflite_bytes=len(model),
        arena_predicted=cost.arena_bytes,
        arena_measured=measured,
        macs=cost.macs,
        params=cost.params,
        ram_bytes=cost.ram_bytes,
        flash_bytes=cost.flash_bytes,
        engine=run.problem.engine or speed(run.problem.board.core).engine,
        latency_ms=cost.latency_ms,
        energy_mj=cost.energy_mj,
        epochs=len(epochs),
        train_seconds=sum(e.seconds for e in epochs),
        validation_accuracy=max((e.accuracy for e in epochs if e.best and e.held_out), default=None),
        quantisation=method,
        sha256=hashlib.sha256(model).hexdigest(),
    )
    write_bytes(folder / "model.tflite", model)
    _write_firmware(run, candidate, data, quantised, model, result)
    if data.card.task == "detection":
        write_bytes(folder / EXAMPLES_FILE, examples_file(data, model, result.shown_score or SHOWN_SCORE))
    else:
        write_bytes(folder / ANSWERS_FILE, answers_file(data, model, score.answers))
    write_text(folder / "model_data.h", c_header(model, "model_data", arena_needed + scratch, data.card))
    write_text(folder / "report.html", _report(run, candidate, data, result))
    made = [path for name in DELIVERED if (path := folder / name).is_file()]
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}
    write_json(folder / "result.json", asdict(replace(result, files=files)))


def _write_firmware(run: Run, candidate: Candidate, data: Dataset, model: QuantModel, tflite: bytes, result: Result) -> None:
    """The integer net, its test inputs and the firmware project; `firmware.txt` says why where there is no project."""
    from pnas_kit.deploy import Interpreter
    from pnas_kit.deploy.firmware import FirmwareError, firmware_project
    from pnas_kit.deploy.stored import arrays_file, dump

    folder = run.prototype(candidate.number)
    chosen = np.linspace(0, len(data.test_x) - 1, TESTS).astype(int)
    inputs = model.tensors["input"].quantise(data.test_x[chosen])
    outputs = Interpreter(tflite).run(inputs)
    write_bytes(folder / "quant.npz", dump(model))
    write_bytes(folder / "tests.npz", arrays_file({"inputs": inputs, "outputs": outputs}))
    facts = asdict(result) | {
        "mean": data.mean,
        "deviation": data.std,
        "seed": run.config.seed,
        "versions": read_json(run.path / "versions.json", {}),
        "architecture": candidate.arch.words,
    }
    try:
        project = firmware_project(model, tflite, (inputs, outputs), data.card, run.problem.board, facts)
    except FirmwareError as error:
        (folder / "firmware.zip").unlink(missing_ok=True)  # of an earlier attempt
        write_text(folder / "firmware.txt", str(error))
    else:
        write_bytes(folder / "firmware.zip", project)


def _report(run: Run, candidate: Candidate, data: Dataset, result: Result) -> str:
    from pnas_kit.deploy import html_report

    return html_report(
        card=data.card,
        board=run.problem.board,
        arch=candidate.arch,
        result=result,
        seed=run.config.seed,
        versions=read_json(run.path / "versions.json", {}),
    )
