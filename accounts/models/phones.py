"""Students' phones, and the passkeys that show that their owner is there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import hooks
from accounts.models.people import User


class PasskeyTrust(models.TextChoices):
    """What a passkey says about the device on which it was used."""

    NONE = "", _("Not confirmed with a passkey")
    SYNCED = "synced", _("Confirmed with a passkey synced across the owner's devices")
    DEVICE_BOUND = "device_bound", _("Confirmed with a passkey that stays on one device")


class DeviceStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PENDING = "pending", _("Waiting")
    REVOKED = "revoked", _("Removed")


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user: User) -> DeviceQuerySet:
        """Admins see all. Teachers see their students' phones that wait or that they approved.
        Others see their own."""
        if user.is_admin:
            return self
        own = Q(user=user)
        if user.is_teacher:
            theirs = Q(user_id__in=hooks.students_taught_by(user))
            decidable = Q(status=DeviceStatus.PENDING) | Q(approved_by=user)
            return self.filter(own | (theirs & decidable))
        return self.filter(own)


class Device(models.Model):
    """A phone's P-256 public key. A student has one active device, and a key has one student."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    jkt = models.CharField(max_length=64, unique=True, help_text="RFC 7638 thumbprint of the key.")
    public_jwk = models.JSONField()
    name = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=DeviceStatus)
    registered_at = models.DateTimeField()
    activates_at = models.DateTimeField(
        null=True, blank=True, help_text="When a waiting device takes over by itself."
    )
    activated_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(
        max_length=12,
        choices=PasskeyTrust,
        blank=True,
        default="",
        help_text="By what passkey its owner confirmed it, for whoever approves it.",
    )

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(status="active"), name="one_active_device_per_user"
            )
        ]
        indexes = [
            models.Index(fields=["jkt"], name="device_jkt"),
            models.Index(fields=["user", "status"], name="device_user_status"),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'Phone'} ({self.status})"


class Passkey(models.Model):
    """A WebAuthn credential with user verification: a second proof that the owner is there.

    It is evidence beside the phone's key and never replaces it. A synced passkey is on every device
    of its owner, and on those of people whom they let into their account.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the credential's id."
    )
    credential_id = models.CharField(max_length=1400, help_text="Base64url; up to 1023 bytes.")
    public_key = models.CharField(max_length=2000, help_text="COSE key, base64url.")
    sign_count = models.PositiveBigIntegerField(default=0)
    trust = models.CharField(max_length=12, choices=PasskeyTrust)
    backed_up = models.BooleanField(help_text="Whether a copy lay elsewhere when it was last used.")
    name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["credential_digest"], name="passkey_digest")]

    def __str__(self) -> str:
        return f"{self.name or 'Passkey'} ({self.trust})"


class PasskeyPurpose(models.TextChoices):
    REGISTER = "register", _("Register a passkey")
    ENROL = "enrol", _("Enrol a face")
    DEVICE = "device", _("Confirm a phone")
    CHECK_IN = "check_in", _("Check in")


class PasskeyChallenge(models.Model):
    """A challenge for an authenticator. It is for one person, one purpose and one phone, once; that
    of a check-in is for one attempt, whose id is its ``subject``."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the challenge.")
    purpose = models.CharField(max_length=10, choices=PasskeyPurpose)
    jkt = models.CharField(max_length=64, help_text="Thumbprint of the phone that asked.")
    subject = models.CharField(max_length=40, blank=True, default="")
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["digest"], name="passkey_challenge"),
            models.Index(fields=["expires_at"], name="passkey_challenge_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d %H:%M}"
