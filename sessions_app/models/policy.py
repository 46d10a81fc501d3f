"""Fields that models of teaching share: time zones and the policy of check-ins."""

from __future__ import annotations

import functools
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app.domain import wording
from sessions_app.domain.levels import ONE_IN, ONE_IN_LEAST, ONE_IN_MOST, Level, face_of
from sessions_app.domain.requirements import Requirement


@functools.cache
def _time_zones() -> set[str]:
    return available_timezones()  # it walks the disk, so it is called once


def validate_time_zone(name: str) -> None:
    if name not in _time_zones():
        raise ValidationError(
            _("%(name)s is not a time zone. Use one like Europe/Paris.") % {"name": repr(name)}
        )


REQUIREMENTS = [
    (Requirement.REQUIRED.value, _("Required")),
    (Requirement.PREFERRED.value, _("Preferred")),
    (Requirement.OFF.value, _("Off")),
]
"""Each requirement with its name on screens."""
LEVELS = [
    (Level.STRICT.value, _("Strict")),
    (Level.STANDARD.value, _("Standard")),
    (Level.ROOM.value, _("Code and room only")),
]
"""Each level with its name on screens."""


class PolicyFields(models.Model):
    """How check-ins are judged. A course has its own policy, and each of its sessions a copy."""

    level = models.CharField(max_length=10, choices=LEVELS, default=Level.STRICT.value)
    face_one_in = models.PositiveSmallIntegerField(
        default=ONE_IN,
        validators=[MinValueValidator(ONE_IN_LEAST), MaxValueValidator(ONE_IN_MOST)],
        help_text="Standard asks for the face by lot, one time in so many.",
    )
    bluetooth = models.CharField(
        max_length=10, choices=REQUIREMENTS, default=Requirement.PREFERRED.value
    )
    qr_slot_s = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    qr_slots_needed = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    late_after_min = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(600)]
    )

    class Meta:
        abstract = True

    @property
    def face(self) -> Requirement:
        """What the level means for the face: required where it is asked for, or off."""
        return face_of(self.level)

    @property
    def policy_in_words(self) -> str:
        evidence = gettext(wording.evidence_in_words(self.level, self.bluetooth))
        lateness = gettext(wording.lateness_in_words(self.late_after_min))
        values = {"minutes": self.late_after_min, "one_in": self.face_one_in}
        return f"{evidence % values}; {lateness % values}"


POLICY_FIELDS = tuple(field.name for field in PolicyFields._meta.local_fields)
