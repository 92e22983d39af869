"""Class folders of WAV files: clips of one length at one sampling rate, as log-mel spectra or MFCC."""

import io
import math
import re
import warnings as python_warnings
from dataclasses import dataclass

import numpy as np

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.front_end import FrontEnd, features
from pnas_kit.learn.own import limits
from pnas_kit.learn.own.classed import classed
from pnas_kit.learn.own.files import Files
from pnas_kit.learn.own.found import Found, numbered
from pnas_kit.learn.own.image_folder import each
from pnas_kit.learn.own.settings import Settings

NAME = "WAV folder"
ENDINGS = (".wav",)
RATES = (4_000, 48_000)
_CLIP_BYTES = 256 << 20
_SPEAKER = re.compile(r"([0-9a-f]{8})_nohash_\d+\.wav", re.IGNORECASE)


def fits(files: Files) -> bool:
    """Whether there are .wav files."""
    return bool(files.with_suffix(*ENDINGS))


def read(files: Files, settings: Settings) -> Found:
    """The features of all clips.

    Raises:
        DataError: Nothing tells the classes, or sound that cannot be read (up to five files are named).
    """
    known = classed(files, ENDINGS, settings)
    names, notes = known.names, known.notes
    heads = each(names, lambda name: _head(*read_wav(files.read(name, _CLIP_BYTES), name)))
    hz = _rate([head.rate for head in heads], settings, notes)
    length = _length([head.samples / head.rate for head in heads], settings, hz, notes)
    if stereo := sum(head.channels > 1 for head in heads):
        notes.append(f"Files of several channels were mixed to one: {stereo}.")
    try:
        front = FrontEnd.of(settings.features, hz, length)
    except ValueError as error:
        raise DataError(f"{files.title}: {error}.") from error
    counts = [max(1, -(-head.samples * hz // head.rate) // length) for head in heads]
    limits.room_for(sum(counts), (1, front.frames, front.width), 4, files.title)
    x = np.empty((sum(counts), 1, front.frames, front.width), np.float32)
    for name, count, end in zip(names, counts, np.cumsum(counts), strict=True):  # one sound at a time in memory
        rate, sound, _ = read_wav(files.read(name, _CLIP_BYTES), name)
        x[end - count : end, 0] = features(_clips(resampled(sound, rate, hz), length, count), front)
    y, classes = numbered(known.labels)
    groups, word = _groups(names) if known.groups is None else (known.groups, known.group_word)
    what = "log-mel bands" if front.kind == "log-mel" else "MFCC"
    notes.append(
        f"Clips of {length / hz:.3g} s at {hz} Hz become {front.frames} rows of {front.width} {what}, windows of 32 "
        "ms every 16 ms."
    )
    return Found(
        form=NAME, task="series", x=x, y=np.repeat(y, counts),
        classes=classes, unit=f"{what} (natural logarithm)",
        part=None if known.part is None else np.repeat(known.part, counts),
        groups=np.repeat(groups, counts), group_word=word, sampling_hz=hz / front.hop, front_end=front, notes=notes,
        warnings=known.warnings + _silent(heads, names),
    )  # fmt: skip


@dataclass(frozen=True)
class _Head:
    """What has to be known of every sound before the first is used."""

    rate: int
    samples: int
    channels: int
    silent: bool


def _head(rate: int, sound: np.ndarray, channels: int) -> _Head:
    return _Head(rate, len(sound), channels, not sound.any())


def read_wav(content: bytes, name: str) -> tuple[int, np.ndarray, int]:
    """Sampling rate, sound of one channel as float32 within -1 and 1, and how many channels there were.

    Raises:
        DataError: No WAV file, a damaged one, or one that cannot be used.
    """
    from scipy.io import wavfile  # slow to import, and only sound needs it

    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("error", wavfile.WavFileWarning)
            # A chunk of text before the samples is no damage.
            python_warnings.filterwarnings("ignore", "Chunk .* not understood", wavfile.WavFileWarning)
            rate, sound = wavfile.read(io.BytesIO(content))
    except (ValueError, TypeError, OSError, EOFError, OverflowError, MemoryError, wavfile.WavFileWarning, KeyError) as error:
        raise DataError(
            f"{name}: expected a whole WAV file of plain samples, got {_reason(error)}. Replace or remove it."
        ) from error
    except Exception as error:  # struct.error and others of a reader that trusts its input
        raise DataError(f"{name}: the WAV file is damaged ({_reason(error)}). Replace or remove it.") from error
    if not RATES[0] <= rate <= 4 * RATES[1] or sound.size == 0:
        raise DataError(
            f"{name}: expected sound at {RATES[0]} Hz or more, got {sound.size} samples at {rate} Hz. Remove it."
        )
    channels = 1 if sound.ndim == 1 else sound.shape[1]
    if sound.dtype.kind == "f":
        if not np.isfinite(sound).all():
            raise DataError(f"{name}: expected finite samples, got NaN or infinity. Replace or remove it.")
        scaled = sound.astype(np.float32)
    elif sound.dtype == np.uint8:
        scaled = (sound.astype(np.float32) - 128.0) / 128.0
    else:
        scaled = sound.astype(np.float32) / -float(np.iinfo(sound.dtype).min)
    return int(rate), scaled if channels == 1 else scaled.mean(axis=1), channels


def resampled(sound: np.ndarray, rate: int, hz: int) -> np.ndarray:
    """int16 samples at `hz`, as a converter gives them to a device."""
    if rate != hz:
        from scipy.signal import resample_poly

        common = math.gcd(rate, hz)
        sound = resample_poly(sound, hz // common, rate // common)
    return np.clip(np.round(sound * 32768.0), -32768, 32767).astype(np.int16)


def _rate(rates: list[int], settings: Settings, notes: list[str]) -> int:
    hz = round(settings.sampling_hz) if settings.sampling_hz else min(16_000, *rates) if len(set(rates)) > 1 else rates[0]
    hz = min(hz, 16_000) if settings.sampling_hz is None else hz
    if not RATES[0] <= hz <= RATES[1]:
        raise DataError(f"Expected a sampling rate from {RATES[0]} to {RATES[1]} Hz for sound, got {hz}.")
    if set(rates) != {hz}:
        notes.append(f"Sampling rates of {', '.join(map(str, sorted(set(rates))[:6]))} Hz are brought to {hz} Hz.")
    return hz


def _length(lengths: list[float], settings: Settings, hz: int, notes: list[str]) -> int:
    seconds = settings.clip_s or min(float(np.median(lengths)), 1.0)
    shorter = sum(length < 0.99 * seconds for length in lengths)
    longer = sum(length > 1.99 * seconds for length in lengths)
    if shorter:
        notes.append(f"Files shorter than {seconds:.3g} s end in silence: {shorter}.")
    if longer:
        notes.append(f"Longer files are cut into clips, one after the other: {longer}.")
    return round(seconds * hz)


def _clips(sound: np.ndarray, length: int, count: int) -> np.ndarray:
    """int16 `(count, length)`: whole clips one after the other, or a single one filled up with silence."""
    clips = np.zeros((count, length), np.int16)
    clips.reshape(-1)[: min(len(sound), count * length)] = sound[: count * length]
    return clips


def _groups(names: list[str]) -> tuple[np.ndarray, str]:
    """The file of each clip, or its speaker where files are named as in Google's Speech Commands."""
    matches = [_SPEAKER.fullmatch(name.rpartition("/")[2]) for name in names]
    if any(matches):  # background noise beside them has nobody who speaks
        people = [match[1].lower() if match else name for match, name in zip(matches, names, strict=True)]
        return np.unique(people, return_inverse=True)[1].astype(np.int64), "speaker"
    return np.arange(len(names), dtype=np.int64), "file"


def _silent(heads: list[_Head], names: list[str]) -> list[str]:
    quiet = [name for head, name in zip(heads, names, strict=True) if head.silent]
    return [f"Files that are silent throughout: {len(quiet)}, the first is {quiet[0]}."] if quiet else []


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
