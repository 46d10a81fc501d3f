"""The machine: who may read its files, and how much room its disks have."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from attendance_project import health
from attendance_project.private_files import OTHERS
from reports.doctor.lines import Line, fault, ok, warning

OTHERS_WRITE = 0o022
SCARCE_BYTES = 2 * 1024**3
"""Free bytes under which somebody should look: a term of a large school takes about as many."""


def private_files() -> Iterator[Line]:
    """.env and an SQLite database are their owner's only, and others write nothing into VAR_DIR."""
    open_files = [file for file in _private() if file.is_file() and file.stat().st_mode & OTHERS]
    folder = Path(settings.VAR_DIR)
    if open_files:
        names = " ".join(str(file) for file in open_files)
        words = f"Other users of this machine may read secrets or people's data: {names}."
        yield fault("permissions", words, f"Run: chmod 600 {names}")
    elif not os.access(folder, os.W_OK | os.X_OK):
        words = f"The server cannot write into {folder}."
        yield fault("permissions", words, "Give the folder to the user who runs the server.")
    elif folder.stat().st_mode & OTHERS_WRITE:
        words = f"Other users of this machine may put files into {folder}."
        yield fault("permissions", words, f"Run: chmod go-w {folder}")
    else:
        yield ok("permissions", "Secrets and data are their owner's only.")


def _private() -> Iterator[Path]:
    yield Path(settings.BASE_DIR) / ".env"
    if connection.vendor == "sqlite":
        yield Path(connection.settings_dict["NAME"])


def disk() -> Iterator[Line]:
    """There is room where the server writes."""
    free = min(health.free_bytes(folder) for folder in health.written_folders())
    words = f"{free / 1024**3:.1f} GB are free."
    if free < health.LEAST_FREE_BYTES:
        yield fault("disk", words, "Delete what is not needed, or attach a larger disk.")
    elif free < SCARCE_BYTES:
        yield warning("disk", words, "See to more room before the database needs it.")
    else:
        yield ok("disk", words)
