"""Keeps files that are about people for the user who made them: an SQLite database, and what
commands write."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

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


def written_privately(file: Path) -> TextIO:
    """The file, open and empty, for a text that only its owner may read. Raises OSError.

    One that is there already is private from then on. A pipe or a device stays as it is.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    target = os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8", newline="")
    if stat.S_ISREG(os.fstat(target.fileno()).st_mode):
        with suppress(PermissionError):  # it belongs to somebody else
            os.fchmod(target.fileno(), 0o600)
    return target


def on_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Receive Django's signal of a new connection: any command may be the one that makes the
    file."""
    if connection.vendor == "sqlite":
        keep_private(Path(connection.settings_dict["NAME"]))
