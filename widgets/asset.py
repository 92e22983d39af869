"""The text of a file in ``widgets/static``."""

from importlib.resources import files


def asset(name: str) -> str:
    """The file's text. anywidget is given text, not paths: with a path it keeps every instance alive."""
    return files("widgets").joinpath("static", name).read_text(encoding="utf-8")
