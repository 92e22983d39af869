"""A .tflite file as a C header, for the firmware projects that link the model in."""

import hashlib
import re
import textwrap
from collections.abc import Mapping

from .fields import fields

BYTES_PER_LINE = 16


def c_header(model: bytes, name: str, arena_bytes: int, card: object) -> str:
    """A header for C11 and C++11 with the model, its length and the arena that it needs.

    Args:
        model: the .tflite file.
        name: a C identifier; the array is `name`, the macros start with it in capitals.
        arena_bytes: what TFLite Micro needs in all, feature maps and structures.
        card: the data set's card (or a mapping): title, licence and citation go into the comment, classes beside
            their numbers.

    Raises:
        ValueError: `name` is no C identifier, `arena_bytes` is not positive, or the model is empty.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(f"expected a C identifier for the array, such as 'model_data', got {name!r}")
    if arena_bytes <= 0 or not model:
        raise ValueError(f"expected a model and an arena, got {len(model)} bytes and {arena_bytes} bytes")
    upper = name.upper()
    about = _comment(model, fields(card))
    rows = (model[i : i + BYTES_PER_LINE] for i in range(0, len(model), BYTES_PER_LINE))
    data = ",\n".join("    " + ", ".join(f"0x{byte:02x}" for byte in row) for row in rows)
    return f"""{about}
#ifndef {upper}_H
#define {upper}_H

#ifndef __cplusplus
#include <stdalign.h>
#endif

#define {upper}_LENGTH {len(model)}u
#define {upper}_ARENA_BYTES {-(-arena_bytes // 16) * 16}u

alignas(16) static const unsigned char {name}[{upper}_LENGTH] = {{
{data}
}};

#endif
"""


def _comment(model: bytes, card: Mapping[str, object]) -> str:
    lines = [
        "An int8 network for TensorFlow Lite Micro, made by the PrototypeNAS workbench.",
        "The arena size counts feature maps and the runtime's structures, with the reference kernels. Optimised kernels",
        "may ask for scratch memory on top: if AllocateTensors() fails, give more; arena_used_bytes() tells the true need.",
    ]
    for key in ("title", "licence", "citation"):
        if card.get(key):
            lines.append(f"{key.capitalize()}: {card[key]}")
    for number, label in enumerate(card.get("classes") or ()):
        lines.append(f"{'Class' if card.get('task') == 'detection' else 'Output'} {number}: {label}")
    lines.append(f"SHA-256 of the .tflite: {hashlib.sha256(model).hexdigest()}")
    wrapped = [part for line in lines for part in textwrap.wrap(comment_line(line), 100) or [""]]
    return "/*\n" + "\n".join(f" * {line}" for line in wrapped) + "\n */"


def comment_line(text: object) -> str:
    """Text on one line that can neither end a comment of C nor join the next line to it."""
    return " ".join(str(text).split()).replace("*/", "* /").replace("/*", "/ *").rstrip("\\")
