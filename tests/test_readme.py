"""What the README promises works as it is written there."""

import re
import subprocess
import sys
from pathlib import Path

import pnas_kit

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_notebook_lines_run(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert code.count("trials=100, workers=2") == 1
    smaller = code.replace("trials=100, workers=2", "trials=8, workers=0")
    names: dict = {}
    exec(compile(smaller, "README.md", "exec"), names)
    assert len(names["found"]) == 8


def test_every_path_named_exists():
    for path in re.findall(r"`((?:pnas_kit|docs|notebooks|benchmarks)/[\w./]+)`", README) + re.findall(
        r"\]\((docs/[^)]+)\)", README
    ):
        assert (ROOT / path).exists(), path


def test_every_public_name_resolves():
    for name in pnas_kit.__all__:
        assert getattr(pnas_kit, name) is not None


def test_timm_imports_beside_a_cpu_only_torch():
    code = "from pnas_kit.vision_ops import timm; import torchvision; assert timm.create_model('resnet10t', num_classes=2)"
    subprocess.run([sys.executable, "-c", code], check=True)
