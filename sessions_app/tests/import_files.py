"""Files with a class in them, and what importing them does."""

import csv
import io
from datetime import UTC, datetime

import pytest

from sessions_app import imports
from sessions_app.imports import Action, ImportRefused

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TEACHING = {
    "subject_code": "OS",
    "subject_name": "Operating Systems",
    "class_code": "CSE-A",
    "class_name": "Computer Science A",
    "teacher_number": "T7",
    "teacher_email": "t7@school.test",
    "teacher_name": "Tea Cher",
}
ANN = {"student_number": "S7", "student_email": "ann@school.test", "student_name": "Ann Ågren"}
BO = {"student_number": "S8", "student_email": "bo@school.test", "student_name": "Bo Berg"}


def csv_of(*rows: dict[str, str], delimiter: str = ",", columns: list[str] | None = None) -> bytes:
    out = io.StringIO()
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def plan(data: bytes, **options) -> imports.Plan:
    return imports.plan_enrolments(data, now=NOW, **options)


def run(data: bytes, **options) -> imports.Plan:
    made = plan(data, **options)
    imports.apply(made)
    return made


def refused(data: bytes, **options) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        plan(data, **options)
    return [str(problem) for problem in caught.value.problems]


def names(made: imports.Plan, act: Action) -> list[str]:
    return [str(change) for change in made.changes(act)]


CLASS = csv_of(TEACHING | ANN, TEACHING | BO)
EXISTING = {"subject_code": "OS", "class_code": "CSE-A", "teacher_number": "T1"}
