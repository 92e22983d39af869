"""A run as the Python that makes it anew."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import MISSING, fields

from .records import Config
from .run import Run


def python_lines(run: Run) -> str:
    """Python that does what the run did."""
    settings = "".join(f"    {name}={value},\n" for name, value in given(run.config).items())
    train = f'\nrun.pick({run.picks})\nrun.start("train")\nprint(run.wait())\n' if run.picks else ""
    return (
        "from pnas_kit.runs import Config, Run\n\n"
        f'run = Run.create(Config(\n{settings}))\nrun.start("search")\nprint(run.wait())\n{train}'
    )


def given(config: Config, said: Collection[str] = ()) -> dict[str, str]:
    """The fields of a configuration that have to be written out to make it again, each with its value as Python.

    Those are the fields without a default, with another value than that, or in ``said``.
    """
    values = {field: getattr(config, field.name) for field in fields(Config)}
    return {
        field.name: literal(value)
        for field, value in values.items()
        if field.default is MISSING or value != field.default or field.name in said
    }


def literal(value: object) -> str:
    """A value as Python, texts in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {literal(one)}' for key, one in value.items())}}}"
    return repr(value)
