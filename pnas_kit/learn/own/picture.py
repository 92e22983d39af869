"""Decodes one picture file into numbers, after looking at its header."""

import io
import struct
import warnings
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
        grey = image.mode in ("1", "L", "LA") or image.mode.startswith(("I", "F"))
        return Header(width, height, not grey, alpha, orientation in range(2, 9), image.mode.startswith(("I", "F")))


def pixels(content: bytes, name: str, size: tuple[int, int] | None, channels: int) -> np.ndarray:
    """uint8 `(height, width, channels)`, upright, on white where it is transparent, stretched to `size`.

    Args:
        content: The file.
        name: Its name for messages.
        size: Height and width; None leaves them.
        channels: 1 (grey) or 3 (RGB).

    Raises:
        DataError: Damaged or cut off.
    """
    with _opened(content, name) as image:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of odd tags; what cannot be decoded raises
                image.load()
                upright = _in_8_bits(ImageOps.exif_transpose(image))
        except _DAMAGED as error:
            raise DataError(f"{name}: the picture is damaged or cut off ({error}). Replace or remove it.") from error
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            white = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(white, upright)
        upright = upright.convert("L" if channels == 1 else "RGB")
        if size is not None and upright.size != (size[1], size[0]):
            upright = upright.resize((size[1], size[0]), Image.Resampling.BILINEAR)  # averages when it makes smaller
        return np.asarray(upright, np.uint8).reshape(upright.height, upright.width, channels)


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


def _in_8_bits(image: Image.Image) -> Image.Image:
    """Pictures of 16 bits keep their upper 8; Pillow itself would cut them off at 255."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image, np.float64)
    if image.mode == "F":
        raise ValueError("pixels are floating-point numbers; save it with 8 or 16 bits")
    if values.max(initial=0) > 255:
        values = values / 257.0
    return Image.fromarray(values.clip(0, 255).round().astype(np.uint8), "L")
