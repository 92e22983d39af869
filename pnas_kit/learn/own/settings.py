"""What a person may decide about an import; everything left at None is decided from the data, and said."""

from dataclasses import dataclass

from pnas_kit.learn.data.card import DataError

COLOURS = ("grey", "rgb")
LAYOUTS = ("NHWC", "NCHW", "NHW", "NLC", "NCL")
FEATURES = ("log-mel", "mfcc")
LARGEST_SIDE = 512


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of an import.

    Attributes:
        form: Name of the format where it cannot be told from the files.
        test_share: Part that is set aside for testing where the data bring no split, more than 0 and at most 0.5.
        seed: Which samples those are.
        image_size: Height and width to which pictures are brought.
        colour: "grey" or "rgb".
        layout: Order of the axes of an array: N samples, H height, W width, C channels, L length.
        window: Length of a window cut from a recording, in samples.
        step: From one window to the next; by default half a window.
        label_column: Column of a table that names the class.
        group_column: Column of a table that names the person or the recording.
        time_column: Column of a table with the time.
        sampling_hz: Sampling rate of recordings, where no time column says it.
        features: "log-mel" or "mfcc", of sound.
        clip_s: Length of a clip of sound in seconds.
        tile: Side of the square tiles cut from pictures with boxes, in pixels.
    """

    form: str | None = None
    test_share: float = 0.2
    seed: int = 0
    image_size: tuple[int, int] | None = None
    colour: str | None = None
    layout: str | None = None
    window: int | None = None
    step: int | None = None
    label_column: str | None = None
    group_column: str | None = None
    time_column: str | None = None
    sampling_hz: float | None = None
    features: str = "log-mel"
    clip_s: float | None = None
    tile: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.test_share <= 0.5:
            raise DataError(f"Expected a test share above 0 and at most 0.5, got {self.test_share}.")
        if self.seed < 0:
            raise DataError(f"Expected a seed of 0 or more, got {self.seed}.")
        for name, choices in (("colour", COLOURS), ("layout", LAYOUTS), ("features", FEATURES)):
            value = getattr(self, name)
            if value is not None and value not in choices:
                raise DataError(f"Expected {name} to be one of {', '.join(choices)}, got {value!r}.")
        for name, least, most in (("window", 4, 65_536), ("step", 1, 65_536), ("tile", 16, LARGEST_SIDE)):
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise DataError(f"Expected {name} from {least} to {most:,}, got {value}.")
        for name in ("sampling_hz", "clip_s"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1e6:
                raise DataError(f"Expected {name} above 0, got {value}.")
        if self.image_size is not None and not all(4 <= side <= LARGEST_SIDE for side in self.image_size):
            raise DataError(f"Expected pictures of 4 to {LARGEST_SIDE} pixels a side, got {self.image_size}.")
