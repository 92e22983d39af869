"""Decodes one picture file into numbers, after looking at its header."""

import io
import struct
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".ppm", ".pgm", ".pbm", ".tif", ".tiff", ".webp")
# Only decoders of pictures proper: Pillow has others that call programs (EPS) or read whole documents.
_DECODERS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")
_WIDTH, _LENGTH, _ORIENTATION = 0x0100, 0x0101, 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, Image.DecompressionBombError)


@dataclass(frozen=True)
class Header:
    """What is known of a picture before its pixels are read: upright size in pixels, and what it is like."""

    width: int
    height: int
    coloured: bool
    transparent: bool
    turned: bool
    deep: bool


def header(content: bytes, name: str) -> Header:
    """The header of a picture.

    Raises:
        DataError: No picture, or one with too many pixels.
    """
    with _opened(content, name) as image:
        try:
            orientation = image.getexif().get(_ORIENTATION, 1)
        except _DAMAGED:
            orientation = 1
        # Pillow has turned the size of a TIFF already, from version 13 on; its tags say how it is stored.
        stored = (image.tag_v2[_WIDTH], image.tag_v2[_LENGTH]) if image.format == "TIFF" else image.size
        width, height = stored[::-1] if orientation in _SIDEWAYS else stored
        alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        grey = image.mode in ("1", "L", "LA") or _deep(image)
        return Header(width, height, not grey, alpha, orientation in range(2, 9), _deep(image))


def white_of(contents: Iterable[tuple[bytes, str]]) -> int:
    """What is white in pictures of 16 bits: what 8, 12, 16 or 32 bits hold, by the largest number in all of them.

    Args:
        contents: File and name of each.

    Raises:
        DataError: Damaged or cut off.
    """
    largest = max((int(np.max(_loaded(*each), initial=0)) for each in contents), default=0)
    return next(2**bits - 1 for bits in (8, 12, 16, 32) if 2**bits > largest)


def pixels(content: bytes, name: str, size: tuple[int, int] | None, channels: int, white: int = 65_535) -> np.ndarray:
    """uint8 `(height, width, channels)`, upright, on white where it is transparent, stretched to `size`.

    Args:
        content: The file.
        name: Its name for messages.
        size: Height and width; None leaves them.
        channels: 1 (grey) or 3 (RGB).
        white: Of pictures of 16 bits, from `white_of`.

    Raises:
        DataError: Damaged or cut off.
    """
    upright = _loaded(content, name)
    if _deep(upright):  # Pillow itself would cut them off at 255
        values = np.asarray(upright, np.float64) * (255 / white)
        upright = Image.fromarray(values.clip(0, 255).round().astype(np.uint8), "L")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    upright = upright.convert("L" if channels == 1 else "RGB")
    if size is not None and upright.size != (size[1], size[0]):
        upright = upright.resize((size[1], size[0]), Image.Resampling.BILINEAR)  # averages when it makes smaller
    return np.asarray(upright, np.uint8).reshape(upright.height, upright.width, channels)


def _deep(image: Image.Image) -> bool:
    return image.mode.startswith(("I", "F"))


def _loaded(content: bytes, name: str) -> Image.Image:
    """The picture, decoded and upright."""
    image = _opened(content, name)
    if image.mode == "F":
        raise DataError(f"{name}: the picture's pixels are floating-point numbers. Save it with 8 or 16 bits.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd tags; what cannot be decoded raises
            image.load()
            return ImageOps.exif_transpose(image)
    except _DAMAGED as error:
        raise DataError(f"{name}: the picture is damaged or cut off ({error}). Replace or remove it.") from error


def _opened(content: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=_DECODERS)
    except UnidentifiedImageError:
        raise DataError(f"{name}: expected a picture, got a file that is none. Replace or remove it.") from None
    except _DAMAGED as error:
        raise DataError(f"{name}: expected a picture, got {error}. Replace or remove it.") from error
    if image.width * image.height > limits.PIXELS:
        raise DataError(
            f"{name}: {image.width} × {image.height} are {image.width * image.height / 1e6:.0f} million pixels, more than "
            f"{limits.PIXELS / 1e6:.0f}. Make it smaller or remove it."
        )
    return image
