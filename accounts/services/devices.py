"""Devices: which key may speak for which student."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.domain.dpop import Proof
from accounts.models import Device, DeviceStatus, User
from accounts.services.tokens import revoke_tokens
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal


def register_device(user: User, proof: Proof, name: str, *, now: datetime) -> Device | None:
    """The student's device for the key that a log-in proved. None if it is another student's key.

    A student's very first key is active at once. Every other key waits for an approval or for
    settings.DEVICE_COOLING_OFF, even one that was revoked and comes back.
    """
    device = Device.objects.filter(jkt=proof.jkt).first() or _add(user, proof, name, now)
    if device.user_id != user.pk:
        return None
    if device.status == DeviceStatus.REVOKED:
        Device.objects.filter(pk=device.pk, status=DeviceStatus.REVOKED).update(
            status=DeviceStatus.PENDING,
            activates_at=now + settings.DEVICE_COOLING_OFF,
            approved_by=None,
        )
    _take_over_if_due(device, now)
    device.refresh_from_db()
    return device


def device_standing(user: User, jkt: str, *, now: datetime) -> tuple[Device | None, str]:
    """The device of a key, and how it stands to ``user``: "active", "waiting", "revoked", "unknown"
    (then there is no device) or "of_another_student" (then the device is that student's).

    A waiting device whose time has come takes over here.
    """
    device = Device.objects.filter(jkt=jkt).first()
    if device is None:
        return None, "unknown"
    if device.user_id != user.pk:
        return device, "of_another_student"
    return device, own_device_standing(device, now=now)


def own_device_standing(device: Device, *, now: datetime) -> str:
    """How a device stands to its own student: "active", "waiting" or "revoked".

    A waiting device whose time has come takes over here.
    """
    if _take_over_if_due(device, now):
        device.refresh_from_db()
    return _STANDINGS[DeviceStatus(device.status)]


_STANDINGS = {
    DeviceStatus.ACTIVE: "active",
    DeviceStatus.PENDING: "waiting",
    DeviceStatus.REVOKED: "revoked",
}


def approve_device(device: Device, *, by: User, now: datetime) -> Device:
    """Let a waiting device take over at once. Approving an active one again is harmless.

    Raises Refusal ``device_revoked``: a revoked phone has to log in first.
    """
    if device.status == DeviceStatus.PENDING:
        _take_over(device, now, approved_by=by)
        device.refresh_from_db()
    if device.status == DeviceStatus.REVOKED:
        raise Refusal(
            "device_revoked",
            _("This phone was removed. Its owner has to log in on it again first."),
            Kind.CONFLICT,
        )
    if device.status == DeviceStatus.PENDING:
        raise Refusal(
            "device_changed",
            _("Another phone has just become active. Reload the list before you approve one."),
            Kind.CONFLICT,
        )
    return device


def revoke_device(device: Device, *, now: datetime) -> None:
    """End a device, and all log-ins made with it. Repeating is harmless."""
    waiting_or_active = [DeviceStatus.ACTIVE, DeviceStatus.PENDING]
    Device.objects.filter(pk=device.pk, status__in=waiting_or_active).update(
        status=DeviceStatus.REVOKED, revoked_at=now, activates_at=None
    )
    revoke_tokens(device.user, jkt=device.jkt, now=now)


def _add(user: User, proof: Proof, name: str, now: datetime) -> Device:
    fields = {
        "jkt": proof.jkt,
        "public_jwk": proof.public_jwk,
        "name": name,
        "registered_at": now,
    }
    if not Device.objects.filter(user=user).exists():
        first = _create(user, status=DeviceStatus.ACTIVE, activated_at=now, **fields)
        if first is not None:
            return first
    # The loser of a race for the first place, or for the same key, comes here as well.
    activates_at = now + settings.DEVICE_COOLING_OFF
    waiting = _create(user, status=DeviceStatus.PENDING, activates_at=activates_at, **fields)
    return waiting or Device.objects.get(jkt=proof.jkt)


def _create(user: User, **fields: Any) -> Device | None:
    try:
        with one_write():
            return Device.objects.create(user=user, **fields)
    except IntegrityError:
        return None


def _take_over_if_due(device: Device, now: datetime) -> bool:
    waiting = device.status == DeviceStatus.PENDING
    if not (waiting and device.activates_at and device.activates_at <= now):
        return False
    return _take_over(device, now)


def _take_over(device: Device, now: datetime, **fields: Any) -> bool:
    """Revoke the student's active device, then make this one active.

    A crash in between leaves no active device and this one still due, so the next call finishes it.
    In a race the constraint lets one device win. A loser reactivates what it retired, since a loser
    that comes last would otherwise leave the student without any phone.
    """
    if not Device.objects.filter(pk=device.pk, status=DeviceStatus.PENDING).exists():
        return False
    active = Device.objects.filter(user=device.user_id, status=DeviceStatus.ACTIVE).first()
    retired = active is not None and _retire(active.pk, now)
    changes = {"activated_at": now, "activates_at": None, "revoked_at": None, **fields}
    changed = _activate({"pk": device.pk, "status": DeviceStatus.PENDING}, **changes)
    if changed:
        _delay_others(device, now)
    elif active is not None and retired:
        mine = {"pk": active.pk, "status": DeviceStatus.REVOKED, "revoked_at": now}
        _activate(mine, revoked_at=None)
    return changed


def _activate(which: dict[str, Any], **changes: Any) -> bool:
    """Make the device active, if it is still as described and no other one is active."""
    try:
        with one_write():
            devices = Device.objects.filter(**which)
            return bool(devices.update(status=DeviceStatus.ACTIVE, **changes))
    except IntegrityError:
        return False


def _retire(pk: uuid.UUID, now: datetime) -> bool:
    active = Device.objects.filter(pk=pk, status=DeviceStatus.ACTIVE)
    return bool(active.update(status=DeviceStatus.REVOKED, revoked_at=now))


def _delay_others(device: Device, now: datetime) -> None:
    """Restart the time of every other waiting device. Several phones that were put in the queue on
    one day must not become a pool to swap between on another."""
    others = Device.objects.filter(user=device.user_id, status=DeviceStatus.PENDING)
    others.exclude(pk=device.pk).update(activates_at=now + settings.DEVICE_COOLING_OFF)
