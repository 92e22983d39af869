"""Data of one's own go the whole way: taken in, searched, trained, quantised, verified."""

import made
import numpy as np
import pytest

from pnas_kit.learn.data import card_of
from pnas_kit.learn.own import take_in, understand
from pnas_kit.runs import Config, Run
from pnas_kit.runs.runner import work

EXAMPLES = {
    "sound": ({f"{label}/{i}.wav": made.wav(10 * p + i) for p, label in enumerate(("yes", "no")) for i in range(20)}, {}),
    "boxes": (made.coco(60), {"image_size": (40, 60)}),
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_from_files_to_a_verified_model(kind, tmp_path, cache):
    files, settings = EXAMPLES[kind]
    seen = understand(made.zipped(tmp_path / "files.zip", files), **settings)
    take_in(seen, kind)
    room = {"ram_bytes": 2**17, "flash_bytes": 2**19, "macs": 20_000_000}
    config = Config(data=f"own/{kind}", board="nucleo-f446re", **room, trials=6, picks=1, epochs=1, workers=1)
    run = Run.create(config, tmp_path / "runs")
    assert work("search", run) == 0, run.status.error
    (number,) = run.proposed()
    run.pick([number])
    assert work("train", run) == 0, run.status.error
    result = run.result(number)
    assert result.metric == ("mAP50" if kind == "boxes" else "accuracy") and result.test_count == card_of(config.data).test
    assert result.tflite_bytes == len(run.delivered(number, "model.tflite")) and np.isfinite(result.int8_accuracy)
