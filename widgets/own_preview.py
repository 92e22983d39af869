"""HTML of what was understood of somebody's own files. Names of files and classes are escaped here."""

import numpy as np
from PIL import Image, ImageDraw

from pnas_kit.learn.own import Understanding
from widgets import words
from widgets.pictures import drawn
from widgets.words import attribute

ROWS = 12
EXAMPLES = 10


def preview_html(seen: Understanding) -> str:
    """Format, counts, warnings and examples."""
    found = seen.found
    rate = f", {found.sampling_hz:g} rows a second" if found.front_end and found.sampling_hz else (
        f", {found.sampling_hz:g} Hz" if found.sampling_hz else "")  # fmt: skip
    facts = {
        "Format": found.form,
        "Sample": f"{words.shape(found.x.shape[1:])}{rate}; {found.unit}",
        "Split": f"{words.count(len(seen.train))} training, {words.count(len(seen.test))} test: {seen.split}",
        "Understood": " ".join(found.notes) or "nothing special",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{attribute(text)}</dd>" for name, text in facts.items())
    return (
        f'<div class="pn-own-preview" role="status" data-reveal="understood"><p><b>{attribute(seen.title)}</b></p>'
        f"{drawn(_examples(seen), found.task)}<dl>{rows}</dl>{_counts(seen)}{_warnings(found.warnings)}</div>"
    )


def refusal_html(message: str) -> str:
    """Why files cannot be used; nothing was kept."""
    lines = "".join(f"<li>{attribute(line)}</li>" for line in message.splitlines())
    return f'<ul class="pn-complaints" role="alert" data-reveal="refused">{lines}<li>Nothing was kept.</li></ul>'


def waiting_html(title: str) -> str:
    """While files are read."""
    return f'<p class="pn-note" role="status">Reading {attribute(title)}</p><progress aria-label="Reading"></progress>'


def _counts(seen: Understanding) -> str:
    counts = list(seen.counts.items())
    lines = "".join(
        f"<tr><td>{attribute(name)}</td><td>{words.count(train)}</td><td>{words.count(test)}</td></tr>"
        for name, (train, test) in counts[:ROWS]
    )
    if len(counts) > ROWS:
        lines += f'<tr><td colspan="3">and {len(counts) - ROWS} classes more</td></tr>'
    what = "Boxes of" if seen.found.boxes is not None else "Class"
    return f"<table><thead><tr><th>{what}</th><th>Training</th><th>Test</th></tr></thead><tbody>{lines}</tbody></table>"


def _warnings(warnings: list[str]) -> str:
    if not warnings:
        return ""
    return f'<ul class="pn-own-warnings">{"".join(f"<li>{attribute(text)}</li>" for text in warnings)}</ul>'


def _examples(seen: Understanding) -> list[tuple[str, np.ndarray]]:
    boxes = seen.found.boxes
    if boxes is None:
        return seen.examples()[:EXAMPLES]
    order = sorted(seen.train, key=lambda i: boxes.starts[i] - boxes.starts[i + 1])[:EXAMPLES]
    counts = [boxes.starts[i + 1] - boxes.starts[i] for i in order]
    return [(f"{n} box{'es' if n != 1 else ''}", _boxed(seen, i)) for i, n in zip(order, counts, strict=True)]


def _boxed(seen: Understanding, number: int) -> np.ndarray:
    """A picture with its boxes drawn, uint8 RGB."""
    x, boxes = seen.found.x[number], seen.found.boxes
    image = Image.fromarray(x[..., 0] if x.shape[2] == 1 else x).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _, x0, y0, x1, y1 in boxes.rows[boxes.starts[number] : boxes.starts[number + 1]]:
        draw.rectangle([x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)], outline=(255, 140, 0))
    return np.asarray(image)
