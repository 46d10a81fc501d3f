"""The codes that the live page shows right now. No function here can be asked for another time's
code."""

import functools
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from django.conf import settings
from django.utils.translation import gettext as _

from attendance_project.refusals import Kind, Refusal
from beacon import protocol
from sessions_app.domain import qr_tokens
from sessions_app.models import Session
from sessions_app.services import keys


@dataclass(frozen=True)
class RotatingCode:
    token: str
    url: str
    svg: str
    slot: int
    changes_at: datetime
    dies_at: datetime


@dataclass(frozen=True)
class ShortCode:
    digits: str
    slot: int
    changes_at: datetime


def current_code(session: Session, *, now: datetime) -> RotatingCode:
    """The code of the slot in which ``now`` lies. Raises session_not_open."""
    _must_be_open(session, now)
    slot_s = session.qr_slot_s
    slot = qr_tokens.slot_at(now.timestamp(), slot_s)
    token = qr_tokens.mint(keys.code_key(session), session_code=session.code, slot=slot)
    url = url_of(token)
    return RotatingCode(
        token=token,
        url=url,
        svg=_svg(url),
        slot=slot,
        changes_at=_moment(qr_tokens.slot_start(slot + 1, slot_s)),
        dies_at=_moment(qr_tokens.dies_at_s(slot, slot_s)),
    )


def room_sound(session: Session, *, now: datetime) -> bytes:
    """What the room's loudspeaker says in this slot (docs/sound.md). Raises session_not_open."""
    _must_be_open(session, now)
    slot = protocol.slot_at(now.timestamp())
    return protocol.sound_payload(keys.beacon_key(session), slot)


def short_code(session: Session, *, now: datetime) -> ShortCode:
    """Six digits for a phone whose camera fails. Raises session_not_open."""
    _must_be_open(session, now)
    slot_s = qr_tokens.short_slot_s(session.qr_slot_s)
    slot = qr_tokens.slot_at(now.timestamp(), slot_s)
    return ShortCode(
        digits=qr_tokens.short_code(keys.short_code_key(session), slot),
        slot=slot,
        changes_at=_moment(qr_tokens.slot_start(slot + 1, slot_s)),
    )


def url_of(token: str) -> str:
    """The address in the code, in upper case. QR's alphanumeric mode has no other letters and needs
    5.5 bits for a character instead of 8, which saves one to two versions."""
    return f"{settings.PUBLIC_URL}/q/{token}".upper()


def _must_be_open(session: Session, now: datetime) -> None:
    if not session.is_open:
        raise Refusal(
            "session_not_open", _("This session is not open. Open it first."), Kind.CONFLICT
        )
    if not session.shows_code_at(now):
        raise Refusal(
            "session_not_open",
            _("This session is over, so its code is no longer good. Move its end, or close it."),
            Kind.CONFLICT,
        )


def _moment(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


@functools.lru_cache(maxsize=256)
def _svg(url: str) -> str:
    """One drawing for a slot, however many watch. The level is L, which segno raises where the size
    stays the same: larger modules read from further away than more error correction does."""
    out = io.BytesIO()
    segno.make(url, error="l", micro=False).save(
        out, kind="svg", xmldecl=False, nl=False, omitsize=True, border=4, light="#fff"
    )
    # Browsers without crispEdges smooth the edges between rows into grey hairlines.
    return out.getvalue().decode().replace("<svg ", '<svg shape-rendering="crispEdges" ', 1)
