"""Access and refresh tokens: issue, rotate, revoke."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch, get_md5_hash_password

from accounts.domain.dpop import Proof
from accounts.models import RefreshToken, User
from accounts.queries import family_is_revoked
from accounts.services.proofs import spend_proof
from attendance_project.refusals import Kind, Refusal

T = TypeVar("T", bound=Token)


class RefreshJwt(Token):
    """What the client holds of a RefreshToken row."""

    token_type = "refresh"  # noqa: S105  # this is the kind, not a secret
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


def issue_tokens(
    user: User, *, jkt: str, now: datetime, family: uuid.UUID | None = None
) -> TokenPair:
    """A fresh pair, bound to the key with the thumbprint ``jkt`` unless that is empty."""
    family = family or uuid.uuid4()
    refresh = _signed_for(RefreshJwt, user, family=family, now=now)
    RefreshToken.objects.create(
        jti=refresh["jti"],
        family=family,
        user=user,
        jkt=jkt,
        issued_at=now,
        expires_at=datetime_from_epoch(refresh["exp"]),
    )
    access = _signed_for(AccessToken, user, family=family, now=now)
    access["role"] = user.role
    if jkt:
        access["cnf"] = {"jkt": jkt}
    return TokenPair(access=str(access), refresh=str(refresh))


def rotate_refresh(raw: str, *, proof: Proof | None, now: datetime) -> TokenPair:
    """Use up a refresh token for a new pair. Raises Refusal (unauthenticated).

    Of several calls with one token exactly one succeeds. A token that comes back later than
    settings.REFRESH_REUSE_GRACE was copied by somebody, so its whole family ends. There is one
    exception: a bound token whose phone never used the new pair, since then the answer was lost.
    """
    row = _row_of(raw)
    _check_key(row, proof)
    if RefreshToken.objects.filter(pk=row.pk, spent_at=None, revoked_at=None).update(spent_at=now):
        return issue_tokens(row.user, jkt=row.jkt, now=now, family=row.family)
    row.refresh_from_db()
    if row.spent_at and now - row.spent_at <= settings.REFRESH_REUSE_GRACE:
        raise _spent()
    if row.jkt and _answer_was_lost(row, now):
        return issue_tokens(row.user, jkt=row.jkt, now=now, family=row.family)
    revoke_family(row.family, now=now)
    raise _refused("refresh_token_reused", _("This refresh token was used before. Log in again."))


def _answer_was_lost(row: RefreshToken, now: datetime) -> bool:
    """Whether nothing that the token brought was ever used. What it brought is then deleted.

    The proof says that the token comes from its own phone, whose key cannot be copied. A reuse
    normally reveals a copy in other hands, but here the key already rules that out.
    """
    brought = RefreshToken.objects.filter(family=row.family, issued_at__gte=row.spent_at)
    brought = brought.exclude(pk=row.pk)
    if brought.exclude(spent_at=None).exists():
        return False
    mine = RefreshToken.objects.filter(pk=row.pk, spent_at=row.spent_at)
    if not mine.update(spent_at=now):
        raise _spent()
    brought.filter(spent_at=None).delete()
    return True


def log_out(raw: str, *, now: datetime) -> None:
    """End the log-in to which a refresh token belongs. Nothing to end is no error."""
    try:
        family = RefreshJwt(raw).get("fam")  # type: ignore[arg-type]  # it takes text
    except (TokenError, RecursionError):
        return
    revoke_family(uuid.UUID(family), now=now)


def revoke_family(family: uuid.UUID, *, now: datetime) -> None:
    RefreshToken.objects.filter(family=family).revoke(now)


def revoke_tokens(user: User, *, now: datetime, jkt: str | None = None) -> None:
    """End all of a user's log-ins, or those bound to one key."""
    tokens = RefreshToken.objects.filter(user=user)
    if jkt is not None:
        tokens = tokens.filter(jkt=jkt)
    tokens.revoke(now)


def password_unchanged(token: Token, user: User) -> bool:
    """Whether the token was issued under the user's present password."""
    claim = str(token.get(api_settings.REVOKE_TOKEN_CLAIM, ""))
    return constant_time_compare(claim, get_md5_hash_password(user.password))


def _signed_for(kind: type[T], user: User, *, family: uuid.UUID, now: datetime) -> T:
    token = kind.for_user(user)
    token.set_iat(at_time=now)
    token.set_exp(from_time=now)
    token["fam"] = str(family)
    return token


def _row_of(raw: str) -> RefreshToken:
    """The row of a token that may still be used. Raises Refusal (unauthenticated)."""
    try:
        token = RefreshJwt(raw)  # type: ignore[arg-type]  # it takes text
    except (TokenError, RecursionError) as error:
        raise _invalid("refresh_token_invalid") from error
    row = RefreshToken.objects.filter(jti=token["jti"]).select_related("user").first()
    if row is None or not password_unchanged(token, row.user):
        raise _invalid("refresh_token_invalid")
    if family_is_revoked(row.family) or not (row.user.is_active and row.user.is_approved):
        raise _invalid("refresh_token_revoked")
    return row


def _check_key(row: RefreshToken, proof: Proof | None) -> None:
    # This comes before anything is used up or revoked: without the key a copy can do no harm at
    # all.
    if not row.jkt:
        return
    if proof is None:
        raise _refused(
            "device_proof_required",
            _("This token needs a proof by its phone's key. Send the proof too, or log in again."),
        )
    if proof.jkt != row.jkt:
        raise _refused(
            "invalid_device_proof",
            _("The proof was made by another phone's key. Log in again on this phone."),
        )
    spend_proof(proof)


def _spent() -> Refusal:
    return _refused(
        "refresh_token_spent",
        _("This refresh token has just been used. Use the tokens that it returned."),
    )


def _invalid(code: str) -> Refusal:
    return _refused(code, _("This refresh token is no longer valid. Log in again."))


def _refused(code: str, detail: str) -> Refusal:
    return Refusal(code, detail, Kind.UNAUTHENTICATED)
