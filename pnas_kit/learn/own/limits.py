"""How large an import may be. Everything read is held against these before memory is taken for it."""

from pnas_kit.learn.data.card import DataError

FILES = 200_000
FILE_BYTES = 1 << 30
TOTAL_BYTES = 4 << 30
"""Of all members of an archive, unpacked."""
RATIO = 200
"""Unpacked over packed size of a member above `RATIO_FROM`: pictures and sound reach 1, text 20, a zip bomb 1000."""
RATIO_FROM = 10 << 20
PIXELS = 40_000_000
"""Of one picture before it is scaled."""
SAMPLE_BYTES = 1 << 30
"""Of all samples together, as they are kept."""
SAMPLE_VALUES = 1 << 20
"""Numbers in one sample; the largest networks of the space take far less."""
CLASSES = 1000
ROWS = 20_000_000
"""Lines of all tables together."""


def room_for(count: int, shape: tuple[int, ...], bytes_each: int, where: str) -> None:
    """Refuses samples that would not fit, before anything is allocated.

    Raises:
        DataError: One sample, or all together, are above the limit.
    """
    values = 1
    for side in shape:
        values *= int(side)
    if values > SAMPLE_VALUES:
        raise DataError(
            f"{where}: one sample would have {values:,} numbers, more than {SAMPLE_VALUES:,}. Choose smaller "
            "pictures or windows."
        )
    total = count * values * bytes_each
    if total > SAMPLE_BYTES:
        raise DataError(
            f"{where}: {count:,} samples of {values:,} numbers are {total / 2**30:.1f} GiB, more than "
            f"{SAMPLE_BYTES / 2**30:.0f} GiB. Use fewer samples, or smaller pictures or windows."
        )
