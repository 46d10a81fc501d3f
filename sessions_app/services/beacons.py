"""Lets beacons in: by tokens for programs that fetch a key, and by keys for devices that cannot."""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from sessions_app.domain.rooms import share_room
from sessions_app.models import (
    OF_NO_EFFECT,
    ROOM_LENGTH,
    BeaconKind,
    BeaconToken,
    Session,
    SessionState,
    room_key_of,
)
from sessions_app.services import keys
from sessions_app.services.lifecycle import REOPEN_WITHIN

LOOKS_AHEAD = timedelta(hours=12)
"""How early a room's beacon is told of the next session."""
SOON = timedelta(minutes=30)
ASK_AGAIN_S = {"open": 10, "soon": 3, "idle": 15}
"""Seconds until a beacon asks again. A session that opens is on the air within 3 s."""
NOTE_USE_EVERY = timedelta(seconds=30)
_TRIES = 5


@dataclass(frozen=True)
class Assignment:
    """What a beacon is to do now. ``key`` is there while the session is open, and not before."""

    room: str
    session: Session | None
    key: bytes | None
    ask_again_s: int


# --- handing out and shutting out -----------------------------------------------------


def issue_session_token(session: Session, *, by: User, now: datetime) -> tuple[BeaconToken, str]:
    """A token for the session's beacon, in place of an earlier one. Its text is stored nowhere.

    Raises session_over once the session cannot be opened any more.
    """
    if session.state in OF_NO_EFFECT or now >= _over_at(session):
        raise Refusal(
            "session_over", _("This session is over, so it needs no beacon."), Kind.CONFLICT
        )
    for __ in range(_TRIES):
        _replace(session, now)
        with contextlib.suppress(IntegrityError):  # another window has just done the same
            return _issue(session=session, is_for_session=True, by=by, now=now)
    raise Refusal(
        "try_again", _("Another token was created at the same time. Try again."), Kind.CONFLICT
    )


def issue_room_token(room: str, *, by: User | None, now: datetime) -> tuple[BeaconToken, str]:
    """A token for a beacon that stays in its room and follows the sessions there."""
    return _issue(room=room, room_key=_known_by(room), by=by, now=now)


def issue_room_key(room: str, *, by: User | None, now: datetime) -> tuple[BeaconToken, str]:
    """A key in hexadecimal for a device that cannot fetch one. It is good for ROOM_KEY_LIFETIME.

    The key before it stays good until its own end, so that there is time to replace it.
    """
    row = BeaconToken(
        kind=BeaconKind.STATIC,
        room=room.strip(),
        room_key=_known_by(room),
        created_by=by,
        created_at=now,
        expires_at=now + settings.ROOM_KEY_LIFETIME,
    )
    key = keys.room_beacon_key(row).hex()
    row.digest = _digest(key)
    row.save(force_insert=True)
    return row, key


def revoke_beacon_token(token: BeaconToken, *, by: User, now: datetime) -> bool:
    """Shut the beacon out. Returns False where it was shut out already."""
    still = BeaconToken.objects.filter(pk=token.pk, is_active=True)
    return bool(still.update(is_active=False, revoked_at=now, revoked_by=by))


def _issue(*, by: User | None, now: datetime, **what_for: object) -> tuple[BeaconToken, str]:
    text = secrets.token_urlsafe(32)
    with one_write():
        row = BeaconToken.objects.create(
            digest=_digest(text), created_by=by, created_at=now, **what_for
        )
    return row, text


def _replace(session: Session, now: datetime) -> None:
    former = BeaconToken.objects.filter(session_id=session.pk, is_active=True)
    former.update(is_active=False, revoked_at=now)


def _known_by(room: str) -> str:
    """The room's key. Raises invalid_input for a room without a name, which would match others."""
    key = room_key_of(room)
    if not key or len(key) > ROOM_LENGTH:
        raise Refusal(
            "invalid_input", _("Give the room's name as it appears in the sessions."), Kind.INVALID
        )
    return key


# --- what a beacon may know -----------------------------------------------------------


def beacon_with(text: str, *, now: datetime) -> BeaconToken | None:
    """The row of a token that is good now. Notes that it was used."""
    rows = BeaconToken.objects.filter(digest=_digest(text), kind=BeaconKind.FETCHING)
    token = rows.select_related("created_by", "session__subject", "session__class_group").first()
    if token is None or not token.is_active:
        return None
    if token.session is not None and not _still_stands(token, token.session, now):
        return None
    lately = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    BeaconToken.objects.filter(lately, pk=token.pk).update(last_used_at=now)
    return token


def _still_stands(token: BeaconToken, session: Session, now: datetime) -> bool:
    """Whether the session is not over, and who made the token may still run it."""
    maker = token.created_by
    if now >= _over_at(session):
        return False
    if maker is None:
        return True
    own = Session.objects.run_by(maker).filter(pk=session.pk)
    return maker.is_active and own.exists()


def assignment_of(token: BeaconToken, *, now: datetime) -> Assignment:
    """What to do: for the token's session, or for the one that is open or next in its room."""
    session = token.session or _session_in(token.room_key, now)
    room = token.room or (session.room if session else "")
    if session is None:
        return Assignment(room, None, None, ASK_AGAIN_S["idle"])
    if session.shows_code_at(now):
        return Assignment(room, session, keys.beacon_key(session), ASK_AGAIN_S["open"])
    soon = session.state == SessionState.PLANNED and session.starts_at < now + SOON
    return Assignment(room, session, None, ASK_AGAIN_S["soon" if soon else "idle"])


class RoomKeys(NamedTuple):
    """Keys of the devices that have one of their own.

    Those ``elsewhere`` are next door, have ended or were revoked. They prove nothing in the
    session's room, but whoever hears one invented nothing.
    """

    here: list[bytes]
    elsewhere: list[bytes]


def room_keys(session: Session, *, now: datetime) -> RoomKeys:
    found = RoomKeys([], [])
    for row in BeaconToken.objects.filter(kind=BeaconKind.STATIC):
        place = found.here if _is_good_in(row, session, now) else found.elsewhere
        place.append(keys.room_beacon_key(row))
    return found


def _is_good_in(row: BeaconToken, session: Session, now: datetime) -> bool:
    in_time = row.is_active and row.expires_at is not None and row.expires_at > now
    return in_time and share_room(row.room_key, session.room)


def beacons_in(room: str) -> list[BeaconToken]:
    """Beacons that stay in the room, the latest heard of first, for the teacher to know."""
    active = BeaconToken.objects.filter(is_active=True).exclude(room_key="")
    rows = [row for row in active if share_room(row.room_key, room)]
    return sorted(rows, key=lambda row: row.last_used_at or row.created_at, reverse=True)


def _session_in(room_key: str, now: datetime) -> Session | None:
    """The session open in the room, the latest opened if one was left open, or else the next."""
    rows = Session.objects.select_related("subject", "class_group")
    is_open = [s for s in rows.filter(state=SessionState.OPEN) if share_room(s.room, room_key)]
    on_air = [s for s in is_open if s.shows_code_at(now)]
    if on_air:
        return max(on_air, key=lambda s: s.opened_at or s.starts_at)
    planned = rows.filter(state=SessionState.PLANNED, starts_at__lt=now + LOOKS_AHEAD)
    coming = planned.filter(ends_at__gt=now).order_by("starts_at")
    return next((s for s in coming if share_room(s.room, room_key)), None)


def _over_at(session: Session) -> datetime:
    return session.ends_at + REOPEN_WITHIN


def _digest(text: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
