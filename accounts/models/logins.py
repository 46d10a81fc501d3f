"""What log-ins store: tokens, used proofs, and tries that are counted."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.models.people import User


class RefreshTokenQuerySet(models.QuerySet["RefreshToken"]):
    def revoke(self, now: datetime) -> int:
        return self.filter(revoked_at=None).update(revoked_at=now)


class RefreshToken(models.Model):
    """One refresh token that was given out. A family is all that grew from one log-in.

    Rotation uses up a row by compare-and-set. A used row that comes back revokes its family.
    """

    jti = models.CharField(max_length=64, unique=True)
    family = models.UUIDField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_tokens")
    jkt = models.CharField(max_length=64, blank=True, help_text="Thumbprint of the bound key.")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = RefreshTokenQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["jti"], name="refresh_jti"),
            models.Index(fields=["family"], name="refresh_family"),
            models.Index(fields=["expires_at"], name="refresh_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at:%Y-%m-%d %H:%M}"


class SpentProof(models.Model):
    """A DPoP proof's ``jti``, hashed with its key, kept until the proof is too old to pass."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="proof_expiry")]

    def __str__(self) -> str:
        return self.digest[:12]


class FailedLogin(models.Model):
    """A wrong password, kept while it counts. Addresses and e-mails are keyed digests only.

    The row is written before the password is checked, marked if it was wrong, and deleted if it was
    right. Guesses made at the same moment therefore see each other.
    """

    account = models.CharField(max_length=64)
    source = models.CharField(
        max_length=64,
        help_text="The client's address, or a phone or browser that the account knows.",
    )
    address = models.CharField(
        max_length=64,
        blank=True,
        help_text="What counts many guesses together: the address, or a cookie used elsewhere.",
    )
    failed = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="failure_account"),
            models.Index(fields=["address", "at"], name="failure_address"),
            models.Index(fields=["at"], name="failure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.account[:12]} {self.at:%Y-%m-%d %H:%M}"


class ResetRequest(models.Model):
    """A request for a link to a new password, kept while it counts. It has keyed digests only."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="reset_account"),
            models.Index(fields=["address", "at"], name="reset_address"),
            models.Index(fields=["at"], name="reset_at"),
        ]

    def __str__(self) -> str:
        return f"{self.account[:12]} {self.at:%Y-%m-%d %H:%M}"


class RegistrationTry(models.Model):
    """A try to register without an invitation, kept while it counts."""

    address = models.CharField(max_length=64, help_text="A keyed digest.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "registration tries"
        indexes = [
            models.Index(fields=["address", "at"], name="registration_address"),
            models.Index(fields=["at"], name="registration_at"),
        ]

    def __str__(self) -> str:
        return f"{self.address[:12]} {self.at:%Y-%m-%d %H:%M}"
