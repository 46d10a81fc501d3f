"""Finds the students whom a list names by id or by institution number."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import normalise_number
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import Session
from sessions_app.queries.register import on_register


def statuses_listed(session: Session, marks: Iterable[Mapping[str, Any]]) -> dict[UUID, str]:
    """The status of each student on a list of ``student`` or ``institution_number`` and ``status``.

    Raises invalid_input, which names the numbers of nobody on the register, and the students who
    are named twice.
    """
    listed = list(marks)
    known = dict(on_register(session).values_list("institution_number", "pk"))
    found: dict[UUID, str] = {}
    wrong = []
    for mark in listed:
        number = normalise_number(mark.get("institution_number", ""))
        student_id = mark.get("student") or known.get(number)
        if student_id is None:
            wrong.append(_("Not on this session's register: %(student)s.") % {"student": number})
        elif student_id in found:
            wrong.append(_("Named twice: %(student)s.") % {"student": number or student_id})
        else:
            found[student_id] = mark["status"]
    if wrong:
        raise Refusal(
            "invalid_input",
            _("Nothing was recorded. Please correct the fields marked below."),
            Kind.INVALID,
            fields={"marks": wrong},
        )
    return found
