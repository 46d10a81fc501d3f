"""A session's keys, derived from CODE_SECRET whenever they are needed and never stored."""

import functools
from uuid import UUID

from django.conf import settings

from sessions_app.domain import qr_tokens
from sessions_app.models import Session


def code_key(session: Session) -> bytes:
    return _key(settings.CODE_SECRET, session.pk, "qr")


def short_code_key(session: Session) -> bytes:
    return _key(settings.CODE_SECRET, session.pk, "short")


def beacon_key(session: Session) -> bytes:
    return _key(settings.CODE_SECRET, session.pk, "beacon")


@functools.lru_cache(maxsize=1024)
def _key(secret: str, session_id: UUID, purpose: str) -> bytes:
    return qr_tokens.derive_key(secret.encode(), session_id=session_id.bytes, purpose=purpose)
