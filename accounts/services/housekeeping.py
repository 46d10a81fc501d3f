"""The deletion of rows whose time is over."""

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session
from rest_framework_simplejwt.settings import api_settings

from accounts import hooks
from accounts.models import (
    FailedLogin,
    NameRequest,
    PasskeyChallenge,
    RefreshToken,
    RegistrationTry,
    ReservedEmail,
    ResetRequest,
    SpentProof,
)
from accounts.queries.names import SHOWN_FOR
from accounts.services import registration, resets
from accounts.services.confirming import release_unconfirmed
from attendance_project.overwriting import empty_log


def purge_expired(*, now: datetime) -> dict[str, int]:
    """Delete what can no longer matter. Returns how many rows of each kind were deleted.

    Refresh tokens stay for a second lifetime, because a revoked row ends every younger row of its
    family and so has to outlive them.
    """
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME
    old = {
        "proofs": SpentProof.objects.filter(expires_at__lt=now),
        "refresh tokens": RefreshToken.objects.filter(expires_at__lt=now - lifetime),
        "passkey challenges": PasskeyChallenge.objects.filter(expires_at__lt=now),
        "failed log-ins": FailedLogin.objects.filter(at__lt=now - settings.LOGIN_FAILURE_WINDOW),
        "reset requests": ResetRequest.objects.filter(at__lt=now - resets.WINDOW),
        "reserved addresses": ReservedEmail.objects.filter(until__lt=now),
        "web log-ins": Session.objects.filter(expire_date__lt=now),
        "name requests": NameRequest.objects.filter(is_open=False, decided_at__lt=now - SHOWN_FOR),
        "registration tries": RegistrationTry.objects.filter(at__lt=now - registration.WINDOW),
    }
    own = {name: rows.delete()[0] for name, rows in old.items()}
    own["unconfirmed accounts"] = release_unconfirmed(now)
    deleted = own | {name: purge(now) for name, purge in hooks.purges.items()}
    empty_log(wait=True)
    return deleted
