"""``python manage.py bench_imports``: how long an import takes, on a database of its own.

The time runs from the bytes of the file to the last stored row. The same run times a peer, which
writes the same rows in one go by the bare driver: no import can be quicker than that. The ratio of
the two says how much reading, checking and comparing add, whatever the machine.
"""

import contextlib
import csv
import io
import sqlite3
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from accounts.models import User
from lab.management.benchmarks import median_ms, own_database
from sessions_app import imports
from sessions_app.models import ClassGroup, Course, Enrolment, Subject

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
COURSES = 50
MODELS = (Subject, ClassGroup, User, Course, Enrolment)
"""What the import writes, in an order in which it may be written."""
Rows = dict[str, list[Any]]


class Command(BaseCommand):
    help = "Measure the import of new students, each on a course, in a database made for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lines", type=int, default=5000)
        parser.add_argument("--runs", type=int, default=5)

    def handle(self, *args: Any, lines: int, runs: int, **options: Any) -> None:
        data = _file(lines)
        with own_database():
            import_ms = median_ms(lambda: _import(data), runs, before=_empty)
            rows = _read_bare()
            repeat_ms = median_ms(lambda: _import(data), runs)
            peer_ms = median_ms(lambda: _write_bare(rows), runs, before=_empty)
        self.stdout.write(
            f"{connection.vendor}: import of {lines} lines, {sum(map(len, rows.values()))} rows, "
            f"median of {runs}: {import_ms:.0f} ms (again, with nothing to do, {repeat_ms:.0f} "
            f"ms), the same rows by the bare driver {peer_ms:.0f} ms, "
            f"ratio {import_ms / peer_ms:.1f}"
        )


def _file(lines: int) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, _line(0))
    writer.writeheader()
    writer.writerows(_line(number) for number in range(lines))
    return out.getvalue().encode()


def _line(number: int) -> dict[str, str]:
    course = number % COURSES
    return {
        "student_number": f"S{number}",
        "student_email": f"s{number}@example.org",
        "student_name": f"Student {number}",
        "subject_code": f"B{course}",
        "subject_name": f"Bench {course}",
        "class_code": f"C{course}",
        "class_name": f"Class {course}",
        "teacher_number": f"T{course}",
        "teacher_email": f"t{course}@example.org",
        "teacher_name": f"Teacher {course}",
    }


def _import(data: bytes) -> None:
    imports.apply(imports.plan_enrolments(data, now=NOW))


def _empty() -> None:
    for model in reversed(MODELS):
        model._default_manager.all().delete()


def _read_bare() -> Rows:
    tables = [model._meta.db_table for model in MODELS]
    if connection.vendor == "mongodb":
        mongodb: Any = connection
        return {table: list(mongodb.get_collection(table).find()) for table in tables}
    with contextlib.closing(_bare_sqlite()) as bare:
        return {table: bare.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608


def _write_bare(rows: Rows) -> None:
    if connection.vendor == "mongodb":
        _insert_many(rows)
    else:
        _executemany(rows)


def _insert_many(rows: Rows) -> None:
    mongodb: Any = connection
    with mongodb.connection.start_session() as session, session.start_transaction():
        for table, documents in rows.items():
            mongodb.database[table].insert_many(documents, session=session)


def _executemany(rows: Rows) -> None:
    with contextlib.closing(_bare_sqlite()) as bare, bare:  # the second one commits
        for table, values in rows.items():
            places = ", ".join("?" * len(values[0]))
            bare.executemany(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608


def _bare_sqlite() -> sqlite3.Connection:
    """A connection beside Django's, without its converters, and as durable."""
    settings = connection.settings_dict
    bare = sqlite3.connect(settings["NAME"])
    bare.executescript(settings["OPTIONS"]["init_command"])
    return bare
