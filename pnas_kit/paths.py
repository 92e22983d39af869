"""Where the files that travel with the code are."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
"""Board table, coefficients with their sources, small recorded runs."""
