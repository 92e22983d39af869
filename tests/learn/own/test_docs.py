"""docs/own_data.md says what the code does: its example runs, its formats and limits are those of the package."""

import re
from pathlib import Path

import made
import pytest

from pnas_kit.deploy.c.features import TOLERANCE
from pnas_kit.learn.data import load
from pnas_kit.learn.own import limits, recognise, understand
from pnas_kit.learn.own.formats import FORMATS
from widgets.own_data import UPLOAD_MB

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "own_data.md").read_text(encoding="utf-8")
EXAMPLES = {
    "image folder": made.pictures(),
    "CSV recordings": {f"{label}_{i}.csv": made.recording(seed=i) for label in ("walk", "sit") for i in range(3)},
    "WAV folder": {f"{label}/{i}.wav": made.wav(i) for label in ("yes", "no") for i in range(4)},
    "UCR text": {"Toy_TRAIN.tsv": made.ucr(), "Toy_TEST.tsv": made.ucr(seed=1)},
    "sktime .ts": {"Toy_TRAIN.ts": made.ts(), "Toy_TEST.ts": made.ts()},
    "Weka .arff": {"Toy.arff": made.arff()},
    "COCO JSON": made.coco(),
    "Pascal VOC XML": made.voc_folder(),
    "YOLO": made.yolo(),
}


def test_the_example_runs(tmp_path, cache, monkeypatch):
    recordings = {f"{label}_{i}.csv": made.recording(seed=i) for label in ("walk", "sit") for i in range(4)}
    made.zipped(tmp_path / "walks.zip", recordings)
    monkeypatch.chdir(tmp_path)
    code = re.search(r"(    from pnas_kit.*?)\n\n`<cache>`", TEXT, re.DOTALL)[1].replace("\n    ", "\n").strip()
    names = {}
    exec(code, names)
    assert names["data"].card.shape == (1, 128, 2)
    with pytest.raises(Exception, match="Unknown data set"):
        load("own/walks")


def test_every_format_is_listed_and_recognised(tmp_path):
    listed = re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE)
    assert sorted(listed) == sorted(made_one.name for made_one in FORMATS)
    for number, (form, files) in enumerate(EXAMPLES.items()):
        packed = made.zipped(tmp_path / f"{number}.zip", {f"outer/{name}": content for name, content in files.items()})
        assert recognise(packed) == form
        assert understand(packed).found.form == form


def test_the_limits_are_those_of_the_code():
    for words in (
        f"| {UPLOAD_MB} MB;",
        f"| {limits.FILE_BYTES >> 30} GiB, {limits.TOTAL_BYTES >> 30} GiB |",
        f"| {limits.FILES:,}, {limits.ROWS // 10**6} million, {limits.CLASSES} |",
        f"| {limits.PIXELS // 10**6} million pixels |",
        f"| {limits.SAMPLE_VALUES // 10**6} million numbers, {limits.SAMPLE_BYTES >> 30} GiB |",
        f"at most {TOLERANCE:g} in",
    ):
        assert words in TEXT, words
