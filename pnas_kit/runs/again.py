"""A run as the Python that makes it anew."""

from __future__ import annotations

from dataclasses import MISSING, fields

from .records import Config
from .run import Run


def python_lines(run: Run) -> str:
    """Python that does what the run did."""
    given = [
        f"    {field.name}={value!r},\n"
        for field in fields(Config)
        if (value := getattr(run.config, field.name)) != field.default or field.default is MISSING
    ]
    train = f'\nrun.pick({run.picks})\nrun.start("train")\nprint(run.wait())\n' if run.picks else ""
    return (
        "from pnas_kit.runs import Config, Run\n\n"
        f'run = Run.create(Config(\n{"".join(given)}))\nrun.start("search")\nprint(run.wait())\n{train}'
    )
