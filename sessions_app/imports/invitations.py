"""Brings the people whom an import has made into their accounts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from smtplib import SMTPException

import segno
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.mail import BadHeaderError, get_connection

from accounts import services as people
from accounts.models import Role, User


def waiting() -> list[User]:
    """Students and teachers who have not set a password yet."""
    roles = [Role.STUDENT.value, Role.TEACHER.value]
    users = User.objects.filter(
        role__in=roles, is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    return list(users.order_by("full_name", "institution_number", "pk"))


@dataclass(frozen=True)
class Slip:
    """An invitation on paper. ``code`` is the link as a QR code, in a data address of an SVG."""

    person: User
    link: str
    code: str


def slips(persons: Iterable[User]) -> list[Slip]:
    made = links(persons)
    return [Slip(person, link, segno.make(link).svg_data_uri(border=0)) for person, link in made]


def links(persons: Iterable[User]) -> Iterator[tuple[User, str]]:
    return ((person, people.password_link(person)) for person in persons)


def mail(persons: Iterable[User]) -> tuple[int, list[User]]:
    """Send the mails. Returns how many were sent, and to whom it failed."""
    sent, failed = 0, []
    connection = get_connection()
    for person in persons:
        try:
            # The first mail opens the connection for all, or 300 mails would need 300 log-ins.
            connection.open()
            people.mail_password_link(person, connection=connection)
            sent += 1
        except (SMTPException, BadHeaderError, OSError):
            failed.append(person)
            connection.close()
    connection.close()
    return sent, failed
