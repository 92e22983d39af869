"""What is told of a data set before it is loaded."""

from dataclasses import dataclass


class DataError(Exception):
    """A data set cannot be had as asked: says what was expected, what was found and what to do."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a person wants to know of a data set before choosing it.

    Attributes:
        name: The word `load` takes.
        title: The name people use.
        task: "image", "series" or "detection".
        summary: One or two sentences in plain words, with what one should be wary of.
        shape: One sample as (height, width, channels); a series has height 1 and its length as width. For detection a tile.
        unit: What one raw number means, before normalisation.
        classes: Class names in the order of the labels 0, 1, ...; for detection of the objects.
        train: Number of training samples.
        test: Number of test samples.
        split: How training and test were separated.
        licence: What is known about the terms, and what is not.
        citation: What to cite.
        source: Where the numbers come from.
        download_bytes: Size of the first source's archive; 0 where nothing is downloaded.
        sampling_hz: Sampling rate of a series in Hz; None for images and for resampled series.
        known: Accuracies others (or we) reached, each with its source.
        balanced: Whether the largest training class is at most twice the smallest.
        synthetic: Whether the samples were composed by a program; said wherever the set appears.
    """

    name: str
    title: str
    task: str
    summary: str
    shape: tuple[int, int, int]
    unit: str
    classes: tuple[str, ...]
    train: int
    test: int
    split: str
    licence: str
    citation: str
    source: str
    download_bytes: int
    sampling_hz: float | None
    known: str
    balanced: bool
    synthetic: bool = False
