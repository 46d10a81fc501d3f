"""Calendars at an address, read on a schedule, and applied by themselves or after a look."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Role, User
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from attendance_project.tables import ImportRefused
from sessions_app.imports.applying import apply
from sessions_app.imports.fetching import check_address, fetch_calendar
from sessions_app.imports.plans import Action, Plan, UnusedKind
from sessions_app.imports.timetable import plan_timetable
from sessions_app.models import CalendarSubscription, Course

logger = logging.getLogger(__name__)
MOST_EACH = 20
"""Subscriptions of one person."""
_MOST_KEPT = 500
_MANY = 5
"""Sessions that a reading may cancel by itself. More than these, and more than half of what is in
the calendar, may be a calendar that lost its events, so a person has to look."""


@dataclass(frozen=True)
class Reading:
    """What came of one reading: how many changes were applied, and how many wait."""

    applied: int = 0
    waiting: int = 0
    trouble: str = ""
    changes: tuple[str, ...] = field(default=(), compare=False)
    """What was applied, in words."""


def subscribe(
    owner: User,
    address: str,
    *,
    course: Course | None = None,
    drop_missing: bool = False,
    applies_itself: bool = False,
    now: datetime,
) -> CalendarSubscription:
    """Keep the address to be read. Raises calendar_address, already_exists, too_many_calendars."""
    address = address.strip()
    check_address(address)
    if CalendarSubscription.objects.filter(owner=owner).count() >= MOST_EACH:
        raise Refusal(
            "too_many_calendars",
            _("You have %(most)d calendars already. Remove one first.") % {"most": MOST_EACH},
            Kind.CONFLICT,
        )
    try:
        with one_write():
            return CalendarSubscription.objects.create(
                owner=owner,
                address=address,
                course=course,
                drop_missing=drop_missing,
                applies_itself=applies_itself,
                created_at=now,
            )
    except IntegrityError as error:
        sentence = _("You have this calendar already.")
        raise Refusal("already_exists", sentence, Kind.CONFLICT) from error


def change(subscription: CalendarSubscription, **values: object) -> CalendarSubscription:
    """Change what a reading does from now on: ``course``, ``drop_missing``, ``applies_itself``.

    What waits was reckoned by the old choice, so it is forgotten until the next reading.
    """
    if values:
        _note(subscription, waiting=[], unsure=0, **values)
    return subscription


def due(now: datetime) -> list[CalendarSubscription]:
    """Those that were not read for CALENDAR_EVERY, whose owners may still plan."""
    before = Q(read_at=None) | Q(read_at__lte=now - settings.CALENDAR_EVERY)
    rows = CalendarSubscription.objects.filter(before).select_related("owner", "course")
    return [row for row in rows.order_by("read_at", "pk") if _may_plan(row.owner)]


def _may_plan(owner: User) -> bool:
    is_teacher = owner.role == Role.TEACHER and owner.is_approved
    return owner.is_active and (is_teacher or owner.role == Role.ADMIN)


def read(subscription: CalendarSubscription, *, now: datetime) -> Reading:
    """Read the calendar now, and apply what it changes or keep it for a look.

    What goes wrong is kept as its trouble, and the next reading tries again.
    """
    try:
        data = fetch_calendar(subscription.address)
        plan = plan_of(subscription, data, now=now)
        applies = subscription.applies_itself and not _is_doubtful(plan)
        if applies:
            apply(plan)
    except Refusal as refusal:
        return note_trouble(subscription, refusal.sentence, now=now)
    except ImportRefused as refused:
        return note_trouble(subscription, str(refused.told[0]), now=now)
    words = [_words(plan, number) for number in range(len(plan.writes))]
    _note_reading(subscription, plan, [] if applies else words, now)
    if applies:
        return Reading(applied=len(words), changes=tuple(words))
    return Reading(waiting=len(words))


def note_look(subscription: CalendarSubscription, plan: Plan, *, now: datetime) -> None:
    """Note that the owner read the calendar and looks at its changes. They wait until they are
    applied."""
    words = [_words(plan, number) for number in range(len(plan.writes))]
    _note_reading(subscription, plan, words, now)


def note_trouble(subscription: CalendarSubscription, sentence: str, *, now: datetime) -> Reading:
    """Note that a reading failed, and why."""
    _note(subscription, read_at=now, trouble=sentence[:500])
    return Reading(trouble=sentence)


def read_or_note(subscription: CalendarSubscription, *, now: datetime) -> Reading:
    """Read the calendar now. An error of the program is logged and kept as this calendar's trouble,
    so that it does not keep the others from being read."""
    try:
        return read(subscription, now=now)
    except Exception:
        logger.exception("The calendar %s could not be read.", subscription.pk)
        sentence = _("This calendar could not be read, by a fault of this system. Tell an admin.")
        return note_trouble(subscription, sentence, now=now)


def plan_of(subscription: CalendarSubscription, data: bytes, *, now: datetime) -> Plan:
    """What the calendar would change for its owner. Raises ImportRefused."""
    courses = Course.objects.run_by(subscription.owner)
    course = subscription.course
    if course is not None and not courses.filter(pk=course.pk, is_active=True).exists():
        raise Refusal(
            "course_not_yours",
            _("The course of this calendar is no longer yours, or no longer active."),
            Kind.NOT_ALLOWED,
        )
    return plan_timetable(
        data,
        courses=courses,
        course=course,
        by=subscription.owner,
        now=now,
        source=subscription.address,
        drop_missing=subscription.drop_missing,
    )


def forget_waiting(subscription_id: UUID, *, by: User) -> None:
    """Note that the changes were looked at and applied."""
    rows = CalendarSubscription.objects.filter(pk=subscription_id, owner=by)
    rows.update(waiting=[], unsure=0, trouble="")


def _is_doubtful(plan: Plan) -> bool:
    """Whether a person has to look: many sessions are gone, or some meet others."""
    dropped = plan.counts[Action.DROPPED]
    return (dropped > _MANY and dropped * 2 > len(plan.steps)) or bool(plan.overlaps())


def _words(plan: Plan, number: int) -> str:
    change = plan.writes[number].change
    return f"{change.action.label}: {change}"


def _note_reading(
    subscription: CalendarSubscription, plan: Plan, waiting: list[str], now: datetime
) -> None:
    _note(
        subscription,
        read_at=now,
        trouble="",
        waiting=waiting[:_MOST_KEPT],
        unsure=len(plan.unused_of(UnusedKind.UNSURE)),
    )


def _note(subscription: CalendarSubscription, **values: object) -> None:
    CalendarSubscription.objects.filter(pk=subscription.pk).update(**values)
    subscription.refresh_from_db()
