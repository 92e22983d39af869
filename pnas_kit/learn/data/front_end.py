"""Log-mel spectra and MFCC of sound, as numbers that a microcontroller computes alike: fixed tables and float32.

The same tables go into the C of `pnas_kit.deploy.c.features`; both sides start from 16-bit samples. The mel scale is
2595 log10(1 + f / 700) (O'Shaughnessy 1987), the filters are triangles of height 1 over the power spectrum, and the cepstrum
is the orthonormal DCT-II of the logarithms (Davis and Mermelstein 1980).
"""

from dataclasses import dataclass

import numpy as np

FULL_SCALE = 32768.0
LOWEST_HZ = 20.0
FLOOR = 1e-6
"""Added to every band's energy: silence is log(1e-6), and what a 16-bit converter's last bit does stays small."""

C_CODE_BYTES = 800
"""Most that the C takes beside its tables, on Cortex-M0+, M4 and M7 with arm-none-eabi-gcc 12.2 at -O2; `logf` and, on a
core without an FPU, the arithmetic of floats are the C library's and come on top."""

_KINDS = ("log-mel", "mfcc")


@dataclass(frozen=True, kw_only=True)
class FrontEnd:
    """How a clip of sound becomes `frames` rows of numbers.

    Attributes:
        kind: "log-mel" (bands) or "mfcc" (coefficients).
        sampling_hz: of the clip.
        samples: length of the clip.
        window: samples under one Hann window.
        hop: samples from one window to the next.
        bands: mel filters from 20 Hz to half the sampling rate.
        coefficients: of the cepstrum that are kept, from the zeroth; used by "mfcc" alone.
    """

    kind: str
    sampling_hz: int
    samples: int
    window: int
    hop: int
    bands: int
    coefficients: int

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise ValueError(f"expected features {' or '.join(_KINDS)}, got {self.kind!r}")
        if not 16 <= self.window <= self.samples or not 1 <= self.hop <= self.window:
            raise ValueError(
                f"expected 16 <= window <= clip and 1 <= hop <= window, got a clip of {self.samples} samples, "
                f"a window of {self.window} and a hop of {self.hop}: choose a longer clip"
            )
        if not 2 <= self.bands <= 128 or not 1 <= self.coefficients <= self.bands:
            raise ValueError(
                f"expected 2 to 128 bands and at most as many coefficients, got {self.bands}, {self.coefficients}"
            )

    @property
    def frames(self) -> int:
        """Rows of the result."""
        return 1 + (self.samples - self.window) // self.hop

    @property
    def width(self) -> int:
        """Numbers in one row."""
        return self.bands if self.kind == "log-mel" else self.coefficients

    @property
    def points(self) -> int:
        """Length of the Fourier transform: the power of two that holds a window."""
        return 1 << (self.window - 1).bit_length()

    @property
    def c_ram_bytes(self) -> int:
        """RAM of the C's work area: real and imaginary parts, and one row of bands."""
        return 4 * (2 * self.points + self.bands)

    @property
    def c_flash_bytes(self) -> int:
        """Flash of the C: its tables of float32, two 16-bit numbers a band, and its code at most."""
        weights = sum(len(triangle) for _, triangle in mel_filters(self))
        cepstrum = self.coefficients * self.bands if self.kind == "mfcc" else 0
        return 4 * (self.window + self.points + self.bands + weights + cepstrum) + C_CODE_BYTES

    @staticmethod
    def of(kind: str, sampling_hz: int, samples: int, bands: int = 40, coefficients: int = 13) -> "FrontEnd":
        """Windows of 32 ms every 16 ms."""
        window, hop = round(0.032 * sampling_hz), round(0.016 * sampling_hz)
        return FrontEnd(
            kind=kind,
            sampling_hz=sampling_hz,
            samples=samples,
            window=window,
            hop=hop,
            bands=bands,
            coefficients=coefficients,
        )


def hann(front: FrontEnd) -> np.ndarray:
    """float32 `(window,)`, periodic, scaled so that a full-scale sine has power 1/4 in its bin."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(front.window) / front.window)
    return (window / window.sum() / FULL_SCALE).astype(np.float32)


def mel_filters(front: FrontEnd) -> list[tuple[int, np.ndarray]]:
    """First bin and float32 weights of each band's triangle; a triangle too narrow for a bin takes the nearest one."""
    top = front.sampling_hz / 2
    mel = np.linspace(_mel(LOWEST_HZ), _mel(top), front.bands + 2)
    corners = 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    bins = np.arange(front.points // 2 + 1) * front.sampling_hz / front.points
    filters = []
    for low, middle, high in zip(corners, corners[1:], corners[2:], strict=False):
        weights = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)).clip(0)
        inside = np.flatnonzero(weights)
        if inside.size == 0:
            inside = np.array([np.abs(bins - middle).argmin()])
            weights[inside] = 1.0
        filters.append((int(inside[0]), weights[inside[0] : inside[-1] + 1].astype(np.float32)))
    return filters


def cosines(front: FrontEnd) -> np.ndarray:
    """float32 `(coefficients, bands)`, the first rows of the orthonormal DCT-II."""
    rows, columns = np.arange(front.coefficients)[:, None], np.arange(front.bands)[None]
    matrix = np.cos(np.pi / front.bands * (columns + 0.5) * rows) * np.sqrt(2.0 / front.bands)
    matrix[0] /= np.sqrt(2.0)
    return matrix.astype(np.float32)


def features(sound: np.ndarray, front: FrontEnd) -> np.ndarray:
    """The features of clips.

    Args:
        sound: int16 `(clips, samples)`.
        front: Settings.

    Returns:
        float32 `(clips, frames, width)`.

    Raises:
        ValueError: Other samples than the settings say.
    """
    if sound.dtype != np.int16 or sound.ndim != 2 or sound.shape[1] != front.samples:
        raise ValueError(f"expected int16 (clips, {front.samples}), got {sound.dtype} {sound.shape}")
    matrix = np.zeros((front.points // 2 + 1, front.bands), np.float32)
    for band, (start, weights) in enumerate(mel_filters(front)):
        matrix[start : start + len(weights), band] = weights
    window, dct = hann(front), cosines(front).T
    result = np.empty((len(sound), front.frames, front.width), np.float32)
    for number, clip in enumerate(sound):  # one at a time: the frames overlap, and a thousand clips would take a gigabyte
        frames = np.lib.stride_tricks.sliding_window_view(clip, front.window)[:: front.hop] * window
        spectrum = np.fft.rfft(frames, front.points, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        bands = np.log(power @ matrix + np.float32(FLOOR))
        result[number] = bands if front.kind == "log-mel" else bands @ dct
    return result


def _mel(hertz: float) -> float:
    return 2595.0 * float(np.log10(1.0 + hertz / 700.0))
