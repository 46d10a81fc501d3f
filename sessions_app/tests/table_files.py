"""Tables of sessions, and what importing them does."""

from datetime import UTC, datetime

import pytest

from sessions_app import imports
from sessions_app.imports import Action, ImportRefused
from sessions_app.models import Course

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
HEAD = "subject_code,class_code,date,begin,end,room\n"
LECTURE = HEAD + "OS,CSE-A,2026-12-01,09:00,10:30,B-204\n"


def plan(data: str | bytes, **options) -> imports.Plan:
    courses = Course.objects.all()
    given = {"courses": courses, "managed": courses, "by": None, "now": NOW, "file_name": "t.csv"}
    data = data.encode() if isinstance(data, str) else data
    return imports.plan_session_table(data, **given | options)


def run(data: str | bytes, **options) -> imports.Plan:
    made = plan(data, **options)
    imports.apply(made)
    return made


def refused(data: str | bytes, **options) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        plan(data, **options)
    return [str(problem) for problem in caught.value.problems]


def changes(made: imports.Plan, action: Action) -> list[str]:
    return [change.told for change in made.changes(action)]
