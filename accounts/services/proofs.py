"""Device proofs, each good for one call."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.domain import dpop
from accounts.models import SpentProof
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal


def verify_proof(
    text: str, *, method: str, url: str, now: datetime, access_token: str | None = None
) -> dpop.Proof:
    """The proof in a DPoP header. Raises Refusal ``invalid_device_proof``."""
    try:
        return dpop.verify_proof(
            text,
            method=method,
            url=url,
            now=now,
            max_age_s=settings.DPOP_MAX_AGE.total_seconds(),
            access_token=access_token,
        )
    except dpop.InvalidProof as error:
        raise Refusal(
            "invalid_device_proof",
            _(
                "The proof by your phone's key does not match this request. Check the "
                "phone's clock and try again."
            ),
            Kind.UNAUTHENTICATED,
            fields={"DPoP": [error.code]},
        ) from error


def spend_proof(proof: dpop.Proof) -> None:
    """Note that the proof was used. Raises Refusal ``device_proof_replayed``.

    The unique digest lets one of several processes win. The row may be deleted when the proof is
    too old to pass anyway.
    """
    digest = hashlib.sha256(f"{proof.jkt} {proof.jti}".encode()).hexdigest()
    issued_at = datetime.fromtimestamp(proof.iat, UTC)
    expires_at = issued_at + settings.DPOP_MAX_AGE + timedelta(seconds=1)
    try:
        with one_write():
            SpentProof.objects.create(digest=digest, expires_at=expires_at)
    except IntegrityError as error:
        raise Refusal(
            "device_proof_replayed",
            _("This proof was used before. Send a new one with each request."),
            Kind.UNAUTHENTICATED,
        ) from error
