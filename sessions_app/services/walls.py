"""What is on in a room: the page with the code and its network, the beacon, the sound."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from sessions_app.domain import networks
from sessions_app.domain.rooms import share_room
from sessions_app.models import BeaconKind, BeaconToken, Session, Wall
from sessions_app.services import keys

SHOWN_LATELY = timedelta(minutes=2)
"""How long the network counts of a page that was closed or lost its connection."""
SOUND_LATELY = timedelta(seconds=15)
"""How long a page counts as playing. It asks for each payload anew, every 5 s."""
BEACON_LATELY = timedelta(minutes=5)
"""How long a beacon counts as on. It goes on while the server is away, and else asks every 10 s."""


@dataclass(frozen=True)
class RoomNow:
    """The ways to show that a phone is in the room, as far as the server knows of them."""

    beacon: bool
    sound: bool


def note_shown(session: Session, network: str, *, now: datetime) -> None:
    """Note that the teacher's page shows the code, and that it asked from this network."""
    kind, digest = _told(session, network)
    _note(session, shown_at=now, network_kind=kind, network_digest=digest)


def note_sound(session: Session, *, now: datetime) -> None:
    """Note that the teacher's page was given a payload to play."""
    _note(session, sound_at=now)


def note_beacon(session: Session, *, now: datetime) -> None:
    """Note that the teacher's own beacon was given the session's key."""
    _note(session, beacon_at=now)


def is_on_walls_network(session: Session, network: str, *, now: datetime) -> bool | None:
    """Whether somebody asks from the network of the page with the code, or None if unknown."""
    wall = _wall_of(session)
    if wall is None or wall.shown_at is None or wall.shown_at < now - SHOWN_LATELY:
        return None
    return networks.is_same(_told(session, network), (wall.network_kind, wall.network_digest))


def room_now(session: Session, *, now: datetime) -> RoomNow:
    """What is on at this moment. A beacon that has its own key is taken to be on."""
    wall = _wall_of(session) or Wall()
    sound = wall.sound_at is not None and wall.sound_at > now - SOUND_LATELY
    return RoomNow(beacon=wall.beacon_at is not None or _has_beacon(session, now), sound=sound)


def _wall_of(session: Session) -> Wall | None:
    """The session's wall, which its object remembers once it was asked for."""
    return getattr(session, "wall", None)


def _has_beacon(session: Session, now: datetime) -> bool:
    on = Q(last_used_at__gt=now - BEACON_LATELY) | Q(kind=BeaconKind.STATIC, expires_at__gt=now)
    rows = BeaconToken.objects.filter(on, is_active=True).values_list("session_id", "room_key")
    # Each phone that begins a check-in asks, so that no whole rows are read.
    return any(of == session.pk or share_room(room, session.room) for of, room in rows)


def _told(session: Session, network: str) -> tuple[str, str]:
    digest = hmac.new(keys.network_key(session), network.encode(), hashlib.sha256).hexdigest()
    return networks.kind_of(network), digest


def _note(session: Session, **what: object) -> None:
    if not Wall.objects.filter(session_id=session.pk).update(**what):
        # With two pages at once, the second one finds the first one's row.
        Wall.objects.get_or_create(session_id=session.pk)
        Wall.objects.filter(session_id=session.pk).update(**what)
