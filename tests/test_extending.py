"""The lines of docs/extending.md do what the page says, each in a Python of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
PARTS = {title: code for title, code in re.findall(r"^## (.*?)\n.*?```python\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)}


@pytest.mark.parametrize("title", PARTS)
def test_the_lines_run(title, tmp_path):
    own = {"cwd": tmp_path, "env": os.environ | {"PNAS_CACHE": str(tmp_path / "cache")}}
    done = subprocess.run([sys.executable, "-c", PARTS[title]], capture_output=True, text=True, **own)
    assert done.returncode == 0, done.stderr


def test_every_addition_has_its_lines():
    assert list(PARTS) == ["A family", "A proxy", "A board", "A data set"]


@pytest.mark.parametrize("title", PARTS)
def test_they_are_few(title):
    assert len([line for line in PARTS[title].splitlines() if line.strip()]) <= 14
