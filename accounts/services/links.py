"""Links in mails that carry out one act, for a person whose phone is lost or who proves a mailbox.

A student's password alone only reads. What cannot be taken back needs the key of the active phone,
or such a link. It is good once and for a day, names the act and all that belongs to it, and ends
with a new password or a new e-mail address.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts import hooks
from accounts.domain.callers import Caller
from accounts.domain.delays import Delays, Try, wait_s
from accounts.models import ResetRequest, SpentProof, User
from accounts.services.mails import send_later
from accounts.services.passwords import confirm_password
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

LINK_LIFETIME = timedelta(days=1)
LINKS_PER_ACCOUNT = Delays(free=5, first_s=60.0, longest_s=3600.0)
"""Mails with a link for one account in a day, and the growing wait for more."""
_SALT = "accounts.link"


@dataclass(frozen=True)
class Link:
    person: User
    act: hooks.Act
    details: dict[str, str]

    @property
    def words(self) -> str:
        """What the link does, for the person who opens it."""
        return str(self.act.words) % self.details


def mail_link(
    person: User, act: str, details: dict[str, str], *, now: datetime, to: str = ""
) -> None:
    """Mail a link that carries out the act. ``to`` is the person's address unless it is given.

    Raises Refusal (too many).
    """
    _count(person, now)
    token = signing.dumps(
        [str(person.pk), act, details, _bound_to(person)], salt=_SALT, compress=True
    )
    context = {
        "person": person,
        "words": str(hooks.acts[act].words) % details,
        "link": f"{settings.PUBLIC_URL}{reverse('mailed-link')}#{token}",
    }
    text = render_to_string(hooks.acts[act].mail, context)
    send_later([EmailMessage(_("Please confirm"), text, to=[to or person.email])])


def read_link(token: str) -> Link:
    """What a link does. Raises Refusal ``link_invalid``."""
    try:
        pk, act, details, bound_to = signing.loads(token, salt=_SALT, max_age=LINK_LIFETIME)
    except (signing.BadSignature, ValueError) as error:
        raise link_invalid() from error
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is None or not constant_time_compare(bound_to, _bound_to(person)):
        raise link_invalid()
    if SpentProof.objects.filter(digest=_digest(token)).exists():
        raise link_invalid()
    return Link(person, hooks.acts[act], details)


@sensitive_variables("password")
def follow_link(token: str, *, password: str = "", caller: Caller, now: datetime) -> Link:
    """Carry out the act, once. Raises Refusal (invalid, too many), or what the act raises.

    Where the act asks for the password, a wrong one leaves the link as it is.
    """
    link = read_link(token)
    if link.act.asks_password:
        confirm_password(link.person, password, caller=caller, now=now)
    try:
        with one_write():
            SpentProof.objects.create(digest=_digest(token), expires_at=now + 2 * LINK_LIFETIME)
    except IntegrityError as error:
        raise link_invalid() from error
    link.act.do(link.person, link.details, now)
    return link


def _count(person: User, now: datetime) -> None:
    row = ResetRequest.objects.create(account=_digest(f"links {person.pk}"), address="", at=now)
    others = ResetRequest.objects.filter(account=row.account, at__gt=now - LINK_LIFETIME)
    times = others.exclude(pk=row.pk).values_list("at", flat=True)
    if wait := wait_s([Try(at, failed=True) for at in times], LINKS_PER_ACCOUNT, now=now):
        row.delete()
        raise Refusal(
            "too_many_attempts",
            _("Links were sent just now. Look into your mail, or try again in %(seconds)s s.")
            % {"seconds": int(wait) + 1},
            Kind.TOO_MANY,
            wait_s=max(wait, 1.0),
        )


def _bound_to(person: User) -> str:
    value = f"{person.pk} {person.password} {person.email}"
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def link_invalid() -> Refusal:
    return Refusal(
        "link_invalid",
        _("This link no longer works: it was used, or is too old. Ask for a new one."),
        Kind.INVALID,
    )
