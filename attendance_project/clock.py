"""The current time, as both databases can store it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current time in UTC, in whole milliseconds.

    MongoDB stores no more, and a value in memory must equal the one that is read back.
    """
    moment = timezone.now()  # noqa: TID251  # the one place that may call it
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
