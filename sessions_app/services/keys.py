"""A session's keys, which are derived from CODE_SECRET when needed and never stored."""

import functools
from uuid import UUID

from django.conf import settings

from sessions_app.domain import qr_tokens
from sessions_app.models import BeaconToken, Session


def code_key(session: Session) -> bytes:
    return _key(settings.CODE_SECRET, session.pk, "qr")


def short_code_key(session: Session) -> bytes:
    return _key(settings.CODE_SECRET, session.pk, "short")


def beacon_key(session: Session) -> bytes:
    return _key(settings.CODE_SECRET, session.pk, "beacon")


def room_beacon_key(row: BeaconToken) -> bytes:
    """The key of a device that keeps one of its room's own. It is revoked with its row."""
    return _key(settings.CODE_SECRET, row.pk, "room-beacon")


def beacon_nonce_key(session: Session) -> bytes:
    """The key from which the nonces for a beacon are derived, one nonce for each check-in."""
    return _key(settings.CODE_SECRET, session.pk, "beacon-nonce")


def network_key(session: Session) -> bytes:
    """The key under which the network of the session's page is stored as a digest."""
    return _key(settings.CODE_SECRET, session.pk, "network")


@functools.lru_cache(maxsize=1024)
def _key(secret: str, pk: UUID, purpose: str) -> bytes:
    return qr_tokens.derive_key(secret.encode(), session_id=pk.bytes, purpose=purpose)
