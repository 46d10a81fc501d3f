"""Keeps what was deleted from lying about in the files of an SQLite database.

Deleted rows are overwritten in the file itself (``PRAGMA secure_delete``). The write-ahead log
beside it holds pages as they were when each was written, until later writes happen to need the
place: a template that was erased could be read there for days.
"""

from contextlib import suppress

from django.db import OperationalError, connection, transaction


def overwrite_soon() -> None:
    """Empty the write-ahead log once what is being deleted is stored, unless somebody reads just
    then. In that case the daily ``purge_expired`` empties it."""
    transaction.on_commit(empty_log)


def empty_log(*, wait: bool = False) -> None:
    """Write the log's pages into the database, and make the log empty.

    With ``wait`` it waits for readers, as long as a write would wait. It does nothing on other
    databases than SQLite, within a transaction, or while this connection itself still reads rows.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (waiting_ms,) = cursor.fetchone()
        if not wait:
            cursor.execute("PRAGMA busy_timeout = 0")
        with suppress(OperationalError):  # this connection still reads, for example by iterator()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {waiting_ms}")
