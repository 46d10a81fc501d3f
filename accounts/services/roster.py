"""The institution's expected list, of who may register."""

import csv
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import RosterEntry, normalise_email, normalise_number
from attendance_project.refusals import Kind, Refusal
from attendance_project.spreadsheets import formula_sign, restored

COLUMNS = ("email", "institution_number", "full_name")


def import_roster(lines: Iterable[str]) -> tuple[int, int]:
    """Read CSV lines with COLUMNS as header. Returns how many entries were added and changed.

    The whole file is checked before anything is written. Raises Refusal ``invalid_roster``, whose
    sentence names the line. An e-mail that is there already gets the new number and name, so
    repeating is harmless.
    """
    added = 0
    entries = _read(lines)
    for line, entry in entries:
        added += _store(line, entry)
    return added, len(entries) - added


def _read(lines: Iterable[str]) -> list[tuple[int, RosterEntry]]:
    reader = csv.DictReader(lines)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or [])]:
        raise _unusable(1, f"the header lacks {', '.join(missing)}")
    entries = []
    seen: dict[str, int] = {}
    for row in reader:
        entry = _entry(reader.line_num, row)
        for key in (entry.email, entry.institution_number):
            if key in seen:
                raise _unusable(reader.line_num, f"{key} is on line {seen[key]} too")
            seen[key] = reader.line_num
        entries.append((reader.line_num, entry))
    return entries


def _entry(line: int, row: dict[str, str]) -> RosterEntry:
    cells = {column: _cell(line, column, row[column] or "") for column in COLUMNS}
    entry = RosterEntry(
        email=normalise_email(cells["email"]),
        institution_number=normalise_number(cells["institution_number"]),
        full_name=cells["full_name"],
    )
    try:
        entry.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise _unusable(line, f"{field}: {messages[0]}") from error
    return entry


def _cell(line: int, column: str, text: str) -> str:
    """The text of a cell, without the apostrophe that an export put in front of a formula."""
    trimmed = text.strip()
    value = restored(trimmed)
    if value == trimmed and (sign := formula_sign(value)):
        raise _unusable(
            line, f"{column} begins with {sign!r}, which spreadsheets take for a formula"
        )
    return value


def _store(line: int, entry: RosterEntry) -> bool:
    """Store the entry. Returns whether it is new."""
    fields = {"institution_number": entry.institution_number, "full_name": entry.full_name}
    try:
        with transaction.atomic():
            if RosterEntry.objects.filter(email=entry.email).update(**fields):
                return False
            entry.save(force_insert=True)
    except IntegrityError as error:
        number = entry.institution_number
        raise _unusable(line, f"{number} belongs to another e-mail already") from error
    return True


def _unusable(line: int, why: str) -> Refusal:
    return Refusal("invalid_roster", f"line {line}: {why}", Kind.INVALID)
