"""Accounts that an admin brings in, which have no password until their owner sets one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.models import Role, User, normalise_email, normalise_number
from attendance_project import clock
from attendance_project.refusals import Kind, Refusal


def new_person(*, role: Role, email: str, institution_number: str, **fields: Any) -> User:
    """An account, not stored yet, to which nobody can log in until its owner has set a password.

    The institution answers for address and number, and the link for the password goes to that
    address alone. So both count at once, and the name too. A student's account does as well. A
    teacher's waits for an admin's approval like any other, and an admin's is never made this way.
    Raises Refusal (not allowed).
    """
    if role not in (Role.STUDENT, Role.TEACHER):
        raise Refusal(
            "role_not_allowed",
            _("Admins need an invitation. Create one for them."),
            Kind.NOT_ALLOWED,
        )
    person = User(
        email=normalise_email(email),
        institution_number=normalise_number(institution_number),
        role=role,
        is_approved=role == Role.STUDENT,
        email_confirmed_at=clock.now(),
        name_vouched_at=clock.now(),
        **fields,
    )
    person.set_unusable_password()
    return person


def is_claimed(person: User) -> bool:
    """Whether the owner has set a password."""
    return person.has_usable_password()


def password_link(person: User) -> str:
    """The address where the person sets a password, once and within PASSWORD_RESET_TIMEOUT.

    The secret stands behind the ``#``, which no browser sends: so it is in the log of no server and
    in no Referer header.
    """
    # It comes from the settings and not from a request, whose host the sender chooses.
    page = settings.PUBLIC_URL + reverse("password_link")
    number = urlsafe_base64_encode(force_bytes(person.pk))
    return f"{page}#{number}.{default_token_generator.make_token(person)}"


def note_invited(people: Iterable[User], *, by: User | None, now: datetime) -> None:
    """Note that these people were given a link to choose a first password."""
    rows = User.objects.filter(pk__in=[person.pk for person in people])
    rows.update(invited_at=now, invited_by=by)


@contextmanager
def noted_as_invited(person: User, *, by: User | None, now: datetime) -> Iterator[None]:
    """Around the sending of a link: the person is noted as invited before it begins, so that who
    uses the link at once has been. Where it fails, they stand as before, unless the link was used
    or somebody else has invited them meanwhile."""
    row = User.objects.filter(pk=person.pk)
    before = row.values("invited_at", "invited_by", "invitation_used_at").get()
    note_invited([person], by=by, now=now)
    try:
        yield
    except Exception:
        used_at = before.pop("invitation_used_at")
        row.filter(invited_at=now, invited_by=by, invitation_used_at=used_at).update(**before)
        raise


def mail_password_link(person: User, *, connection: Any = None) -> None:
    """Tell a person without a password how to set one. Many mails share one ``connection``."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    context = {
        "person": person,
        "link": password_link(person),
        "days": days,
        "student_page": settings.PUBLIC_URL + reverse("student"),
    }
    text = render_to_string("accounts/mail/password_link.txt", context)
    send_mail(_("Your attendance account"), text, None, [person.email], connection=connection)
