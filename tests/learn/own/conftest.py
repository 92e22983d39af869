import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # `made`, the files that these tests write


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An own cache folder, not there yet."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("PNAS_CACHE", str(folder))
    return folder
