"""A forgotten password: a link is mailed, and the link sets a new password."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.domain.callers import Caller
from accounts.domain.delays import Delays, Try, wait_for_many_s, wait_s
from accounts.models import ResetRequest, User, normalise_email
from accounts.services.confirming import confirm_if_possible, forget_phones
from accounts.services.consent import withdraw_all_consent
from accounts.services.guesses import drawn_limit, place_of
from accounts.services.mails import send_later
from accounts.services.passwords import check_strength
from accounts.services.people import password_link
from accounts.services.tokens import revoke_tokens
from attendance_project.refusals import Kind, Refusal

WINDOW = timedelta(hours=24)
"""How long a request counts."""
RESETS_PER_ACCOUNT = Delays(free=3, first_s=60.0, longest_s=3600.0)
"""This is enough where a mail got lost, and too few to fill a person's inbox."""
RESETS_PER_ADDRESS = Delays(free=30, first_s=10.0, longest_s=60.0)
"""Accounts for which one address asked in settings.LOGIN_ADDRESS_WINDOW. Many are free, since a
staff room has one address on the first morning of a term."""


def ask_for_reset(email: str, *, caller: Caller, now: datetime) -> None:
    """Mail a link, if there is such an account. Raises Refusal (too many), which says how long.

    Neither the answer nor the time that it takes tells whether there is an account. A browser in
    which this account was logged in before has a count of its own. Requests for accounts that do
    not exist do not count against their address.
    """
    person = User.objects.filter(email=normalise_email(email)).first()
    request = _counted(email, person, caller, now)
    try:
        _check(request, now)
    except Refusal:
        request.delete()  # it was refused: trying must not prolong the wait
        raise
    ResetRequest.objects.filter(at__lt=now - WINDOW).delete()
    if person is not None and person.is_active:
        # It is sent outside the request, whose time would tell that there is a mail to send.
        send_later([_mail(person)])


def _counted(email: str, person: User | None, caller: Caller, now: datetime) -> ResetRequest:
    place = place_of(person, caller)
    named = place.source if place.is_known else normalise_email(email)
    shared = "" if place.is_known else place.shared
    return ResetRequest.objects.create(account=_digest("account", named), address=shared, at=now)


def _check(request: ResetRequest, now: datetime) -> None:
    others = ResetRequest.objects.exclude(pk=request.pk)
    mine = others.filter(account=request.account, at__gt=now - WINDOW)
    wait = wait_s(_tries(mine), RESETS_PER_ACCOUNT, now=now)
    if request.address:
        since = now - settings.LOGIN_ADDRESS_WINDOW
        here = others.filter(address=request.address, at__gt=since)
        free = drawn_limit(RESETS_PER_ADDRESS.free, request.address, now)
        wait = max(
            wait, wait_for_many_s(_tries(here), replace(RESETS_PER_ADDRESS, free=free), now=now)
        )
    if wait:
        raise Refusal(
            "too_many_attempts",
            _("Links were requested just now. Look into the mail, or try again in %(seconds)s s.")
            % {"seconds": int(wait) + 1},
            Kind.TOO_MANY,
            wait_s=max(wait, 1.0),
        )


def _tries(rows: models.QuerySet[ResetRequest]) -> list[Try]:
    return [Try(at, failed=True, of=account) for at, account in rows.values_list("at", "account")]


@sensitive_variables("password")
def set_forgotten_password(user: User, *, password: str, now: datetime) -> None:
    """Set the password of a person who came by the link, and end every log-in.

    The link proves the address too. Whoever registered with it before may be somebody else, so that
    no phone and no passkey of theirs stays, and nothing that they agreed to. Raises Refusal
    (invalid).
    """
    check_strength(password, user, field="new_password")
    user.set_password(password)
    if user.invited_at is not None and user.invitation_used_at is None:
        user.invitation_used_at = now
    user.save(update_fields=["password", "invitation_used_at"])
    revoke_tokens(user, now=now)
    if not user.is_confirmed:
        forget_phones(user)
        withdraw_all_consent(user, now=now)
        confirm_if_possible(user, now=now)


def _mail(user: User) -> EmailMessage:
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    context = {"user": user, "link": password_link(user), "days": days}
    body = render_to_string("accounts/mail/password_reset.txt", context)
    return EmailMessage(
        _("Choose a new password for your attendance account"), body, to=[user.email]
    )


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"accounts.reset.{kind}", value, algorithm="sha256").hexdigest()
