"""People's own data: `understand` says what files hold, `take_in` keeps them, `load("own/NAME")` gives them."""

from pnas_kit.learn.data.kept import forget, own_cards
from pnas_kit.learn.own.settings import Settings
from pnas_kit.learn.own.understand import Understanding, take_in, understand

__all__ = ["Settings", "Understanding", "forget", "own_cards", "take_in", "understand"]
