"""People who wait for an admin, and people who are on courses together."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

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


def classmates_of(students: Collection[UUID]) -> dict[UUID, list[User]]:
    """The other students of each student's courses."""
    active = Enrolment.objects.filter(is_active=True).order_by()
    own = active.filter(student_id__in=list(students)).values_list("student_id", "course_id")
    courses = defaultdict(set)
    for student_id, course_id in own:
        courses[student_id].add(course_id)
    together = defaultdict(set)
    places = active.filter(course_id__in=list(set().union(*courses.values())))
    for course_id, student_id in places.values_list("course_id", "student_id"):
        together[course_id].add(student_id)
    people = User.objects.in_bulk(list(set().union(*together.values())))
    others = {
        pk: set().union(*(together[course_id] for course_id in courses[pk])) - {pk}
        for pk in students
    }
    return {pk: [people[other] for other in ids if other in people] for pk, ids in others.items()}
