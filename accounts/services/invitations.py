"""One-time passes into a role."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Invitation, Role, User, normalise_email
from attendance_project.refusals import Kind, Refusal


def create_invitation(
    *, role: Role, email: str = "", by: User | None, now: datetime
) -> tuple[Invitation, str]:
    """Make an invitation. Returns it with its code, which is stored nowhere."""
    code = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        code_digest=_digest(code),
        role=role,
        email=normalise_email(email),
        created_by=by,
        created_at=now,
        expires_at=now + settings.INVITATION_LIFETIME,
    )
    return invitation, code


def take_invitation(code: str, *, role: Role, email: str, now: datetime) -> Invitation:
    """Use up an invitation. Raises Refusal ``invitation_invalid``."""
    invitation = Invitation.objects.filter(code_digest=_digest(code)).first()
    if (
        invitation is None
        or invitation.role != role
        or invitation.expires_at <= now
        or invitation.email not in ("", email)
        or not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=now)
    ):
        raise Refusal(
            "invitation_invalid",
            _(
                "This invitation has expired, was already used, or is for somebody else. "
                "Ask an admin for a new one."
            ),
            Kind.INVALID,
        )
    return invitation


def release_invitation(invitation: Invitation) -> None:
    """Give back an invitation whose account could not be made after all."""
    Invitation.objects.filter(pk=invitation.pk, used_by=None).update(used_at=None)


def _digest(code: str) -> str:
    # 192 random bits need no slow hash.
    return hashlib.sha256(code.encode()).hexdigest()
