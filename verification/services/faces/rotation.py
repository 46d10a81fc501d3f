"""Encrypts everything biometric again, with a new first key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.fernet import InvalidToken

from verification.models import AccessPurpose, FaceTemplate, PhotoTemplate
from verification.services.faces.access import log_accesses
from verification.services.faces.sealing import resealed

Sealed = FaceTemplate | PhotoTemplate
TABLES: dict[str, type[Sealed]] = {"faces": FaceTemplate, "photos": PhotoTemplate}

MOMENTS = {"faces": "enrolled_at", "photos": "made_at"}
"""When a row of each table was made."""


@dataclass(frozen=True)
class RotationResult:
    """A row of a table of TABLES; ``unreadable`` where no key opens it."""

    table: str
    number: str
    unreadable: bool = False


def rotate_template_keys(*, now: datetime) -> Iterator[RotationResult]:
    """Encrypt each row with the first key, one after the other, and tell of each whether it could
    be read.

    It is safe to repeat, also after it was broken off: what was reached is done.
    """
    touched: set[UUID] = set()
    for table, stored in _rows():
        if stored.ciphertext and stored.student_id not in touched:
            touched.add(stored.student_id)
            log_accesses([stored.student_id], purpose=AccessPurpose.KEYS_ROTATED, now=now)
        yield RotationResult(
            table, stored.student.institution_number, unreadable=not _rotate(stored)
        )


def _rotate(stored: Sealed) -> bool:
    """Encrypt one row and return whether it is under the first key now. A rejected or disowned one
    is empty."""
    if not stored.ciphertext:
        return True
    try:
        fresh = resealed(stored.ciphertext)
    except InvalidToken:
        return False
    # Unless it was erased or measured anew meanwhile, which used the first key already.
    rows = type(stored).objects.filter(pk=stored.pk, ciphertext=stored.ciphertext)
    rows.update(ciphertext=fresh)
    return True


def rows_to_rotate() -> int:
    return sum(table.objects.count() for table in TABLES.values())


def tables_that_no_key_opens() -> list[str]:
    """The names of the tables in which the oldest or the newest row opens under no key. What was
    decrypted for that is forgotten at once."""
    return [name for name, moment in MOMENTS.items() if not _ends_open(TABLES[name], moment)]


def _ends_open(table: type[Sealed], moment: str) -> bool:
    rows = table.objects.exclude(ciphertext=b"")
    ends = [rows.order_by(moment).first(), rows.order_by(f"-{moment}").first()]
    try:
        for stored in ends:
            if stored is not None:
                resealed(stored.ciphertext)
    except InvalidToken:
        return False
    return True


def _rows() -> Iterator[tuple[str, Sealed]]:
    """Every row with the name of its table, read one at a time."""
    for name, table in TABLES.items():
        for pk in list(table.objects.order_by("pk").values_list("pk", flat=True)):
            stored = table.objects.select_related("student").filter(pk=pk).first()
            if stored is not None:
                yield name, stored
