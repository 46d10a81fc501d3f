"""Passkeys: a second proof that the owner is there.

At a face enrolment and on a new phone they decide nothing: what a passkey showed is stored with
what it confirmed, and the person who approves that reads it. At a check-in that asks for no face,
one that stays on its device stands for the face.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import (
    Device,
    DeviceStatus,
    Passkey,
    PasskeyChallenge,
    PasskeyPurpose,
    PasskeyTrust,
    User,
)
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

PASSKEY_CHALLENGE_BYTES = 32
PASSKEY_CHALLENGE_LIFETIME = timedelta(minutes=5)
"""WebAuthn level 2, section 15.1, recommends a time-out of 5 minutes with user verification."""
PASSKEYS_EACH = 10
_REQUIRED = UserVerificationRequirement.REQUIRED


# --- asking ---------------------------------------------------------------------------


def passkey_creation_options(user: User, *, jkt: str, now: datetime) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptions, as ``parseCreationOptionsFromJSON`` takes them.

    Raises Refusal ``too_many_passkeys``.
    """
    known = list(Passkey.objects.filter(user=user))
    if len(known) >= PASSKEYS_EACH:
        raise Refusal(
            "too_many_passkeys",
            _("You cannot have more passkeys. Remove one first."),
            Kind.CONFLICT,
        )
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(),
        rp_name=_("Attendance"),
        user_id=user.pk.bytes,
        user_name=user.email,
        user_display_name=user.full_name,
        challenge=_new_challenge(user, PasskeyPurpose.REGISTER, jkt, now),
        timeout=_milliseconds(PASSKEY_CHALLENGE_LIFETIME),
        authenticator_selection=AuthenticatorSelectionCriteria(
            authenticator_attachment=AuthenticatorAttachment.PLATFORM,
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=_REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return _as_json(webauthn.options_to_json(options))


def has_own_passkey(user: User) -> bool:
    """Whether the user has a passkey that stays on its device."""
    return _for(user, PasskeyPurpose.CHECK_IN).exists()


def passkey_request_options(
    user: User, purpose: PasskeyPurpose, *, jkt: str, now: datetime, subject: str = ""
) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptions for one of the user's passkeys. The answer is good for the
    same ``subject`` only.

    Raises Refusal ``no_passkey``.
    """
    known = list(_for(user, purpose))
    if not known:
        raise Refusal(
            "no_passkey",
            _("You have no passkey yet. Create one on your phone first."),
            Kind.CONFLICT,
        )
    options = webauthn.generate_authentication_options(
        rp_id=_rp_id(),
        challenge=_new_challenge(user, purpose, jkt, now, subject),
        timeout=_milliseconds(PASSKEY_CHALLENGE_LIFETIME),
        allow_credentials=_described(known),
        user_verification=_REQUIRED,
    )
    return _as_json(webauthn.options_to_json(options))


def _for(user: User, purpose: PasskeyPurpose) -> QuerySet[Passkey]:
    """The user's passkeys that serve the purpose. A synced one is on other devices too, and so
    shows nothing of the phone that checks in."""
    own = Passkey.objects.filter(user=user)
    if purpose == PasskeyPurpose.CHECK_IN:
        return own.filter(trust=PasskeyTrust.DEVICE_BOUND)
    return own


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))
        for passkey in passkeys
    ]


def _new_challenge(
    user: User, purpose: PasskeyPurpose, jkt: str, now: datetime, subject: str = ""
) -> bytes:
    challenge = secrets.token_bytes(PASSKEY_CHALLENGE_BYTES)
    PasskeyChallenge.objects.create(
        user=user,
        digest=_digest(challenge),
        purpose=purpose,
        jkt=jkt,
        subject=subject,
        expires_at=now + PASSKEY_CHALLENGE_LIFETIME,
    )
    return challenge


# --- judging --------------------------------------------------------------------------


def register_passkey(
    user: User, credential: dict[str, Any], *, jkt: str, name: str, now: datetime
) -> Passkey:
    """Store a new passkey. Raises Refusal ``invalid_passkey`` or ``passkey_known``."""
    challenge = _spend_challenge(user, credential, PasskeyPurpose.REGISTER, jkt, now)
    try:
        seen = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except _BROKEN as error:
        raise _invalid() from error
    try:
        with one_write():
            return Passkey.objects.create(
                user=user,
                credential_digest=_digest(seen.credential_id),
                credential_id=bytes_to_base64url(seen.credential_id),
                public_key=bytes_to_base64url(seen.credential_public_key),
                sign_count=seen.sign_count,
                trust=_trust(seen.credential_device_type),
                backed_up=seen.credential_backed_up,
                name=name,
                created_at=now,
            )
    except IntegrityError as error:
        raise Refusal(
            "passkey_known", _("This passkey is already registered."), Kind.CONFLICT
        ) from error


def confirm_with_passkey(
    user: User,
    credential: dict[str, Any],
    purpose: PasskeyPurpose,
    *,
    jkt: str,
    now: datetime,
    subject: str = "",
) -> PasskeyTrust:
    """Check an answer of a passkey. Returns what it showed. Raises Refusal ``invalid_passkey``.

    A counter that does not go up means a copied authenticator (WebAuthn level 2, 6.1.1). The update
    accepts it only while it is higher, so that one of two copies at the same moment fails.
    """
    passkey = _passkey_named_in(_for(user, purpose), credential)
    challenge = _spend_challenge(user, credential, purpose, jkt, now, subject)
    try:
        seen = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _BROKEN as error:
        raise _invalid() from error
    changed = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count).update(
        sign_count=seen.new_sign_count, backed_up=seen.credential_backed_up, last_used_at=now
    )
    if not changed:
        raise _invalid()
    return _trust(seen.credential_device_type)


def confirm_device(
    device: Device, credential: dict[str, Any], *, jkt: str, now: datetime
) -> Device:
    """Note that the owner confirmed a waiting phone on that phone. It goes on waiting.

    Raises Refusal ``device_not_waiting``, or ``invalid_passkey``.
    """
    if device.jkt != jkt or device.status != DeviceStatus.PENDING:
        raise Refusal(
            "device_not_waiting",
            _("Only the phone that is waiting can be confirmed. Log in on it first."),
            Kind.CONFLICT,
        )
    trust = confirm_with_passkey(device.user, credential, PasskeyPurpose.DEVICE, jkt=jkt, now=now)
    Device.objects.filter(pk=device.pk).update(confirmed_by=trust)
    device.refresh_from_db()
    return device


_BROKEN = (
    *(WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError),
    *(RecursionError, OverflowError),
)
"""What the library raises on a credential that is not one."""


def _passkey_named_in(known: QuerySet[Passkey], credential: dict[str, Any]) -> Passkey:
    try:
        digest = _digest(base64url_to_bytes(credential["id"]))
    except _BROKEN as error:
        raise _invalid() from error
    passkey = known.filter(credential_digest=digest).first()
    if passkey is None:
        raise _invalid()
    return passkey


def _spend_challenge(
    user: User,
    credential: dict[str, Any],
    purpose: PasskeyPurpose,
    jkt: str,
    now: datetime,
    subject: str = "",
) -> bytes:
    """The challenge that the credential answers, if it was this user's and is used up just now."""
    challenge = _challenge_in(credential)
    open_ones = PasskeyChallenge.objects.filter(
        user=user,
        digest=_digest(challenge),
        purpose=purpose,
        jkt=jkt,
        subject=subject,
        expires_at__gt=now,
        spent_at=None,
    )
    if not open_ones.update(spent_at=now):
        raise Refusal(
            "passkey_challenge_over",
            _("That took too long, or was sent twice. Please confirm again."),
            Kind.CONFLICT,
        )
    return challenge


def _challenge_in(credential: dict[str, Any]) -> bytes:
    """The challenge that the browser signed. The library compares it again."""
    try:
        client = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(client["challenge"])
    except _BROKEN as error:
        raise _invalid() from error


def _trust(kind: CredentialDeviceType) -> PasskeyTrust:
    """The trust by the flag "backup eligible" (WebAuthn level 3, 6.1.3), as if it were synced."""
    synced = kind is CredentialDeviceType.MULTI_DEVICE
    return PasskeyTrust.SYNCED if synced else PasskeyTrust.DEVICE_BOUND


def _invalid() -> Refusal:
    return Refusal(
        "invalid_passkey",
        _("This passkey could not be checked. Try again, or continue without it."),
        Kind.INVALID,
        fields={"credential": [_("This answer does not match the challenge. Try again.")]},
    )


# --- the site's name ------------------------------------------------------------------


def _rp_id() -> str:
    """The host to which passkeys are bound."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def _origin() -> str:
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def _as_json(text: str) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(text)
    return options
