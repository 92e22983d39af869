"""A run whose prototypes learn from a large network too."""

import json

import numpy as np
import pytest

from pnas_kit.learn.own import take_in, understand
from pnas_kit.runs import Config, Run
from pnas_kit.runs.away import SETTINGS
from pnas_kit.runs.large import ANSWERS, CHECKPOINT, MESSAGE, PROGRESS, answers_for, large_of

FIELDS = {"data": "digits", "board": "nano-33-ble", "ram_bytes": 60_000, "flash_bytes": 200_000, "macs": 400_000}


@pytest.fixture
def waves(tmp_path, monkeypatch):
    """Series of one's own: quick and slow waves, two hundred of them."""
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))
    random, y = np.random.default_rng(0), np.arange(200) % 2
    x = np.sin(np.arange(40) * (0.2 + 0.4 * y[:, None]) + random.uniform(0, 6, (200, 1)))
    np.savez(tmp_path / "waves.npz", x=x[:, :, None].astype(np.float32), y=y)
    take_in(understand(tmp_path / "waves.npz"), "waves")
    return "own/waves"


def test_the_large_network_is_trained_before_the_prototypes(waves, tmp_path):
    run = Run.create(Config(**FIELDS | {"data": waves}, trials=8, epochs=1, distil=True, large_epochs=4), tmp_path)
    run.start("search")
    run.wait(120)
    number = min((c for c in run.candidates() if c.feasible), key=lambda c: c.cost.macs).number
    run.pick([number])
    run.start("train")
    said = set()
    while run.status.alive:
        said.add(run.status.message)
        run.wait(0.1)
    assert run.status.state == "done", run.status.error
    assert MESSAGE in said
    large, data = large_of(run), run.load_data()
    assert large.network == "InceptionTime, one member" and large.params > 300_000 and large.epochs == 4
    assert answers_for(run).shape == (len(data.train_y), 2)
    assert (answers_for(run).argmax(1) == data.train_y).mean() > 0.9 < large.accuracy  # in the order of the samples
    assert run.result(number).int8_accuracy > 0
    assert not (run.path / CHECKPOINT).exists() and not (run.path / PROGRESS).exists()


def test_a_machine_elsewhere_is_sent_the_answers(tmp_path):
    assert ANSWERS in SETTINGS
    labels_alone = Run.create(Config(**FIELDS), tmp_path)
    np.save(labels_alone.path / ANSWERS, np.zeros((2, 2)))
    assert answers_for(labels_alone) is None


def test_detectors_learn_from_labels_alone():
    with pytest.raises(ValueError, match=r"only classifiers.*leave distil out"):
        Config(**FIELDS | {"data": "mnist_det"}, distil=True)
    with pytest.raises(ValueError, match="large_epochs are at least 1"):
        Config(**FIELDS, large_epochs=0)


def test_a_run_of_before_there_was_a_choice_learns_from_labels(tmp_path):
    run = Run.create(Config(**FIELDS), tmp_path)
    fields = json.loads((run.path / "config.json").read_text())
    del fields["distil"], fields["large_epochs"]
    (run.path / "config.json").write_text(json.dumps(fields))
    assert Run(run.path).config.distil is False
