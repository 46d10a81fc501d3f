"""The time, as both databases can keep it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current time in UTC, in whole milliseconds: MongoDB keeps no more, and an answer
    from memory must equal the one that is read back."""
    moment = timezone.now()  # noqa: TID251  # the one place that may
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
