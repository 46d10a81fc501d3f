"""People who wait for an admin."""

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from accounts.queries import open_erasures, waiting_accounts, waiting_names
from sessions_app.hooks import ToDo
from sessions_app.models import Enrolment


def people_to_approve(user: User) -> list[ToDo]:
    """Count the accounts that wait, for the first page of an admin."""
    if not user.is_admin:
        return []
    count = waiting_accounts().count()
    words = ngettext("account to approve", "accounts to approve", count)
    return [{"count": count, "words": words, "url": reverse("people-waiting")}]


def people_to_erase(user: User) -> list[ToDo]:
    """Count the wishes to be erased, for the first page of an admin."""
    if not user.is_admin:
        return []
    count = open_erasures().count()
    words = ngettext("erasure request", "erasure requests", count)
    return [{"count": count, "words": words, "url": reverse("erasures")}]


def names_to_approve(user: User) -> list[ToDo]:
    """Count the names that wait, for the first page of an admin."""
    if not user.is_admin:
        return []
    count = waiting_names().count()
    words = ngettext("name to approve", "names to approve", count)
    return [{"count": count, "words": words, "url": reverse("names")}]


def classmates_of(student: User) -> list[User]:
    """The other students of the student's courses."""
    courses = Enrolment.objects.filter(student_id=student.pk, is_active=True)
    ids = list(courses.values_list("course_id", flat=True))
    places = Enrolment.objects.filter(course_id__in=ids, is_active=True)
    others = set(places.values_list("student_id", flat=True)) - {student.pk}
    return list(User.objects.filter(pk__in=list(others)))
