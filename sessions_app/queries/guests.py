"""Reads the guests of sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import AccountMerge, Role, User
from accounts.queries import standing_for
from sessions_app.models import Guest, Session


@dataclass(frozen=True)
class GuestRow:
    """A guest, and the student's account that has the guest's number, if there is one that is
    switched on. For an account that was merged stands the one that was kept."""

    guest: Guest
    account: User | None


def guests_of(session: Session) -> list[GuestRow]:
    """The guests of a session who are not enrolled yet, in two queries, and one or two more for
    each whose account is switched off."""
    guests = list(guests_in([session.pk]))
    numbers = [guest.number for guest in guests if guest.number]
    people = User.objects.filter(role=Role.STUDENT, institution_number__in=numbers)
    standing = {p.institution_number: p if p.is_active else standing_for(p) for p in people}
    accounts = {number: person for number, person in standing.items() if person.is_active}
    return [GuestRow(guest, accounts.get(guest.number)) for guest in guests]


def owner_of(number: str) -> User | None:
    """The person whose institution number it is, of any role and also switched off. For an account
    that was merged stands the one that was kept."""
    person = User.objects.filter(institution_number=number).first() if number else None
    return None if person is None else standing_for(person)


def visits_of(student: User) -> QuerySet[Guest]:
    """Where the student was a guest, by account or by number, the latest first. The number of an
    account that was merged into theirs is theirs too."""
    merges = AccountMerge.objects.filter(kept=student, is_standing=True).order_by()
    merged = User.objects.filter(pk__in=list(merges.values_list("merged_id", flat=True)))
    numbers = [student.institution_number, *merged.values_list("institution_number", flat=True)]
    rows = Guest.objects.filter(Q(enrolled_as=student) | Q(number__in=numbers), removed_at=None)
    return rows.select_related("by").order_by("-at", "pk")


def guests_in(session_ids: Iterable[UUID]) -> QuerySet[Guest]:
    """The guests of these sessions who are on the list and are not enrolled, oldest first."""
    rows = Guest.objects.filter(session_id__in=list(session_ids), removed_at=None, enrolled_as=None)
    return rows.select_related("by").order_by("at", "pk")
