"""What the tests read of a lesson's notebook."""

import re
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("lesson_*.ipynb"))


def read(path):
    return nbformat.read(path, 4)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def solution(cell):
    """The code folded into a solution's cell."""
    text = re.fullmatch(r"<details>\n?<summary>Solution</summary>\n\n(.*)\n</details>\n?", cell.source, re.DOTALL)[1]
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
