import os
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for tiny nets a second thread costs more than it gives
sys.path.insert(0, str(Path(__file__).parent))  # `nets` and `servers`, shared by several rooms

import servers


def _needed(found: bool, what: str) -> None:
    if not found:
        complain = pytest.fail if os.environ.get("PNAS_REQUIRE_CLUSTER") else pytest.skip
        complain(f"{what} is not installed")


@pytest.fixture
def start_cluster():
    """Starts Dask clusters on loopback, `start_cluster(workers=2)`; they end with the test."""
    _needed(find_spec("distributed") is not None, "the package distributed")
    with ExitStack() as stack:
        yield lambda workers=2: stack.enter_context(servers.dask_cluster(workers))


@pytest.fixture
def database():
    """A PostgreSQL server on loopback that ends with the test."""
    _needed(find_spec("psycopg") is not None, "the package psycopg")
    _needed(servers.postgres_programs() is not None, "a PostgreSQL server")
    with servers.postgres() as server:
        yield server
