"""The two looks of a page."""

import os

import pytest

# The dark theme changes what is seen, which is for who looks at the pictures; its contrasts are checked with axe.
THEMES = pytest.mark.parametrize("theme", ["light", "dark"] if os.environ.get("PNAS_SHOTS") else ["light"])
