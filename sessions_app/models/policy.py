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


class PolicyFields(models.Model):
    """How check-ins are judged. A course has its own policy, and each of its sessions a copy."""

    face = models.CharField(max_length=10, choices=REQUIREMENTS, default=Requirement.REQUIRED.value)
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
    def policy_in_words(self) -> str:
        evidence = gettext(wording.evidence_in_words(self.face, self.bluetooth))
        lateness = gettext(wording.lateness_in_words(self.late_after_min))
        return f"{evidence}; {lateness % {'minutes': self.late_after_min}}"


POLICY_FIELDS = tuple(field.name for field in PolicyFields._meta.local_fields)
