"""What is left to do after people and courses were imported."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Role, User
from sessions_app.imports import invitations
from sessions_app.models import Course, Session


class NextStep(NamedTuple):
    text: str
    address: str


def next_steps(*, now: datetime) -> list[NextStep]:
    return list(_steps(now))


def _steps(now: datetime) -> Iterator[NextStep]:
    if uninvited := len(invitations.waiting()):
        text = ngettext(
            "Invite %(n)d person who has no password yet.",
            "Invite %(n)d people who have no password yet.",
            uninvited,
        )
        yield NextStep(text % {"n": uninvited}, reverse("invitations"))
    teachers = User.objects.filter(role=Role.TEACHER, is_active=True, is_approved=False).count()
    if teachers:
        text = ngettext(
            "Approve %(n)d teacher.", "Approve %(n)d teachers, who wait for it.", teachers
        )
        yield NextStep(text % {"n": teachers}, reverse("home"))
    ahead = (
        Session.objects.filter(starts_at__gte=now).order_by().values_list("course_id", flat=True)
    )
    active = set(Course.objects.filter(is_active=True).values_list("pk", flat=True))
    if bare := len(active - set(ahead)):
        text = ngettext(
            "Import a timetable: %(n)d course has no session ahead.",
            "Import a timetable: %(n)d courses have no session ahead.",
            bare,
        )
        yield NextStep(text % {"n": bare}, reverse("import-timetable"))
