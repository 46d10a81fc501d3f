"""A change of e-mail address, which is confirmed at the new one and told to the old one."""

from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import ReservedEmail, User
from accounts.services.confirming import confirm_if_possible
from accounts.services.links import mail_link
from accounts.services.mails import send_later
from accounts.services.registration import check_domain, raise_taken
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

EMAIL_RESERVED_FOR = timedelta(days=365)
"""How long nobody else can have an address that an account gave up."""


def ask_for_new_email(person: User, email: str, *, now: datetime) -> None:
    """Mail a link to the new address, which makes it the account's. Nothing changes until then.

    Raises Refusal (not allowed, conflict, too many).
    """
    check_domain(email)
    raise_taken(
        email=email, institution_number=person.institution_number, except_for=person, now=now
    )
    mail_link(person, "take_email", {"email": email}, now=now, to=email)


def take_email(person: User, email: str, *, now: datetime, by_admin: bool = False) -> None:
    """Make an address the account's, which its owner proved.

    Raises Refusal (not allowed, conflict). An admin answers for the address, and may give one of
    any domain.
    """
    if not by_admin:
        check_domain(email)
    old = person.email
    change_email(person, email, now=now)
    confirm_if_possible(person, now=now)
    context = {"person": person, "email": email}
    text = render_to_string("accounts/mail/new_email.txt", context)
    send_later([EmailMessage(_("Your e-mail address was changed"), text, to=[old])])


def change_email(person: User, email: str, *, now: datetime) -> None:
    """Move the account to an address, and keep the one that it had for a year.

    The old address is reserved before it is free, so that at no moment can anybody take it.
    """
    old = person.email
    raise_taken(
        email=email, institution_number=person.institution_number, except_for=person, now=now
    )
    reserve_email(person, old, now=now)
    try:
        with one_write():
            changed = User.objects.filter(pk=person.pk, email=old).update(email=email)
    except IntegrityError:
        ReservedEmail.objects.filter(email=old, user=person).delete()
        raise_taken(
            email=email, institution_number=person.institution_number, except_for=person, now=now
        )
        raise
    if not changed:
        raise Refusal(
            "email_changed",
            _("The address was changed meanwhile. Reload the page and try again."),
            Kind.CONFLICT,
        )
    ReservedEmail.objects.filter(email=email, user=person).delete()
    person.email = email


def reserve_email(person: User, email: str, *, now: datetime) -> None:
    """Keep an address for the account that gives it up."""
    fields = {"user": person, "until": now + EMAIL_RESERVED_FOR}
    if ReservedEmail.objects.filter(email=email).update(**fields):
        return
    try:
        with one_write():
            ReservedEmail.objects.create(email=email, **fields)
    except IntegrityError:
        ReservedEmail.objects.filter(email=email).update(**fields)
