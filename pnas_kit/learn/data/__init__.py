"""Data sets: a catalogue to choose from and one call to load. `load("digits")` needs no download."""

from pnas_kit.learn.data.catalogue import CATALOGUE, Card, DataError
from pnas_kit.learn.data.dataset import Dataset, cached, load
from pnas_kit.learn.data.fetch import cache_folder
from pnas_kit.learn.data.kept import OWN, card_from, card_of, own_cards
from pnas_kit.learn.data.split import proxy_batches, samples, validation_split

__all__ = [
    "CATALOGUE",
    "OWN",
    "Card",
    "DataError",
    "Dataset",
    "cache_folder",
    "cached",
    "card_from",
    "card_of",
    "load",
    "own_cards",
    "proxy_batches",
    "samples",
    "validation_split",
]
