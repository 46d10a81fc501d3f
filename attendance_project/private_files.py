"""Keeps the files of an SQLite database for the server's own user, whoever made them."""

from contextlib import suppress
from pathlib import Path
from typing import Any

OTHERS = 0o077
"""What anybody but the file's owner may do with it."""


def keep_private(file: Path) -> None:
    """Let only the owner read and write the database and the files beside it.

    SQLite gives the files beside it the same mode when it makes them.
    """
    for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        # Those beside it go with the last connection, and what belongs to another user is that
        # user's to keep.
        with suppress(FileNotFoundError, PermissionError):
            if each.stat().st_mode & OTHERS:
                each.chmod(0o600)


def on_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receive Django's signal of a new connection: any command may be the one that makes the
    file."""
    if connection.vendor == "sqlite":
        keep_private(Path(connection.settings_dict["NAME"]))
