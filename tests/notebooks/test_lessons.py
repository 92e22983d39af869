"""Every lesson runs from its first cell to its last, and its folded solutions are what `check` accepts."""

import os
import re

import nbformat
import pytest
from lessons import LESSONS, read, solution, tagged
from nbclient import NotebookClient

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def said(cell):
    """What a cell shows as text."""
    return "\n".join(o.get("data", {}).get("text/plain", "") for o in cell.outputs if "data" in o)


@each_lesson
def test_a_lesson_runs_and_its_solutions_are_right(path, tmp_path):
    notebook = read(path)
    solved = []
    for cell in tagged(notebook, "solution"):
        solved.append(nbformat.v4.new_code_cell(solution(cell)))
        notebook.cells.insert(notebook.cells.index(cell) + 1, solved[-1])
    env = {**os.environ, "PNAS_LESSON_SMALL": "1", "PNAS_RUNS": str(tmp_path)}
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute(env=env)
    shown = [o.get("data", {}) for cell in notebook.cells for o in cell.get("outputs", [])]
    assert not any("image/png" in data for data in shown)  # it would be white on a dark page
    pictures = [data["text/html"] for data in shown if "<Figure" in data.get("text/plain", "")]
    assert pictures and all("#000000" not in picture and "#ffffff" not in picture for picture in pictures)
    assert [said(cell)[:14] for cell in tagged(notebook, "task")] == ["No answer yet."] * 3
    for cell in solved:
        assert said(cell).startswith("Right."), f"{cell.source}\n{said(cell)}"


@each_lesson
def test_a_lesson_says_what_it_is_and_has_three_tasks(path):
    notebook = read(path)
    number = int(re.search(r"lesson_(\d)", path.name)[1])
    about = notebook.metadata["lesson"]
    assert about["number"] == number and about["minutes"] > 0 and about["goal"].endswith(".")
    assert notebook.cells[0].source.startswith(f"# {notebook.metadata['title']}\n")
    assert notebook.metadata["title"].startswith(f"Lesson {number}: ")
    assert notebook.metadata["voila"]["layout"] == "lesson" and notebook.metadata["description"]
    asked, solutions = tagged(notebook, "task"), tagged(notebook, "solution")
    for index in range(3):
        call = rf"check\({number}, {index + 1}, "
        assert re.search(call, asked[index].source) and re.search(call, solution(solutions[index]))
        assert "..." in asked[index].source and "..." not in solution(solutions[index])
    assert len(asked) == len(solutions) == 3
    assert any("source(" in cell.source for cell in notebook.cells if cell.cell_type == "code")


@each_lesson
def test_cells_are_short(path):
    for cell in read(path).cells:
        assert len(cell.source.splitlines()) <= (24 if cell.cell_type == "code" else 40), cell.id
