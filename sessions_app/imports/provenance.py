"""What imports wrote into a session, by which a person's decisions are told from theirs.

`Session.imported` keeps which calendar planned the session and the values that an import gave it
last. Where the session has other ones by now, a person gave them, and no import takes them back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sessions_app.imports.wanted import Wanted, session_id
from sessions_app.models import Session, SessionState

_TIMES = ("starts_at", "ends_at")
_OF_TABLES = {"substitute_id": None, "weight_h": None, "offering": ""}
"""What only a table says, with what such a field is where no import has said it."""
FOLLOWED = (*_TIMES, "room", "state", *_OF_TABLES)
"""The fields that a session takes from its calendar or table."""


def written(origin: str, want: Wanted) -> dict[str, str]:
    """What is kept of a session that is planned as the calendar wants it.

    ``origin`` is the calendar's address or own name. It is empty for a file without a name of its
    own, since people call the next such file differently.
    """
    values: dict[str, Any] = {
        "starts_at": want.starts_at,
        "ends_at": want.ends_at,
        "room": want.room,
    }
    values |= want.values
    return {"origin": origin} | _plain(values | {"state": SessionState.PLANNED})


def rewritten(
    session: Session, values: Mapping[str, Any], origin: str | None = None
) -> dict[str, Any]:
    """The values of an import, with what is kept of them where an import planned the session.

    ``origin`` is the calendar that asks for it, which is kept where none is known yet.
    """
    kept = _kept(session)
    if kept is None:
        return dict(values)
    known = origin if kept["origin"] is None else kept["origin"]
    return {**values, "imported": kept | _plain(values) | {"origin": known}}


def was_imported(session: Session) -> bool:
    return _kept(session) is not None


def is_of(session: Session, origin: str) -> bool:
    """Whether this calendar planned the session, as far as that is known."""
    kept = _kept(session)
    return kept is not None and kept["origin"] in (origin, None)


def last_start(session: Session) -> datetime | None:
    """When an import wanted it to begin last, or None for a session that a person planned."""
    kept = _kept(session)
    return datetime.fromisoformat(kept["starts_at"]) if kept else None


def by_hand(session: Session) -> set[str]:
    """Which of its values a person gave it, after an import gave it others."""
    kept = _kept(session)
    if kept is None:
        return set()
    now = _plain({name: getattr(session, name) for name in FOLLOWED})
    last = _plain(_OF_TABLES) | kept
    return {name for name in FOLLOWED if now[name] != last[name]}


def is_where_it_was(session: Session) -> bool:
    """Whether a calendar asked for the session, and no person has moved or restored it since."""
    return bool(session.calendar_event) and not by_hand(session) & {"starts_at", "state"}


def keeps(session: Session, origin: str | None) -> str:
    """Why an import does not cancel the session, or nothing where it may.

    ``origin`` is the calendar that would, or None where the calendar says that the session itself
    does not take place, whoever planned it.
    """
    if not was_imported(session):
        return _("a person planned it")
    changed = by_hand(session)
    if "state" in changed:
        return _("a person restored it")
    if changed & {*_TIMES, "room"}:
        return _("a person changed it")
    if origin is not None and not is_of(session, origin):
        return _("another timetable planned it")
    return ""


def _kept(session: Session) -> dict[str, Any] | None:
    """What is kept, or None for a session that a person planned.

    Releases before this kept nothing, but gave a session an id that is made from its start.
    """
    if session.imported is not None:
        return session.imported
    if session.pk != session_id(session.course_id, session.starts_at):
        return None
    return {"origin": None} | _plain({name: getattr(session, name) for name in FOLLOWED})


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    """The followed ones among the values, as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in values.items()
        if name in FOLLOWED
    }
