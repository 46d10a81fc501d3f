"""Reads the guests of sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Role, User
from sessions_app.models import Guest, Session


@dataclass(frozen=True)
class GuestRow:
    """A guest, and the student's account that has the guest's number, if there is one."""

    guest: Guest
    account: User | None


def guests_of(session: Session) -> list[GuestRow]:
    """The guests of a session who are not enrolled yet, in two queries."""
    guests = list(guests_in([session.pk]))
    numbers = [guest.number for guest in guests if guest.number]
    people = User.objects.filter(role=Role.STUDENT, is_active=True, institution_number__in=numbers)
    accounts = {person.institution_number: person for person in people}
    return [GuestRow(guest, accounts.get(guest.number)) for guest in guests]


def guests_in(session_ids: Iterable[UUID]) -> Iterable[Guest]:
    """The guests of these sessions who are on the list and are not enrolled, oldest first."""
    rows = Guest.objects.filter(session_id__in=list(session_ids), removed_at=None, enrolled_as=None)
    return rows.select_related("by").order_by("at", "pk")
