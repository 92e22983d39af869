"""People's own data: `understand` says what files hold, `take_in` keeps them, `load("own/NAME")` gives them."""

from pnas_kit.learn.data.kept import forget, own_cards
from pnas_kit.learn.own.formats import NAMES as FORMATS
from pnas_kit.learn.own.settings import Settings
from pnas_kit.learn.own.understand import Understanding, recognise, take_in, understand

__all__ = ["FORMATS", "Settings", "Understanding", "forget", "own_cards", "recognise", "take_in", "understand"]
