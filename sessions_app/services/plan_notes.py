"""What planning says to the person who plans: overlaps, closed days, and clocks that are set."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance_project.days import when
from attendance_project.refusals import Kind, Refusal
from sessions_app.domain.series import ClockChange
from sessions_app.models import ClosedDay
from sessions_app.queries.overlaps import Overlap

MOST_SAID = 10
"""Overlaps that a refusal names one by one. A page shows all of them."""
_SAME = {
    "course": gettext_lazy("same course"),
    "class": gettext_lazy("same class"),
    "teacher": gettext_lazy("same teacher"),
    "room": gettext_lazy("same room"),
}


def refuse_overlaps(overlaps: Sequence[Overlap], *, field: str = "starts_at") -> None:
    """Raises sessions_overlap where there are any."""
    if overlaps:
        raise Refusal(
            "sessions_overlap",
            _(
                "Other sessions take place at the same time. "
                "Choose another time, or plan it anyway with allow_overlaps."
            ),
            Kind.CONFLICT,
            fields={field: overlaps_in_words(overlaps[:MOST_SAID])},
        )


def refuse_busy(overlaps: Sequence[Overlap], *, field: str) -> None:
    """Raises sessions_overlap where somebody who is named for a session teaches elsewhere then."""
    if overlaps:
        raise Refusal(
            "sessions_overlap",
            _(
                "This person teaches at the same time elsewhere. "
                "Name somebody else, or name them anyway with allow_overlaps."
            ),
            Kind.CONFLICT,
            fields={field: overlaps_in_words(overlaps[:MOST_SAID])},
        )


def overlaps_in_words(overlaps: Iterable[Overlap]) -> list[str]:
    """A sentence for each overlap, on the clock of the wanted session's course."""
    return [_overlap_in_words(overlap) for overlap in overlaps]


def clocks_in_words(changes: Iterable[ClockChange]) -> list[str]:
    """A sentence for each time that the clock skips or shows twice: what it is taken for."""
    return [_clock_in_words(change) for change in changes]


def closed_in_words(days: Iterable[ClosedDay]) -> list[str]:
    """The closed days that were left out, each with its name."""
    return [f"{when(day.date, 'week day')}: {day.name}" for day in days]


def _overlap_in_words(overlap: Overlap) -> str:
    zone = overlap.wanted.course.zone
    other = overlap.other
    start, end = other.starts_at.astimezone(zone), other.ends_at.astimezone(zone)
    return _("%(course)s takes place on %(day)s, %(from)s–%(to)s (%(same)s).") % {
        "course": other.course,
        "day": when(start, "week day"),
        "from": f"{start:%H:%M}",
        "to": f"{end:%H:%M}",
        "same": ", ".join(str(_SAME[name]) for name in overlap.same),
    }


def _clock_in_words(change: ClockChange) -> str:
    words = {"day": when(change.asked, "week day"), "time": f"{change.asked:%H:%M}"}
    if change.skipped:
        return _(
            "On %(day)s the clock is set forward and never shows %(time)s. "
            "%(chosen)s is taken instead."
        ) % {**words, "chosen": f"{change.chosen:%H:%M}"}
    return (
        _(
            "On %(day)s the clock is set back and shows %(time)s twice. "
            "The first of the two is taken."
        )
        % words
    )
