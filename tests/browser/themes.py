"""The two looks of a page, its other size, and what is cut off in them."""

import os

import pytest

# The dark theme changes what is seen, which is for who looks at the pictures; its contrasts are checked with axe.
THEMES = pytest.mark.parametrize("theme", ["light", "dark"] if os.environ.get("PNAS_SHOTS") else ["light"])
TWICE = {"width": 640, "height": 360}
"""What 200 % of 1280x720 leaves of the page's own pixels."""
CUT = """table => [...table.querySelectorAll("th, td, .pn-pill, button")].filter(
    part => part.offsetParent && !part.closest("thead") && (
        part.getBoundingClientRect().right > table.parentElement.getBoundingClientRect().right + 1
        || part.scrollWidth > part.clientWidth + 1)).map(part => part.outerHTML.slice(0, 120))"""
"""The parts of a table that are cut off or reach beyond the box around it."""
