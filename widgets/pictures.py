"""Pictures of real samples."""

import base64
import io

import numpy as np
from PIL import Image

from pnas_kit.learn.data import Dataset, samples
from widgets.detections import detections_html, training_examples
from widgets.words import attribute

SHOWN = 10
PIXELS = 56  # side of a shown image
WIDTH, HEIGHT = 132, 60  # of a shown series
CHANNEL_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B07D00", "#56B4E9")  # Okabe-Ito


def samples_html(dataset: Dataset) -> str:
    """One real training sample of each class, with the class's name under it."""
    card = dataset.card
    if card.task == "detection":
        return detections_html(training_examples(dataset), card, "Training images with their real boxes")
    chosen = samples(dataset)[:SHOWN]
    return drawn([(card.classes[int(dataset.train_y[i])], dataset.train_x[i]) for i in chosen], card.task)


def drawn(named: list[tuple[str, np.ndarray]], task: str) -> str:
    """Samples `(height, width, channels)` with their names under them."""
    draw = series_html if task == "series" else image_html
    figures = [
        f"<figure>{draw(sample, f'sample of {name}')}<figcaption>{attribute(name)}</figcaption></figure>"
        for name, sample in named
    ]
    return f'<div class="pn-samples pn-samples-{"series" if task == "series" else "image"}">{"".join(figures)}</div>'


def image_html(sample: np.ndarray, label: str) -> str:
    """A picture of ``sample``, ``(height, width, channels)``, stretched to the full range of brightness."""
    low, high = float(sample.min()), float(sample.max())
    grey = np.uint8(255 * (sample - low) / ((high - low) or 1))
    picture = Image.fromarray(grey[..., 0] if grey.shape[2] == 1 else grey)
    picture = picture.resize((PIXELS * 2, PIXELS * 2), Image.Resampling.NEAREST)
    file = io.BytesIO()
    picture.save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img alt="{attribute(label)}" width="{PIXELS}" height="{PIXELS}" src="data:image/png;base64,{data}">'


def series_html(sample: np.ndarray, label: str) -> str:
    """A series, ``sample`` float ``(1, samples, channels)``, as one line per channel."""
    values = sample[0]
    low, high = float(values.min()), float(values.max())
    x = np.linspace(2, WIDTH - 2, len(values))
    y = 3 + (HEIGHT - 6) * (1 - (values - low) / ((high - low) or 1))
    lines = "".join(
        f'<polyline fill="none" stroke="{CHANNEL_COLOURS[channel % len(CHANNEL_COLOURS)]}" points="'
        + " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y[:, channel], strict=True))
        + '"/>'
        for channel in range(values.shape[1])
    )
    return f'<svg role="img" aria-label="{attribute(label)}" viewBox="0 0 {WIDTH} {HEIGHT}">{lines}</svg>'
