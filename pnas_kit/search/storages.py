"""Where a search is recorded: a journal file in the run's folder, or a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import optuna
from optuna.storages import BaseStorage

from .journal import journal_storage

SCHEME = "postgresql"
CONNECT_SECONDS = 10
INSTALL = "pip install -c constraints.txt -e '.[cluster]'"


class StorageError(RuntimeError):
    """The place where a search is recorded cannot be used; what was recorded is still there."""


def check_storage(address: str) -> None:
    """Raise ValueError unless `address` is empty (the journal file) or a PostgreSQL database's, without a password."""
    if not address:
        return
    parts = urlsplit(address)
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise ValueError(
            "storage is written into the run's folder and may not contain a password: leave it out of the address, and "
            "set PGPASSWORD or put it into ~/.pgpass"
        )
    if parts.scheme != SCHEME or len(parts.path) < 2:
        raise ValueError(
            f"storage is empty (a file in the run's folder) or a PostgreSQL address such as "
            f"'postgresql://user@host:5432/database', got {address!r}"
        )


def storage_for(address: str, journal: Path) -> BaseStorage:
    """The Optuna storage at an address; the journal file where the address is empty.

    Raises:
        StorageError: the database cannot be reached, or its driver is not installed.
    """
    if not address:
        return journal_storage(journal)
    check_storage(address)
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StorageError(
            f"a PostgreSQL database needs the package `psycopg`, which is not installed: {INSTALL}"
        ) from error
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return optuna.storages.RDBStorage(
            address.replace(SCHEME, f"{SCHEME}+psycopg", 1),
            engine_kwargs={"connect_args": {"connect_timeout": CONNECT_SECONDS}},
        )
    except (SQLAlchemyError, optuna.exceptions.OptunaError) as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())
        raise StorageError(
            f"the database {address} cannot be used ({reason}): see that it runs, that the address is right and that "
            "PGPASSWORD or ~/.pgpass has the password. Everything finished is kept: start again to go on"
        ) from error
