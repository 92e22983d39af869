"""The quickstart runs from its first cell to its last."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_the_quickstart_ends_with_a_model(tmp_path):
    notebook = nbformat.read(NOTEBOOKS / "quickstart.ipynb", 4)
    (parameters,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    parameters.source += "\nTRIALS, EPOCHS, WORKERS = 16, 1, 0"
    env = {**os.environ, "PNAS_RUNS": str(tmp_path)}
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute(env=env)
    assert (tmp_path / "model.tflite").read_bytes()[4:8] == b"TFL3"
    printed = "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))
    assert "of 359 test samples right" in printed
    shown = "".join(o["data"].get("text/html", "") for c in notebook.cells for o in c.get("outputs", []) if "data" in o)
    assert shown.count('class="pn-peak"') == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "model.tflite"]
