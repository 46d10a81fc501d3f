"""An address is confirmed by mail before its account joins anything or its number counts.

A registered account only claims its number. Whoever confirms an address gets the number that the
institution's list has for it, or else the one that they claim. Others who claimed it are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Device, Passkey, PasskeyChallenge, RosterEntry, User, no_number
from accounts.queries.directory import kept_in_place_of
from accounts.services.erasure import ERASED_NAME, NOWHERE
from accounts.services.links import mail_link
from accounts.services.mails import send_later
from accounts.services.switching import switch_off
from accounts.services.tokens import revoke_tokens
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

UNCONFIRMED_FOR = timedelta(days=30)
"""How long an address can be claimed without being confirmed. Then it is free for its owner."""
CODE = "email_not_confirmed"


def mail_confirmation(person: User, *, number: str = "", now: datetime) -> None:
    """Mail the link that confirms the address, and that number if it is given.

    Raises email_already_confirmed, number_taken, too_many_attempts. The link asks for the password:
    somebody who registered with another person's address must not get it because that person
    opened the link.
    """
    if person.is_confirmed:
        raise Refusal(
            "email_already_confirmed", _("Your e-mail address is confirmed already."), Kind.CONFLICT
        )
    if number and number != person.number:
        claim_number(person, number)
    details = {"email": person.email, "name": person.full_name, "number": person.number}
    mail_link(person, "confirm_email", details, now=now)


def confirm_email(person: User, *, now: datetime) -> None:
    """Let the account's address and number count. Repeating is harmless. Number and name are those
    of the expected list where the address is on it.

    Raises number_taken where another account has the number, and number_of_another where the
    institution's list has it for another address.
    """
    person.refresh_from_db()
    if person.is_confirmed:
        return
    own = RosterEntry.objects.filter(email=person.email).first()
    number = own.institution_number if own else _claimed(person)
    rows = User.objects.filter(pk=person.pk, email=person.email, email_confirmed_at=None)
    values = {"email_confirmed_at": now, "claimed_number": "", "institution_number": number}
    if own and own.full_name:
        values |= {"full_name": own.full_name, "name_vouched_at": now}
    if own:
        _release_squatters(number, now=now)
    try:
        # One write decides: the unique number lets one of several claims win.
        with one_write():
            won = rows.filter(claimed_number=person.claimed_number).update(**values)
    except IntegrityError as error:
        raise number_taken() from error
    if not won:  # the claim was changed or taken away meanwhile
        confirm_email(person, now=now)
        return
    _release_claims(number)
    person.refresh_from_db()


def confirm_if_possible(person: User, *, now: datetime) -> None:
    """Confirm the address of a person who proved it in another way. Where the number stands in the
    way, the account stays as it is, and its owner reads why when they ask for a link."""
    with suppress(Refusal):
        confirm_email(person, now=now)


def claim_number(person: User, number: str) -> None:
    """Say another number of an account that is not confirmed. Raises number_taken."""
    if User.objects.filter(institution_number=number).exclude(pk=person.pk).exists():
        raise number_taken()
    User.objects.filter(pk=person.pk, email_confirmed_at=None).update(claimed_number=number)
    person.claimed_number = number


def require_confirmed(people: Iterable[User]) -> None:
    """Raises email_not_confirmed, which names those whose address is not confirmed."""
    waiting = [person for person in people if not person.is_confirmed]
    if waiting:
        names = ", ".join(str(person) for person in waiting)
        sentence = _("Not confirmed yet: the e-mail address of %(names)s. They got a link by mail.")
        raise Refusal(CODE, sentence % {"names": names}, Kind.CONFLICT)


def require_own_confirmed(person: User) -> None:
    """Raises email_not_confirmed, which says to its owner what to do."""
    if not person.is_confirmed:
        sentence = _("Confirm your e-mail address first: open the link in the mail to %(email)s.")
        raise Refusal(CODE, sentence % {"email": person.email}, Kind.NOT_ALLOWED)


def release_account(person: User, *, now: datetime) -> bool:
    """Free the address and the number that an account claims without having confirmed them.

    The account is switched off and keeps no way in. Returns False where it was confirmed meanwhile.
    """
    nobody = User()
    nobody.set_unusable_password()
    rows = User.objects.filter(pk=person.pk, email_confirmed_at=None)
    released = rows.update(
        email=f"{person.pk.hex}@{NOWHERE}",
        full_name=ERASED_NAME,
        claimed_number="",
        institution_number=no_number(),
        department="",
        password=nobody.password,
    )
    if released:
        switch_off(person, now=now)
        revoke_tokens(person, now=now)
        forget_phones(person)
    return bool(released)


def release_number(person: User, *, now: datetime) -> bool:
    """Take the number from an account that is switched off and that nobody ever answered for.

    Returns False where it was switched on, or somebody answered for it, meanwhile.
    """
    rows = User.objects.filter(pk=person.pk, is_active=False, name_vouched_at=None)
    return bool(rows.update(institution_number=no_number()))


def holds_idly(person: User) -> bool:
    """Whether the account is switched off, was answered for by nobody, and was not merged into
    another one, so that the institution's word on its number goes first."""
    is_nobodys = not person.is_active and person.name_vouched_at is None
    return is_nobodys and kept_in_place_of(person) is None


def forget_phones(person: User) -> None:
    """Delete the phones and passkeys of an account that somebody may have made with another
    person's address."""
    Device.objects.filter(user=person).delete()
    Passkey.objects.filter(user=person).delete()
    PasskeyChallenge.objects.filter(user=person).delete()


def release_unconfirmed(now: datetime) -> int:
    """Free what was claimed too long ago, by accounts that are switched off too. Returns how many
    accounts claimed it."""
    old = User.objects.filter(email_confirmed_at=None, created_at__lt=now - UNCONFIRMED_FOR)
    claiming = old.exclude(email__endswith=f"@{NOWHERE}")
    return sum(map(partial(release_account, now=now), claiming))


def number_taken() -> Refusal:
    return Refusal(
        "number_taken",
        _("An account with this number already exists. If it is not yours, ask an admin."),
        Kind.CONFLICT,
    )


def _claimed(person: User) -> str:
    """The number of a person whose address is not on the list, if it is nobody's there."""
    if not person.number:
        raise Refusal(
            "number_missing",
            _("This number now belongs to somebody else. Write your own number, or ask an admin."),
            Kind.CONFLICT,
        )
    if RosterEntry.objects.filter(institution_number=person.number).exists():
        raise Refusal(
            "number_of_another",
            _(
                "On the institution's list this number has another e-mail address. Register with "
                "that address, correct the number, or ask an admin."
            ),
            Kind.CONFLICT,
        )
    return person.number


def _release_squatters(number: str, *, now: datetime) -> None:
    """Free a number that the institution's list gives to another address than its holder's."""
    for holder in User.objects.filter(institution_number=number, is_active=False):
        if holds_idly(holder):
            release_number(holder, now=now)


def _release_claims(number: str) -> None:
    """Take the number from the others who claimed it, and tell them."""
    claims = User.objects.filter(claimed_number=number, email_confirmed_at=None)
    for other in claims:
        if claims.filter(pk=other.pk).update(claimed_number=""):
            send_later([_released_mail(other, number)])


def _released_mail(person: User, number: str) -> EmailMessage:
    context = {"person": person, "number": number, "page": settings.PUBLIC_URL + reverse("student")}
    text = render_to_string("accounts/mail/number_released.txt", context)
    return EmailMessage(_("Your number is somebody else's"), text, to=[person.email])
