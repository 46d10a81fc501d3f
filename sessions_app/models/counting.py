"""How a course counts attendance, and what a session weighs in it.

What follows from these fields is in `reports.domain.counting`.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_LATES = 20
"""The largest number of lates that can be chosen to count as one absence."""
LEAST_WEIGHT_H, MOST_WEIGHT_H = 0.01, 24
"""The weights in hours that a session can have. The least is 36 seconds."""
OFFERING_LENGTH = 80
WEEKLY_OFFERING_LENGTH = 60
"""Where each week has an offering of its own, the week is written behind the text."""
COUNTING_FIELDS = ("weight_h", "offering")
"""The fields of a session that say how it counts. Only who manages its course may set them."""


class CountBy(models.TextChoices):
    SESSIONS = "sessions", _("Sessions")
    HOURS = "hours", _("Hours")


def validate_weight(hours: float) -> None:
    # Written so that it refuses what is no number (NaN) too.
    if not LEAST_WEIGHT_H <= hours <= MOST_WEIGHT_H:
        raise ValidationError(_("Choose a weight of more than 0 and at most 24 hours."))


def weekly_offering_problem(offering: str) -> str:
    """Why a text cannot stand for another offering each week, in a sentence, or nothing."""
    if not offering.strip():
        return gettext("Fill in a text, such as “Lab”. The week is added to it.")
    if len(offering) > WEEKLY_OFFERING_LENGTH:
        told = gettext("Use at most %(n)d characters, since the week is added.")
        return told % {"n": WEEKLY_OFFERING_LENGTH}
    return ""
