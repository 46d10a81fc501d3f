"""A forgotten password: a link is mailed, and the link sets a new password."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.models import ResetRequest, User, normalise_email
from accounts.services.mails import send_later
from accounts.services.passwords import check_strength
from accounts.services.people import password_link
from accounts.services.tokens import revoke_tokens
from attendance_project.refusals import Kind, Refusal

WINDOW = timedelta(hours=1)
# This is enough where a mail got lost, and too few to fill a person's inbox.
MAILS_PER_ACCOUNT = 3
# This serves a staff room behind one address, on the first morning of a term.
REQUESTS_PER_ADDRESS = 30


def ask_for_reset(email: str, *, address: str, now: datetime) -> None:
    """Mail a link, if there is such an account. Raises Refusal (too many) for one address.

    Neither the answer nor the time that it takes tells whether there is an account.
    """
    account = _digest("account", normalise_email(email))
    since = ResetRequest.objects.filter(at__gt=now - WINDOW)
    asked_here = since.filter(address=_digest("address", address)).count()
    asked_for_it = since.filter(account=account).count()
    if asked_here >= REQUESTS_PER_ADDRESS:
        raise Refusal(
            "too_many_attempts",
            _("Too many links were requested. Wait an hour and try again."),
            Kind.TOO_MANY,
            wait_s=WINDOW.total_seconds(),
        )
    ResetRequest.objects.create(account=account, address=_digest("address", address), at=now)
    user = User.objects.filter(email=normalise_email(email), is_active=True).first()
    if user is None or asked_for_it >= MAILS_PER_ACCOUNT:
        return
    # It is sent outside the request, whose time would otherwise tell that there is a mail to send.
    send_later([_mail(user)])


@sensitive_variables("password")
def set_forgotten_password(user: User, *, password: str, now: datetime) -> None:
    """Set the password of a person who came by the link, and end every log-in.

    Raises Refusal (invalid).
    """
    check_strength(password, user, field="new_password")
    user.set_password(password)
    user.save(update_fields=["password"])
    revoke_tokens(user, now=now)


def _mail(user: User) -> EmailMessage:
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    context = {"user": user, "link": password_link(user), "days": days}
    body = render_to_string("accounts/mail/password_reset.txt", context)
    return EmailMessage(
        _("Choose a new password for your attendance account"), body, to=[user.email]
    )


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"accounts.reset.{kind}", value, algorithm="sha256").hexdigest()
