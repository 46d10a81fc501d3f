"""Accounts, and who is let in: the expected list and invitations."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance_project import clock
from attendance_project.spans import Span, from_json
from attendance_project.spellings import plain, plain_address


class Role(models.TextChoices):
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Teacher")
    ADMIN = "admin", _("Admin")


class UserQuerySet(models.QuerySet["User"]):
    def students(self) -> UserQuerySet:
        return self.filter(role=Role.STUDENT)

    def visible_to(self, user: User) -> UserQuerySet:
        """Everyone sees their own profile, and admins see all."""
        return self if user.is_admin else self.filter(pk=user.pk)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account. Whoever calls this answers for address and name, unless they say
        otherwise by ``email_confirmed_at=None`` and ``name_vouched_at=None``."""
        for name in ("email_confirmed_at", "name_vouched_at"):
            fields.setdefault(name, clock.now())
        for name in ("institution_number", "claimed_number"):
            if number := fields.get(name):
                fields[name] = normalise_number(number)
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
    """One spelling for an address, since MongoDB has no constraint that ignores upper and lower
    case. A host of other letters than a to z is written in them and not as ``xn--``."""
    return plain_address(email)


def normalise_number(number: str) -> str:
    """One spelling for a roll or staff number, so that ``s1`` cannot pass for ``S1``."""
    return plain(number).upper()


_NO_NUMBER = "?"


def no_number() -> str:
    """What stands in place of a number until one counts. Nobody can type it as a number."""
    return f"{_NO_NUMBER}{uuid4().hex.upper()}"


class User(AbstractBaseUser, PermissionsMixin):
    """A student, teacher or admin. The role is set at creation, and only admins change it.

    Until the address is confirmed (``email_confirmed_at``), ``institution_number`` holds
    ``no_number()``, and what the person says is their number stands in ``claimed_number``. Several
    accounts can claim one number; ``services.confirm_email`` gives it to one of them.

    ``switched_off_at`` and ``earlier_off_spans`` tell when the account was switched off, since
    nobody is absent from a session during which they could not check in. The spans are pairs of
    moments, oldest first, and are never changed.

    ``invited_at`` and ``invited_by`` are of the latest link with which the person may choose a
    first password, and ``invitation_used_at`` is when they did. Links that were given before the
    first of these fields was added are not noted.
    """

    email = models.EmailField(unique=True, help_text="Log-in name; stored in lower case.")
    full_name = models.CharField(max_length=150)
    institution_number = models.CharField(
        max_length=40, unique=True, help_text="Roll number or staff number."
    )
    email_confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When its owner proved the address, or an admin answered for it.",
    )
    claimed_number = models.CharField(
        max_length=40,
        blank=True,
        default="",
        editable=False,
        help_text="The number that counts for nobody until the address is confirmed.",
    )
    name_vouched_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the institution or an admin answered for the name.",
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.STUDENT)
    department = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    switched_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    earlier_off_spans = models.JSONField(null=True, blank=True, editable=False)
    is_approved = models.BooleanField(
        default=False, help_text="A teacher's account can do nothing until an admin approves it."
    )
    approved_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    invited_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Empty where no invitation was noted, which does not mean that there was none.",
    )
    invited_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty for one invited on the command line.",
    )
    invitation_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    guesses_told_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a mail told of wrong guesses."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name", "institution_number"]

    class Meta:
        ordering = ["full_name", "email"]
        # There are plain indexes beside the unique ones, since MongoDB's unique indexes are partial
        # and do not serve look-ups (docs/adr/0002).
        indexes = [
            models.Index(fields=["email"], name="user_email"),
            models.Index(fields=["institution_number"], name="user_number"),
            models.Index(fields=["claimed_number"], name="user_claimed_number"),
            models.Index(fields=["role", "full_name"], name="user_role_name"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.number})"

    @property
    def number(self) -> str:
        """The number as people read it: the one that counts, or else the one that is claimed."""
        if self.institution_number.startswith(_NO_NUMBER):
            return self.claimed_number
        return self.institution_number

    @property
    def is_confirmed(self) -> bool:
        """Whether the address is known to be the owner's. Until then the account joins nothing."""
        return self.email_confirmed_at is not None

    @property
    def is_staff(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def off_spans(self) -> list[Span]:
        """All the times that the account was switched off, oldest first. Where nobody noted when
        it was, it counts as off since it was made."""
        earlier = from_json(self.earlier_off_spans)
        if self.is_active:
            return earlier
        return [*earlier, Span(self.switched_off_at or self.created_at)]

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


class ReservedEmail(models.Model):
    """An address that an account gave up, which nobody else can have until the time is over."""

    email = models.EmailField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reserved_emails")
    until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="reserved_email"),
            models.Index(fields=["until"], name="reserved_until"),
        ]

    def __str__(self) -> str:
        return f"{self.email} until {self.until:%Y-%m-%d}"


class RosterEntry(models.Model):
    """A person on the expected list. REGISTRATION_ROSTER_ONLY admits nobody else."""

    email = models.EmailField(unique=True)
    institution_number = models.CharField(max_length=40, unique=True)
    full_name = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name_plural = "roster entries"
        indexes = [models.Index(fields=["email"], name="roster_email")]

    def __str__(self) -> str:
        return f"{self.institution_number} {self.email}"


class Invitation(models.Model):
    """A one-time pass into a role. Only the code's digest is stored."""

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
