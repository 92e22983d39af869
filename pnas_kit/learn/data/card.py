"""What is known of a data set before it is loaded, and the error of everything that goes wrong with one."""

from dataclasses import dataclass

from pnas_kit.learn.data.front_end import FrontEnd


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
        notice: Licence terms to read before the download; "" where there are none of the kind.
        synthetic: Whether samples were composed by a program, even if from real parts.
        folder: What a person has to put under `PNAS_DATA` for a set that is not downloaded; "" for all others. Where
            windows are cut from such a set, `train` and `test` are 0 until it is loaded.
        front_end: How sound became the numbers of a sample, for the device to do the same; None for other data.
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
    notice: str = ""
    synthetic: bool = False
    folder: str = ""
    front_end: FrontEnd | None = None
