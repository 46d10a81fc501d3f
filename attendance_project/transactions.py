"""Writes that are stored as a whole or not at all, on the database in use (docs/adr/0002).

They are for what cannot be ordered so that a crash leaves nothing wrong, such as an import.
Everything else uses unique constraints and compare-and-set, and works without transactions.
"""

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django_mongodb_backend import transaction as mongodb_transaction
from pymongo.errors import PyMongoError

from attendance_project.refusals import Kind, Refusal

TRIES = 5
FIRST_PAUSE_S = 0.1
"""The shortest pause before the second try, in seconds. It is drawn up to twice as long and doubles
after each try, which makes at most 3 s together."""
NO_TRY_AFTER_S = 30.0
"""Seconds after which there is no other try. MongoDB ends a transaction after 60 s
(transactionLifetimeLimitSeconds), so one that failed so late would be too long again."""
_WRITE_CONFLICT = 112  # MongoDB's error code; other errors are told apart by their labels

T = TypeVar("T")


def obstacle() -> Refusal | None:
    """Why the database cannot write a whole at all, with what to do, or None where it can."""
    if connection.vendor != "mongodb":
        return None
    connection.ensure_connection()
    hello = connection.connection.admin.command("hello")
    if "setName" in hello or hello.get("msg") == "isdbgrid":  # a replica set, or mongos
        return None
    return Refusal(
        "replica_set_needed",
        _(
            "This MongoDB server is not a replica set, so it cannot save everything or nothing. "
            "Start mongod with --replSet rs0 and run rs.initiate() once. One node is enough."
        ),
        Kind.UNAVAILABLE,
    )


def run_whole(write: Callable[[], T]) -> T:
    """Call ``write`` and return its result. All that it wrote is stored, or nothing if it raises.

    On MongoDB ``write`` is called again after a conflict with another writer, a bounded number of
    times. Any failed write inside it ends the whole there, even if it catches the error. Raises
    Refusal of the kind unavailable: replica_set_needed before the first write, database_busy with
    nothing written, outcome_unknown where the connection broke while it was being stored.
    """
    if found := obstacle():
        raise found
    return _on_mongodb(write) if connection.vendor == "mongodb" else _on_sql(write)


def _on_sql(write: Callable[[], T]) -> T:
    try:
        with transaction.atomic(durable=True):
            return write()
    except OperationalError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF  # the higher bits say why
        if code == sqlite3.SQLITE_BUSY:  # it has waited as long as settings.DATABASES says
            raise _busy() from error
        raise


def _on_mongodb(write: Callable[[], T]) -> T:
    started = time.monotonic()
    for number in range(1, TRIES + 1):
        try:
            return _try_on_mongodb(write)
        except (DatabaseError, PyMongoError) as error:
            if not _is_transient(error):
                raise
            if number == TRIES or time.monotonic() - started > NO_TRY_AFTER_S:
                raise _busy() from error
        # Several writers in conflict should not all try again at the same moment.
        time.sleep(FIRST_PAUSE_S * 2**number * random.uniform(0.5, 1))
    raise AssertionError("The last try returns or raises.")


def _try_on_mongodb(write: Callable[[], T]) -> T:
    mongodb: Any = connection
    if mongodb.in_atomic_block_mongo:
        raise RuntimeError("A whole cannot be a part of another one.")
    try:
        with mongodb_transaction.atomic():
            return write()
    except PyMongoError as error:
        if error.has_error_label("UnknownTransactionCommitResult"):
            raise _outcome_unknown() from error
        raise
    finally:
        if mongodb.session:  # the backend keeps a session whose commit failed
            mongodb.session.end_session()
            mongodb.session = None
            mongodb.run_on_commit = []


def _is_transient(error: Exception) -> bool:
    """Whether MongoDB says that the same write may work the next time."""
    cause = error if isinstance(error, PyMongoError) else error.__cause__
    return isinstance(cause, PyMongoError) and (
        cause.has_error_label("TransientTransactionError")
        or getattr(cause, "code", None) == _WRITE_CONFLICT
    )


def _busy() -> Refusal:
    return Refusal(
        "database_busy",
        _(
            "Somebody else is changing the same data, or the database took too long. Try again in "
            "two minutes."
        ),
        Kind.UNAVAILABLE,
    )


def _outcome_unknown() -> Refusal:
    return Refusal(
        "outcome_unknown",
        _(
            "The connection to the database was lost at the end: either everything was saved or "
            "nothing. Try again. Nothing is saved twice."
        ),
        Kind.UNAVAILABLE,
    )
