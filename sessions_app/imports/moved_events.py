"""Finds single events of a calendar that moved to times where other sessions stood so far."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from sessions_app.imports.wanted import EventOf, Place, Wanted
from sessions_app.models import Session


def moved_events(
    wanted: Iterable[Wanted],
    own: Callable[[Wanted], Session | None],
    standing: Mapping[Place, Sequence[Session]],
) -> dict[Place, Session]:
    """The session of each event that moves along with it, by the place that the event asks for.

    Two events exchange their times, or each of a row takes the time of the next one. By their times
    alone each would find another one's session, and what is cancelled later would be a lecture that
    takes place. ``own`` gives the one session that an event planned, where it may move.

    An event follows only where whatever stands at its new time moves away as well. So a program
    that numbers its events anew after one was deleted does not move every session.
    """
    found = {want.place: (want, session) for want in wanted if (session := own(want)) is not None}
    moving = {place: pair for place, pair in found.items() if pair[1].starts_at != place[1]}
    while True:
        leaving: set[EventOf] = {_event(session) for _want, session in moving.values()}
        kept = {
            place: pair
            for place, pair in moving.items()
            if all(_event(session) in leaving for session in standing.get(place, ()))
        }
        if len(kept) == len(moving):
            return {place: session for place, (_want, session) in kept.items()}
        moving = kept


def _event(session: Session) -> EventOf:
    return (session.course_id, session.calendar_event)
