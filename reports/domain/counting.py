"""What each of a student's sessions of a course counts as, by the rules of that course.

A session counts as the status that was recorded, once it is closed. Three rules change that:

- *Lates.* In a course with ``lates_per_absence`` n, every n-th late of a student counts as an
  absence: floor(lates / n) of them. It is the n-th one itself, so that each absence has a day. It
  is still shown as a late, and it ends a row of absences, since the student came.
- *Hours.* A course counts by sessions, where each weighs the same, or by hours, where each weighs
  its hours.
- *Offerings.* Sessions of one course with the same offering are alternatives: a student needs one
  of them, and together they count as one. If the student attended one, that one counts. Otherwise,
  if the student was excused from one, that one counts. Otherwise the last one counts as missed, but
  only once all of them are closed: while one can still be attended, nothing is missed yet.

So exactly one session carries what an offering counts as, and the others count nowhere. That is why
the figures of days and of sessions add up to the figures of the course.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sessions_app.domain.attendance import ATTENDED
from sessions_app.domain.offerings import offering_key

PLANNED, OPEN, CLOSED = "planned", "open", "closed"
HOUR_S = 3600
"""The weight of a session in seconds where a course counts by sessions, so that one session and one
hour weigh the same. Weights are whole numbers, which makes every comparison with a limit exact."""
_BEST_FIRST = ("present", "late", "excused")


@dataclass(frozen=True, kw_only=True)
class CourseRules:
    """How a course counts. With 0 for ``lates_per_absence`` a late is never an absence."""

    lates_per_absence: int = 0
    by_hours: bool = False


PLAIN = CourseRules()


@dataclass(frozen=True)
class StudentSession:
    """How one student stands in one session. ``status`` is None where nothing is recorded.

    ``is_over`` says that the session's time is over, though nobody opened or closed it.
    ``weight_s`` is its weight in seconds. Sessions of a course with the same ``offering`` are
    alternatives, unless it is empty. ``had_left`` says that the student had left the course before
    the session took place, and so could not attend it. ``excused_as`` is the status that an excuse
    will give the student in a session that is not closed yet, unless the student comes.
    """

    state: str
    status: str | None
    is_over: bool = False
    weight_s: int = field(default=HOUR_S, kw_only=True)
    offering: str = field(default="", kw_only=True)
    had_left: bool = field(default=False, kw_only=True)
    excused_as: str | None = field(default=None, kw_only=True)

    @property
    def counts(self) -> bool:
        """Whether the status counts, if no other session of its offering counts in its place."""
        return self.state == CLOSED and bool(self.status)

    @property
    def can_be_attended(self) -> bool:
        """Whether it took place, or may still, while the student was on the course."""
        may_take_place = self.state in (OPEN, CLOSED) or (
            self.state == PLANNED and not self.is_over
        )
        return may_take_place and not self.had_left

    @property
    def sure_status(self) -> str | None:
        """What is recorded, or else what an excuse will make of the session."""
        return self.status or self.excused_as

    @property
    def is_settled(self) -> bool:
        """Whether the student attended the session or is excused from it, maybe ahead of time."""
        return self.can_be_attended and self.sure_status in (*ATTENDED, "excused")

    @property
    def is_awaited(self) -> bool:
        """Whether the session is to come or goes on, and the student has not left its course."""
        return self.state in (PLANNED, OPEN) and not self.is_over and not self.had_left

    @property
    def is_to_come(self) -> bool:
        """Whether the student, who may be excused, can still come to the session."""
        return self.is_awaited and self.status not in (*ATTENDED, "excused")

    @property
    def is_ahead(self) -> bool:
        """Whether the student can still attend or miss the session."""
        return self.is_to_come and not self.is_settled

    @property
    def is_excused_ahead(self) -> bool:
        """Whether an excuse lets the student stay away from a session to come, and nothing is
        missed."""
        return self.is_to_come and self.is_settled

    @property
    def leaves_open(self) -> bool:
        """Whether it is not known yet, or never will be, if the student could have attended it."""
        return self.had_left or self.state in (PLANNED, OPEN)


class CountedAs(StrEnum):
    """What follows from what is recorded in a session: it counts as its status, or it is a late
    that counts as an absence, or another session of its offering counts in its place, or it is not
    decided yet, or it counts nowhere."""

    STATUS = "status"
    LATE_ABSENCE = "late_absence"
    ELSEWHERE = "elsewhere"
    WAITING = "waiting"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Counted:
    """What one session counts as for one student. ``status`` is what was recorded.

    ``weight_s`` is None in a course that counts by sessions.
    """

    counted_as: CountedAs
    status: str | None
    weight_s: int | None = None

    @property
    def counts(self) -> bool:
        return self.counted_as in (CountedAs.STATUS, CountedAs.LATE_ABSENCE)

    @property
    def is_attended(self) -> bool:
        """Whether the rate counts it as attended."""
        return self.counted_as == CountedAs.STATUS and self.status in ATTENDED

    @property
    def is_in_rate(self) -> bool:
        return self.counts and self.status != "excused"


@dataclass(frozen=True)
class Ahead:
    """A session ahead, or the sessions ahead of one offering, by weight in seconds.

    It adds ``least_s`` to what counts if it is missed, and between ``least_s`` and ``most_s`` if it
    is attended.
    """

    least_s: int
    most_s: int


_Group = list[tuple[int, StudentSession]]


def count(sessions: Sequence[StudentSession], rules: CourseRules = PLAIN) -> list[Counted]:
    """Say what each session counts as. All are one student's, of one course, oldest first."""
    counted = [_alone(session, rules) for session in sessions]
    for group in _offerings(sessions):
        for place, one in _as_one(group, rules):
            counted[place] = one
    return _with_lates(counted, rules.lates_per_absence)


def ahead(
    sessions: Sequence[StudentSession], rules: CourseRules = PLAIN, *, with_excused: bool = False
) -> list[Ahead]:
    """Say what the student can still attend or miss, with each offering once.

    What the student is excused from is there too if ``with_excused`` says so: the student may come
    to it all the same.
    """
    singles = [[session] for session in sessions if not session.offering]
    groups = [[session for _, session in group] for group in _offerings(sessions)]
    found = [_ahead_of(group, rules, with_excused) for group in (*singles, *groups)]
    return [one for one in found if one is not None]


def as_settled(sessions: Sequence[StudentSession]) -> list[StudentSession]:
    """The sessions as if those were closed of which it is known before what they will count as: the
    student was seen in a session that is still open, or is excused from one ahead."""
    return [
        replace(session, state=CLOSED, status=session.sure_status)
        if session.is_settled
        else session
        for session in sessions
    ]


def _alone(session: StudentSession, rules: CourseRules) -> Counted:
    return Counted(_alone_as(session), session.status, _weight(session, rules))


def _alone_as(session: StudentSession) -> CountedAs:
    if session.counts:
        return CountedAs.STATUS
    is_undecided = session.state in (PLANNED, OPEN) and bool(session.status)
    return CountedAs.WAITING if is_undecided else CountedAs.NOTHING


def _weight(session: StudentSession, rules: CourseRules) -> int | None:
    return session.weight_s if rules.by_hours else None


def _offerings(sessions: Sequence[StudentSession]) -> Iterable[_Group]:
    """The sessions of each offering, each with its place among all."""
    found: dict[str, _Group] = defaultdict(list)
    for place, session in enumerate(sessions):
        if session.offering:
            found[offering_key(session.offering)].append((place, session))
    return found.values()


def _as_one(group: _Group, rules: CourseRules) -> Iterable[tuple[int, Counted]]:
    """What each session of one offering counts as."""
    carrier = _carrier(group)
    for place, session in group:
        alone = _alone(session, rules)
        if place == carrier:
            yield place, _weighed(alone, [one for _, one in group], rules)
        elif session.counts:
            other = CountedAs.WAITING if carrier is None else CountedAs.ELSEWHERE
            yield place, replace(alone, counted_as=other)
        else:
            yield place, alone


def _carrier(group: _Group) -> int | None:
    """The place of the session as which the offering counts, or None while nothing is decided."""
    held = [(place, session) for place, session in group if session.counts]
    for status in _BEST_FIRST:
        for place, session in held:
            if session.status == status:
                return place
    is_undecided = any(session.is_settled or session.leaves_open for _, session in group)
    return None if is_undecided or not held else held[-1][0]


def _weighed(carrier: Counted, group: Iterable[StudentSession], rules: CourseRules) -> Counted:
    """A session that was attended has its own weight. What was missed weighs as little as
    possible."""
    if carrier.is_attended or not rules.by_hours:
        return carrier
    return replace(carrier, weight_s=_least(group))


def _least(group: Iterable[StudentSession]) -> int:
    return min(session.weight_s for session in group if session.can_be_attended)


def _with_lates(counted: list[Counted], lates_per_absence: int) -> list[Counted]:
    if not lates_per_absence:
        return counted
    lates, found = 0, []
    for one in counted:
        is_late = one.counts and one.status == "late"
        lates += is_late
        is_absence = is_late and lates % lates_per_absence == 0
        found.append(replace(one, counted_as=CountedAs.LATE_ABSENCE) if is_absence else one)
    return found


def _ahead_of(
    group: Sequence[StudentSession], rules: CourseRules, with_excused: bool
) -> Ahead | None:
    """What is ahead of an offering, or of a session alone."""
    to_come = [session.weight_s for session in group if session.is_to_come]
    settled = {session.sure_status for session in group if session.is_settled}
    if not to_come or not settled <= ({"excused"} if with_excused else set()):
        return None
    if not rules.by_hours:
        return Ahead(HOUR_S, HOUR_S)
    return Ahead(_least(group), max(to_come))
