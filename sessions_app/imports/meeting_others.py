"""Warns of sessions of a calendar that meet others at the same time, or fall on a closed day."""

from collections.abc import Iterator
from copy import copy
from datetime import date
from typing import TypeGuard, cast

from django.utils.translation import gettext as _

from sessions_app import queries, services
from sessions_app.imports.plans import Action, Addition, Plan, Revision
from sessions_app.imports.wanted import Asked
from sessions_app.models import Session
from sessions_app.queries import Overlap


def overlaps_in(plan: Plan, asked: Asked) -> list[str]:
    """A sentence for each overlap of what the plan adds, moves or restores, with what is there and
    among themselves. Courses that share one event share its room and teacher on purpose."""
    coming = list(_coming(plan, asked))
    changed = [write.row.pk for step in plan.writes if _is_revision(write := step.write)]
    found = queries.overlaps_of(map(queries.wanted_of, coming), leaving=changed, also=coming)
    return services.overlaps_in_words(_without_doubles(found, asked))


def closed_days_in(plan: Plan, asked: Asked) -> list[str]:
    """A note on the closed days on which the plan adds, moves or restores sessions, if any."""
    closed = queries.closed_on(_day(session) for session in _coming(plan, asked))
    if not closed:
        return []
    days = services.closed_in_words(closed[day] for day in sorted(closed))
    told = _(
        "Planned although the institution is closed: %(days)s. Cancel what does not take place."
    )
    return [told % {"days": "; ".join(days)}]


def _coming(plan: Plan, asked: Asked) -> Iterator[Session]:
    """The sessions that are added, moved or restored, as they would be."""
    for step in plan.writes:
        write = step.write
        if isinstance(write, Addition) and isinstance(write.row, Session):
            yield write.row
        elif _is_revision(write) and step.change.action != Action.DROPPED:
            yield _revised(write, asked)


def _revised(write: Revision, asked: Asked) -> Session:
    session = cast(Session, copy(write.row))
    session.course = asked.courses[session.course_id]
    for name, value in write.values.items():
        setattr(session, name, value)
    return session


def _is_revision(write: object) -> TypeGuard[Revision]:
    return isinstance(write, Revision) and isinstance(write.row, Session)


def _without_doubles(found: list[Overlap], asked: Asked) -> Iterator[Overlap]:
    """Each pair once, and no pair of which both are the same event of the calendar."""
    seen = set()
    for overlap in found:
        pair = frozenset((overlap.wanted.pk, overlap.other.pk))
        if pair not in seen and not _is_one_event(overlap, asked):
            seen.add(pair)
            yield overlap


def _is_one_event(overlap: Overlap, asked: Asked) -> bool:
    one = asked.wanted.get((overlap.wanted.course.pk, overlap.wanted.starts_at))
    two = asked.wanted.get((overlap.other.course_id, overlap.other.starts_at))
    return one is not None and two is not None and one.line == two.line


def _day(session: Session) -> date:
    return session.starts_at.astimezone(session.course.zone).date()
