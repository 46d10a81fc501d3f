"""The institution's expected list, of who may register."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import RosterEntry, User, normalise_email, normalise_number
from accounts.services.names import vouch_for_names
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind as RefusalKind
from attendance_project.refusals import Refusal
from attendance_project.tables import (
    Column,
    ColumnsUnclear,
    ImportRefused,
    Kind,
    Layout,
    Row,
    Table,
    read_table,
    systems,
)
from attendance_project.tables.apart import KINDS, WAITS_S
from attendance_project.tables.headers import header_key
from attendance_project.tables.reading import listed

COLUMNS = ("email", "institution_number", "full_name")
"""The columns that the header needs. The name may also stand in two, or be missing in a row."""
AT_ONCE = 500
"""Accounts that are asked for at once."""
MOST_TOLD = 20
"""Faults that are told at once."""
GIVEN, FAMILY = "given_name", "family_name"
STATUS, ENABLED = "status", "enabled"
ROSTER = Layout(
    "roster",
    (
        Column(
            "institution_number",
            Kind.NUMBER,
            _("Number"),
            ("student_number", "teacher_number", *systems.NUMBER),
        ),
        Column("email", Kind.EMAIL, _("E-mail"), ("student_email", *systems.EMAIL)),
        Column("full_name", Kind.NAME, _("Name"), ("student_name", *systems.FULL_NAME)),
        Column(GIVEN, Kind.NAME_PART, _("First name"), systems.GIVEN_NAME),
        Column(FAMILY, Kind.NAME_PART, _("Last name"), systems.FAMILY_NAME),
        Column(STATUS, Kind.WORD, _("Status: active or gone"), systems.STATUS, True),
        Column(ENABLED, Kind.WORD, _("Account: switched on or off"), systems.ENABLED, True),
    ),
    reads_strangers=True,
)


@dataclass
class Imported:
    """How many entries were added and changed, and what was mended or left out on the way."""

    added: int
    changed: int
    notes: list[str] = field(default_factory=list)


def import_roster(data: bytes, *, encoding: str = "", now: datetime) -> Imported:
    """Read a CSV file or a workbook of people, by our columns or those of another system.

    The whole file is checked before anything is written. Raises Refusal ``invalid_roster``, whose
    sentence names the line, ``file_too_costly`` and ``files_busy``. An e-mail that is there already
    gets the new number and name, so repeating is harmless. The names of accounts that the list has
    too are known from then on; numbers that an account with another address has are in the notes.
    """
    try:
        table = read_table(data, ROSTER, encoding=encoding)
    except ImportRefused as error:
        if isinstance(error, ColumnsUnclear) or not data.strip():
            _check_header(*_header_of(error))
        raise _refused(error) from error
    _check_header(table.header.line, set(table.columns))
    here, notes = _still_here(table)
    entries = _read(here)
    added = sum(_store(line, entry) for line, entry in entries)
    stored = [entry for _line, entry in entries]
    _answer_for_names(stored, now=now)
    return Imported(added, len(entries) - added, [*notes, *_disputes(stored)])


def _answer_for_names(entries: Sequence[RosterEntry], *, now: datetime) -> None:
    """Note of accounts with a confirmed address that the list has the name that they gave."""
    names = {entry.email: entry.full_name for entry in entries if entry.full_name}
    for part in _parts(list(names)):
        rows = User.objects.filter(email__in=part, name_vouched_at=None)
        same = [
            person
            for person in rows.exclude(email_confirmed_at=None)
            if person.full_name == names[person.email]
        ]
        vouch_for_names(same, now=now)


def _disputes(entries: Sequence[RosterEntry]) -> list[str]:
    """A note on numbers that an account with another address has, for a person to look at."""
    emails = {entry.institution_number: entry.email for entry in entries}
    held: list[str] = []
    for part in _parts(list(emails)):
        holders = User.objects.filter(institution_number__in=part).order_by("institution_number")
        held += [
            f"{person.institution_number} ({person.email})"
            for person in holders
            if person.email != emails[person.institution_number]
        ]
    if not held:
        return []
    told = _now(
        "Accounts with another address have these numbers already. Find out whose they are, and "
        "change the number of the wrong one: %s."
    )
    return [told % listed(held)]


def _parts(values: list[str]) -> Iterator[list[str]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))


def _still_here(table: Table) -> tuple[list[Row], list[str]]:
    """The rows of people who are there, and the file's notes with one on the others."""
    here: list[Row] = []
    gone: list[str] = []
    for row in table.rows:
        if _is_here(row):
            here.append(row)
        else:
            gone.append(str(row.line))
    left_out = _now("Left out, since the file says that they are gone: lines %s.")
    return here, [*table.notes, *([left_out % listed(gone)] if gone else [])]


def _is_here(row: Row) -> bool:
    """Whether the row's person is still there. Raises invalid_roster for a word that nobody knows,
    since a wrong guess lets somebody register who left."""
    for column in (STATUS, ENABLED):
        key = header_key(word := row.cells.get(column, ""))
        if key in systems.GONE:
            return False
        if word and key not in systems.HERE:
            why = f"{column} “{word[:50]}” is not known. Write active or inactive, or remove it"
            raise _unusable(row.line, why)
    return True


def _header_of(error: ImportRefused) -> tuple[int, set[str]]:
    if isinstance(error, ColumnsUnclear):
        return error.header.line, set(error.header.columns)
    return 1, set()


def _check_header(line: int, columns: set[str]) -> None:
    if columns & {GIVEN, FAMILY}:
        columns = columns | {"full_name"}
    if missing := [name for name in COLUMNS if name not in columns]:
        raise _unusable(line, f"the header lacks {', '.join(missing)}")


def _read(rows: Iterable[Row]) -> list[tuple[int, RosterEntry]]:
    entries = []
    seen: dict[str, int] = {}
    for row in rows:
        entry = _entry(row)
        for key in (entry.email, entry.institution_number):
            if key in seen:
                raise _unusable(row.line, f"{key} is on line {seen[key]} too")
            seen[key] = row.line
        entries.append((row.line, entry))
    return entries


def _entry(row: Row) -> RosterEntry:
    cells = row.cells
    joined = " ".join(filter(None, (cells.get(GIVEN), cells.get(FAMILY))))
    entry = RosterEntry(
        email=normalise_email(cells.get("email", "")),
        institution_number=normalise_number(cells.get("institution_number", "")),
        full_name=cells.get("full_name") or joined,
    )
    try:
        entry.clean_fields()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise _unusable(row.line, f"{name}: {messages[0]}") from error
    return entry


def _store(line: int, entry: RosterEntry) -> bool:
    """Store the entry. Returns whether it is new."""
    fields = {"institution_number": entry.institution_number, "full_name": entry.full_name}
    try:
        with one_write():
            is_known = RosterEntry.objects.filter(email=entry.email).update(**fields)
        if is_known:
            return False
        with one_write():
            entry.save(force_insert=True)
    except IntegrityError as error:
        number = entry.institution_number
        raise _unusable(line, f"{number} belongs to another e-mail already") from error
    return True


def _refused(error: ImportRefused) -> Refusal:
    told = list(map(str, error.told[:MOST_TOLD]))
    if error.code in KINDS:
        waits_s = WAITS_S.get(error.code)
        return Refusal(error.code, "; ".join(told), KINDS[error.code], wait_s=waits_s)
    return Refusal("invalid_roster", "; ".join(told), RefusalKind.INVALID)


def _unusable(line: int, why: str) -> Refusal:
    return Refusal("invalid_roster", f"line {line}: {why}", RefusalKind.INVALID)
