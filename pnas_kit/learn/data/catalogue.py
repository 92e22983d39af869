"""The data sets the workbench knows, as cards that can be shown without loading anything."""

import difflib

from pnas_kit.learn.data import cards_detection, cards_image, cards_paper_image, cards_paper_series, cards_series, ucr_sets
from pnas_kit.learn.data.card import Card, DataError

__all__ = ["CATALOGUE", "Card", "DataError", "card_of"]

_GROUPS = (cards_image, cards_series, cards_detection, cards_paper_image, cards_paper_series, ucr_sets)
CATALOGUE: dict[str, Card] = {card.name: card for group in _GROUPS for card in group.CARDS}


def card_of(name: str) -> Card:
    """The card called `name`.

    Raises:
        DataError: No such data set; names those that are spelled alike.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    ucr_sets.complain_of_missing(name)
    spelled = {known.lower(): known for known in CATALOGUE}
    near = [spelled[word] for word in difflib.get_close_matches(name.lower(), spelled, n=5, cutoff=0.75)]
    short = [known for known in CATALOGUE if not known.startswith(ucr_sets.PREFIX)]
    meant = f"did you mean {', '.join(near)}? " if near else ""
    raise DataError(
        f"Unknown data set {name!r}: {meant}Expected one of {', '.join(short)}, or {ucr_sets.PREFIX} with the name of one "
        f"of {len(ucr_sets.CARDS)} sets of the UCR and UEA archives, such as {ucr_sets.PREFIX}GunPoint."
    )
