"""Matplotlib's pictures in the colours of the page that they stand on, light or dark."""

from __future__ import annotations

import io
from importlib import import_module

from IPython import get_ipython
from matplotlib import rc_context
from matplotlib.figure import Figure

from pnas_kit.runs.charts import inline


def page_colours() -> None:
    """From here on a notebook shows matplotlib's pictures as SVG: what is black has the page's ink, what is white its paper.

    An image has one background for all pages, and what is white on a dark page blinds a dark room.
    """
    if (shell := get_ipython()) is None:
        return
    import_module("matplotlib_inline.backend_inline")  # now, for it takes away what was said of pictures before it came
    formatters = shell.display_formatter.formatters
    formatters["image/png"].pop(Figure, None)
    formatters["text/html"].for_type(Figure, as_html)


def as_html(figure: Figure) -> str:
    """A picture as an `<svg>` with letters in it, named by its titles and the names of its axes."""
    file = io.StringIO()
    with rc_context({"svg.fonttype": "none"}):
        figure.savefig(file, format="svg", bbox_inches="tight", transparent=True)
    return inline(file.getvalue(), f"Picture: {_words(figure)}")


def _words(figure: Figure) -> str:
    parts = [figure.get_suptitle(), figure.get_supxlabel(), figure.get_supylabel()]
    for axes in figure.axes:
        parts += [axes.get_title("left"), axes.get_title(), axes.get_ylabel(), axes.get_xlabel()]
    return "; ".join(dict.fromkeys(filter(None, parts)))
