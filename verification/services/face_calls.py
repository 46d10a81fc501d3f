"""Counts the calls that bring pictures, for all processes of the server together."""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from accounts.models import User
from verification.models import FaceCall

MOST_CALLS, WINDOW = 10, timedelta(minutes=1)
"""How many calls a student may make in that time. Measuring a burst takes a processor about half a
second, and three tries take a minute."""


MOST_REPORTS = 20
"""How many reports of the beacon a student may send in that time; a phone that sends one for each
id that it hears sends 12. Each is compared with those of up to 200 classmates, which two students
who invent long traces for each other make as slow as 0.65 s, and decoys by the hundred would hide a
copied trace behind them (copies.TRACES_MOST)."""


def wait_for_turn(student: User, *, now: datetime) -> timedelta | None:
    """Count a call with pictures that begins now. Returns how long to wait where there were too
    many, or None."""
    return _wait("verification.face_call", student, MOST_CALLS, now)


def wait_to_report(student: User, *, now: datetime) -> timedelta | None:
    """The same for a report of what was heard of the beacon."""
    return _wait("verification.radio_report", student, MOST_REPORTS, now)


def _wait(kind: str, student: User, most: int, now: datetime) -> timedelta | None:
    """Count a call. The row is written before the others are counted, so that of calls at the same
    moment no more pass than may. A call that has to wait does not count.
    """
    who = salted_hmac(kind, str(student.pk), algorithm="sha256").hexdigest()
    mine = FaceCall.objects.create(who=who, at=now)
    recent = FaceCall.objects.filter(who=who, at__gt=now - WINDOW)
    times = sorted(recent.values_list("at", flat=True))
    if len(times) <= most:
        return None
    mine.delete()
    return times[0] + WINDOW - now


def purge_calls(*, now: datetime) -> int:
    """Delete the rows that count no more, and return how many."""
    return FaceCall.objects.filter(at__lt=now - WINDOW).delete()[0]
