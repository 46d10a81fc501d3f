"""Keeps an uploaded file until its changes are applied: in a table of its own, and not for long."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError

from accounts.models import User
from attendance_project.inserting import one_write
from sessions_app.models import WaitingFile
from sessions_app.models.waiting_files import NAME_LENGTH

WAITS = timedelta(hours=2)
"""How long a file waits after it was last looked at."""


@dataclass(frozen=True)
class Upload:
    """A file with its name, and the options for reading it as plain JSON values."""

    name: str
    data: bytes
    options: dict[str, Any]


def keep(upload: Upload, *, kind: str, by: User, now: datetime) -> None:
    """Keep the file in the place of the one that the person had waiting."""
    values = {
        "kind": kind,
        "name": upload.name[-NAME_LENGTH:],
        "data": zlib.compress(upload.data),
        "options": upload.options,
        "expires_at": now + WAITS,
    }
    rows = WaitingFile.objects.filter(owner=by)
    if rows.update(**values):
        return
    try:
        with one_write():
            WaitingFile.objects.create(owner=by, **values)
    except IntegrityError:  # another request of the same person has just kept one
        rows.update(**values)


def kept(*, kind: str, by: User, now: datetime) -> Upload | None:
    """The file of this kind that waits for the person, or None where there is none any more."""
    row = WaitingFile.objects.filter(owner=by, kind=kind, expires_at__gt=now).first()
    return Upload(row.name, zlib.decompress(bytes(row.data)), row.options) if row else None


def forget(*, by: User) -> None:
    """Delete the person's file, once it is applied or cannot be."""
    WaitingFile.objects.filter(owner=by).delete()


def purge_waiting_files(now: datetime) -> int:
    """Delete the files whose time is over. Returns how many there were."""
    return WaitingFile.objects.filter(expires_at__lte=now).delete()[0]


def erase_waiting_files(student: User, now: datetime) -> None:
    """Delete every file that waits, whoever uploaded it.

    Which of them name the student cannot be told for sure, since a file may write a name in many
    ways. Whoever uploaded one chooses it again.
    """
    WaitingFile.objects.all().delete()
