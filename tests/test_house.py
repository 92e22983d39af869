"""The shape of the project: who may import whom, and what must agree with what."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = {
    "space": set(),
    "cost": {"space"},
    "score": set(),
    "search": {"space", "cost", "score"},
    "learn": {"space", "cost"},
    "deploy": {"space", "cost", "learn"},
    "runs": {"space", "cost", "search", "learn", "deploy"},
}
SHARED = {"paths", "vision_ops"}
DISPLAY = {"ipywidgets", "IPython", "anywidget", "matplotlib.pyplot"}
SOURCES = [path for room in ALLOWED for path in (ROOT / "pnas_kit" / room).rglob("*.py")]


def imported(path: Path) -> set[str]:
    """Absolute names of all modules that a file imports, relative imports resolved."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            found.update({base + (node.module or ""), *(f"{base}{node.module or ''}.{a.name}" for a in node.names)})
    return {name.strip(".").replace("..", ".") for name in found}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_data_flows_one_way_and_the_kit_never_draws(path):
    names = imported(path)
    room = path.relative_to(ROOT / "pnas_kit").parts[0]
    rooms = {name.split(".")[1] for name in names if name.startswith("pnas_kit.")} - {room} - SHARED
    assert rooms <= ALLOWED[room], f"{room} may not import {rooms - ALLOWED[room]}"
    assert not {name for name in names for d in DISPLAY if name == d or name.startswith(d + ".")}
    assert not any(name.split(".")[0] == "widgets" for name in names)


def test_unicorn_is_loaded_by_a_program_of_its_own_alone():
    """It is under the GPL, version 2; the program loads nothing of this project beside it."""
    program = ROOT / "pnas_kit/deploy/c/core_process.py"
    users = {path for path in (*SOURCES, *ROOT.glob("widgets/*.py")) if any("unicorn" in n for n in imported(path))}
    assert users == {program}
    assert {name.split(".")[0] for name in imported(program)} <= {*sys.stdlib_module_names, "unicorn"}
    assert "GPL-2.0-only" in program.read_text(encoding="utf-8").splitlines()[0]


def test_looking_at_runs_needs_no_torch():
    code = "import sys, pnas_kit.runs, pnas_kit.cost, pnas_kit.space; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_page_loads_nothing_that_it_does_not_need():
    """Every visitor has a kernel of his own: what it loads costs each of them time and memory."""
    heavy = "{'torch', 'pandas', 'sklearn', 'scipy', 'matplotlib', 'timm', 'distributed'}"
    code = f"""
import sys, time
from widgets import Classroom, Workbench
app, room = Workbench(), Classroom()
while not app.steps["task"]._pictures: time.sleep(0.05)
assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


def test_conda_users_get_the_same_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line.strip().removeprefix("- ") for line in (ROOT / "environment.yml").read_text().splitlines()]
    listed = lines[lines.index("-c constraints.txt") + 1 : lines.index("-e .")]
    assert listed == project["dependencies"] + project["optional-dependencies"]["emulate"]
    assert "python=3.11" in lines and project["requires-python"] == "==3.11.*"


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    wanted = sum(project["optional-dependencies"].values(), project["dependencies"])
    names = {re.match(r"[\w.-]+", name)[0].lower() for name in wanted}
    assert names <= pinned


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_notebooks_store_no_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert not [c for c in cells if c["cell_type"] == "code" and (c["outputs"] or c["execution_count"])]


def test_the_app_notebook_calls_and_never_defines():
    cells = json.loads((ROOT / "notebooks" / "workbench.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    assert len(code) <= 4
    assert not [node for c in code for node in ast.walk(ast.parse(c)) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def test_the_code_is_clean():
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *arguments, str(ROOT)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_the_page_on_the_code_names_the_same_arrows():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (nothing|`[^|]*`) \| .* \|$", page, re.MULTILINE)
    told = {room: set(re.findall(r"`(\w+)`", names)) for room, names in rows}
    assert told == ALLOWED
    picture = (ROOT / "docs/architecture.svg").read_text(encoding="utf-8")
    assert all(f">{room}</text>" in picture for room in (*ALLOWED, "widgets"))


def test_every_test_file_has_a_name_of_its_own():
    """pytest imports them by their bare names."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert {name for name in names if names.count(name) > 1} == set()
