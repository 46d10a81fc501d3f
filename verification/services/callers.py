"""Who makes a call: the student, and how the key that signed the call stands with the student."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

import accounts.services as people
from accounts.models import Device, User
from attendance_project.refusals import Kind, Refusal
from verification.domain.evidence import DeviceEvidence, DeviceStanding
from verification.domain.reasons import Reason
from verification.models import CheckInAttempt
from verification.words import words_of


@dataclass(frozen=True)
class Caller:
    """A student, the device key that signed the call, and the network that it came from."""

    user: User
    jkt: str
    """The thumbprint of the key (RFC 7638)."""
    device: Device | None
    standing: DeviceStanding
    network: str = ""


def identify(
    user: User, *, jkt: str, now: datetime, network: str = "", device: Device | None = None
) -> Caller:
    """How the key that signed this call stands with this student.

    ``device`` is the student's device of that key, where it was read already.
    """
    if device is None:
        device, standing = people.device_standing(user, jkt, now=now)
    else:
        standing = people.own_device_standing(device, now=now)
    return Caller(user, jkt, device, DeviceStanding(standing), network)


def require_registered(caller: Caller) -> None:
    """Raises Refusal for a face enrolment by another phone than the student's registered one.

    A stolen password must not be enough to put another person's face in.
    """
    if caller.standing is not DeviceStanding.ACTIVE:
        raise Refusal(
            f"device_{caller.standing.value}",
            _("Enrol on the phone that is registered for you."),
            Kind.NOT_ALLOWED,
        )


def require_same_device(caller: Caller, attempt: CheckInAttempt) -> None:
    """Raises Refusal for evidence by another phone than the one that opened the attempt.

    Otherwise one phone could stand in the room while the face is shown to another at home.
    """
    if caller.jkt != attempt.jkt:
        raise Refusal("device_changed", words_of(Reason.DEVICE_CHANGED), Kind.CONFLICT)


def device_evidence(caller: Caller, attempt: CheckInAttempt) -> DeviceEvidence:
    """The phone as the decision sees it."""
    return DeviceEvidence(standing=caller.standing, same_as_opened=caller.jkt == attempt.jkt)
