"""Brings the people whom an import has made into their accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

import segno
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.mail import BadHeaderError, get_connection
from django.db.models import QuerySet

from accounts import services as people
from accounts.models import Role, User
from accounts.queries import people_matching


def waiting() -> list[User]:
    """Students and teachers who have not set a password yet."""
    roles = [Role.STUDENT.value, Role.TEACHER.value]
    users = User.objects.filter(
        role__in=roles, is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    return list(
        users.select_related("invited_by").order_by("full_name", "institution_number", "pk")
    )


def used(text: str = "") -> QuerySet[User]:
    """Who chose their first password by an invitation, the latest first. ``text`` narrows them to
    those whose name, address or number has its words. Accounts that are switched off are left out,
    as in `waiting`."""
    rows = people_matching(text=text, is_active=True).exclude(invitation_used_at=None)
    return rows.select_related("invited_by").order_by("-invitation_used_at", "pk")


def ends_at(person: User) -> datetime | None:
    """When the person's latest link ends, or None where they were given none."""
    lasts = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return person.invited_at + lasts if person.invited_at else None


@dataclass(frozen=True)
class Slip:
    """An invitation on paper. ``code`` is the link as a QR code, in a data address of an SVG."""

    person: User
    link: str
    code: str


def slips(persons: Iterable[User], *, by: User | None, now: datetime) -> list[Slip]:
    made = links(persons, by=by, now=now)
    return [Slip(person, link, segno.make(link).svg_data_uri(border=0)) for person, link in made]


def links(persons: Iterable[User], *, by: User | None, now: datetime) -> list[tuple[User, str]]:
    """A link for each, which is noted as an invitation."""
    invited = list(persons)
    people.note_invited(invited, by=by, now=now)
    return [(person, people.password_link(person)) for person in invited]


def mail(persons: Iterable[User], *, by: User | None, now: datetime) -> tuple[int, list[User]]:
    """Send the mails, and note each person as invited before theirs. Returns how many were sent,
    and to whom it failed."""
    sent, failed = 0, []
    connection = get_connection()
    for person in persons:
        try:
            with people.noted_as_invited(person, by=by, now=now):
                # The first mail opens the connection for all, or 300 mails need 300 log-ins.
                connection.open()
                people.mail_password_link(person, connection=connection)
            sent += 1
        except (SMTPException, BadHeaderError, OSError):
            failed.append(person)
            connection.close()
    connection.close()
    return sent, failed
