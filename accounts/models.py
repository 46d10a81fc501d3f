"""People, what lets them in, and what they agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import hooks


class Role(models.TextChoices):
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Teacher")
    ADMIN = "admin", _("Admin")


class UserQuerySet(models.QuerySet["User"]):
    def students(self) -> UserQuerySet:
        return self.filter(role=Role.STUDENT)

    def visible_to(self, user: User) -> UserQuerySet:
        """Everyone sees their own profile; admins see all."""
        return self if user.is_admin else self.filter(pk=user.pk)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if number := fields.get("institution_number"):
            fields["institution_number"] = normalise_number(number)
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        fields.update(role=Role.ADMIN, is_superuser=True, is_approved=True)
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=normalise_email(email or ""))


def normalise_email(email: str) -> str:
    """One spelling for an address, since uniqueness without case cannot be a constraint
    on MongoDB."""
    return email.strip().lower()


def normalise_number(number: str) -> str:
    """One spelling for a roll or staff number, so that ``s1`` cannot pass for ``S1``."""
    return number.strip().upper()


class User(AbstractBaseUser, PermissionsMixin):
    """A student, teacher or admin. The role is set at creation and changed by admins only."""

    email = models.EmailField(unique=True, help_text="Log-in name; stored in lower case.")
    full_name = models.CharField(max_length=150)
    institution_number = models.CharField(
        max_length=40, unique=True, help_text="Roll number or staff number."
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.STUDENT)
    department = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    is_approved = models.BooleanField(
        default=False, help_text="A teacher's account can do nothing until an admin approves it."
    )
    approved_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name", "institution_number"]

    class Meta:
        ordering = ["full_name", "email"]
        # Plain indexes beside the unique ones: MongoDB's unique indexes are partial and
        # do not serve look-ups (docs/adr/0002).
        indexes = [
            models.Index(fields=["email"], name="user_email"),
            models.Index(fields=["institution_number"], name="user_number"),
            models.Index(fields=["role", "full_name"], name="user_role_name"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.institution_number})"

    @property
    def is_staff(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_student(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_teacher(self) -> bool:
        return self.role == Role.TEACHER

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]


class RosterEntry(models.Model):
    """Someone the institution expects; REGISTRATION_ROSTER_ONLY admits nobody else."""

    email = models.EmailField(unique=True)
    institution_number = models.CharField(max_length=40, unique=True)
    full_name = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name_plural = "roster entries"
        indexes = [models.Index(fields=["email"], name="roster_email")]

    def __str__(self) -> str:
        return f"{self.institution_number} {self.email}"


class Invitation(models.Model):
    """A one-time pass into a role. Only the code's digest is kept."""

    code_digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=10, choices=Role)
    email = models.EmailField(blank=True, help_text="Only this address may use it, if given.")
    created_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invitations_made",
        help_text="Empty for one made on the command line.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_used"
    )

    class Meta:
        indexes = [models.Index(fields=["code_digest"], name="invitation_digest")]

    def __str__(self) -> str:
        return f"{self.role} until {self.expires_at:%Y-%m-%d}"


class RefreshTokenQuerySet(models.QuerySet["RefreshToken"]):
    def revoke(self, now: datetime) -> int:
        return self.filter(revoked_at=None).update(revoked_at=now)


class RefreshToken(models.Model):
    """One issued refresh token. A family is all that grew from one log-in.

    Rotation spends a row by compare-and-set; a spent one that comes back revokes its family.
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


class PasskeyTrust(models.TextChoices):
    """What a passkey says about the device that it was used on."""

    NONE = "", _("Not confirmed with a passkey")
    SYNCED = "synced", _("Confirmed with a passkey that its owner's devices share")
    DEVICE_BOUND = "device_bound", _("Confirmed with a passkey that never leaves its device")


class DeviceStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PENDING = "pending", _("Waiting")
    REVOKED = "revoked", _("Revoked")


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user: User) -> DeviceQuerySet:
        """Admins see all; teachers their students' that wait or that they approved; others
        their own."""
        if user.is_admin:
            return self
        own = Q(user=user)
        if user.is_teacher:
            theirs = Q(user_id__in=hooks.students_taught_by(user))
            decidable = Q(status=DeviceStatus.PENDING) | Q(approved_by=user)
            return self.filter(own | (theirs & decidable))
        return self.filter(own)


class Device(models.Model):
    """A phone's P-256 public key. One active device a student, one student a key."""

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

    It is evidence beside the phone's key and never in its place: one that is synced is on
    every device of its owner, and of whom they let into their account.
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


class PasskeyChallenge(models.Model):
    """A challenge for an authenticator: of one person, for one purpose, on one phone, once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the challenge.")
    purpose = models.CharField(max_length=10, choices=PasskeyPurpose)
    jkt = models.CharField(max_length=64, help_text="Thumbprint of the phone that asked.")
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["digest"], name="passkey_challenge"),
            models.Index(fields=["expires_at"], name="passkey_challenge_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d %H:%M}"


class SpentProof(models.Model):
    """A DPoP proof's ``jti`` (hashed with its key), kept until the proof is too old to pass."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="proof_expiry")]

    def __str__(self) -> str:
        return self.digest[:12]


class FailedLogin(models.Model):
    """A wrong password, kept while it counts; addresses and e-mails as keyed digests only.

    The row is written before the password is looked at, marked if it was wrong and deleted if
    it was right, so that guesses made at the same moment see each other.
    """

    account = models.CharField(max_length=64)
    source = models.CharField(max_length=64, help_text="The client's address, or a known phone.")
    address = models.CharField(max_length=64, blank=True, help_text="Empty for a known phone.")
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
    """That a link for a new password was asked for; keyed digests only, kept while it counts."""

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
    """That somebody tried to register without an invitation; kept while it counts."""

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


class ConsentAction(models.TextChoices):
    GIVEN = "given", _("Given")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentEvent(models.Model):
    """Append-only: what a person agreed to, declined or withdrew. The latest row counts."""

    FACE = "face_recognition"
    FRAMES = "face_frames"  # keeping the pictures of an enrolment for a while

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consent_events")
    purpose = models.CharField(max_length=40, default=FACE)
    version = models.CharField(max_length=20)
    action = models.CharField(max_length=10, choices=ConsentAction)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["user", "purpose", "-at"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.action} {self.at:%Y-%m-%d}"


class ErasureState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    BEGUN = "begun", _("Begun")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Taken back")


class ErasureRequest(models.Model):
    """That a student asked to be erased, and what came of it. Stays as the record of it.

    ``is_open`` says the same as the states waiting and begun, for the constraint.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="erasure_requests")
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.WAITING)
    is_open = models.BooleanField(default=True, editable=False)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was taken back, or all was erased."
    )

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_open=True), name="one_open_erasure_per_user"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="erasure_user"),
            models.Index(fields=["is_open", "asked_at"], name="erasure_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
