"""The code that does the real thing, shown where a lesson speaks of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from IPython.display import Markdown

from widgets.words import attribute

ROOT = Path(__file__).resolve().parents[2]


def source(thing: Callable[..., Any] | type) -> Markdown:
    """Where a function or class is written, and its text, folded.

    Raises:
        TypeError: it has no Python source.
    """
    thing = inspect.unwrap(thing.fget if isinstance(thing, property) else getattr(thing, "func", thing))
    lines, start = inspect.getsourcelines(thing)
    path = Path(inspect.getsourcefile(thing)).resolve()
    where = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    text = inspect.cleandoc("\n" + "".join(lines))
    # As Markdown, so that JupyterLab and Voilà colour the code as they do their own, light or dark.
    title = f"The real code: <code>{attribute(thing.__qualname__)}</code> in <code>{attribute(where)}</code>, line {start}"
    return Markdown(f"<details>\n<summary>{title}</summary>\n\n````python\n{text}\n````\n\n</details>")
