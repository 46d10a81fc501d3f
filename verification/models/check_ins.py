"""Evidence, decisions and what follows from them. All but appeals append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, Role, User
from sessions_app.models import Attendance, Session
from verification.domain.check_in import Outcome
from verification.domain.evidence import EvidenceKind
from verification.domain.reasons import Severity
from verification.models.lots import FaceLot


class CheckInAttempt(models.Model):
    """A student's try to check in to one session with one device. Never changed.

    ``nonce`` is the phone's own: the same one again finds this attempt and opens no second.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attempts")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="check_in_attempts"
    )
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    jkt = models.CharField(max_length=64, help_text="Thumbprint of the key that opened it.")
    nonce = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    just_opened = False
    """Whether the call that is being answered opened it. It then has no evidence but what this call
    wrote and no decision, and the database is not asked for them."""
    written: list[EvidenceRecord]
    """The evidence that the call which opened it has written."""
    is_enrolled: bool | None = None
    """Whether its student is on the course, once the call that is being answered has asked."""
    lots: list[FaceLot] | None = None
    """The lot of its student and session, none or one, once the call that is being answered has
    read it."""

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["student", "nonce"], name="one_attempt_per_nonce")
        ]
        indexes = [
            models.Index(fields=["student", "nonce"], name="attempt_nonce"),
            models.Index(fields=["session", "-opened_at"], name="attempt_session"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.opened_at:%H:%M:%S}"


class IssuedChallenge(models.Model):
    """A liveness challenge of an attempt; good for one burst. ``number`` counts from 1.

    A live film takes its place once: ``film_moves`` are what that one asks for, and ``filmed_at``
    is when it began. Where the film broke off, the burst may still follow.
    """

    attempt = models.ForeignKey(CheckInAttempt, on_delete=models.CASCADE, related_name="challenges")
    number = models.PositiveSmallIntegerField()
    challenge = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    filmed_at = models.DateTimeField(null=True, blank=True)
    film_moves = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="one_challenge_per_number")
        ]
        indexes = [models.Index(fields=["attempt", "number"], name="challenge_number")]

    def __str__(self) -> str:
        return f"{self.attempt_id} #{self.number}"


EVIDENCE_KINDS = [
    (EvidenceKind.CODE.value, _("Code")),
    (EvidenceKind.BLUETOOTH.value, _("Bluetooth")),
    (EvidenceKind.SOUND.value, _("Room's sound")),
    (EvidenceKind.FACE.value, _("Face")),
    (EvidenceKind.PASSKEY.value, _("Passkey")),
]
"""Each kind of evidence with its name on screens."""


class EvidenceRecord(models.Model):
    """What was measured in one call. Append-only; the newest of a kind counts. A report of the
    radio that came too late to prove anything takes nothing away from one before it.

    ``key`` makes the row unique in its attempt: the nonce of the call, or for a face the
    number of the challenge, which is thereby used up.
    """

    attempt = models.ForeignKey(CheckInAttempt, on_delete=models.CASCADE, related_name="evidence")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=EVIDENCE_KINDS)
    key = models.CharField(max_length=80)
    nonce = models.CharField(max_length=64)
    measured = models.JSONField()
    trace_digest = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind", "key"], name="one_evidence_per_key")
        ]
        indexes = [
            models.Index(fields=["attempt", "received_at"], name="evidence_attempt"),
            models.Index(fields=["session", "trace_digest"], name="evidence_trace"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.attempt_id}"


OUTCOMES = [
    (Outcome.PRESENT.value, _("Present")),
    (Outcome.LATE.value, _("Late")),
    (Outcome.REVIEW.value, _("To confirm")),
    (Outcome.REFUSED.value, _("Refused")),
]
"""Each outcome with its name on screens."""


class CheckInDecision(models.Model):
    """What was decided on an attempt, on which evidence and by which policy. Never changed."""

    attempt = models.OneToOneField(
        CheckInAttempt, on_delete=models.PROTECT, related_name="decision"
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="decisions")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="check_in_decisions"
    )
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    reasons = models.JSONField(help_text="Codes, worst first.")
    counted = models.JSONField(help_text="Kinds of evidence that were in order.")
    evidence = models.JSONField()
    policy = models.JSONField()
    policy_version = models.CharField(max_length=20)
    engine = models.CharField(max_length=20, blank=True)
    decided_at = models.DateTimeField()

    attendance: Attendance | None = None
    """The attendance that followed from it, where the call that is being answered wrote it."""

    class Meta:
        ordering = ["-decided_at"]
        indexes = [
            models.Index(fields=["session", "outcome"], name="decision_session"),
            models.Index(fields=["student", "-decided_at"], name="decision_student"),
            models.Index(fields=["-decided_at"], name="decision_time"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.decided_at:%Y-%m-%d %H:%M}"


class ReviewVerdict(models.Model):
    """A teacher's answer to a decision that asked for one. The first that is not undone counts."""

    CONFIRMED, REFUSED = "confirmed", "refused"

    decision = models.ForeignKey(CheckInDecision, on_delete=models.PROTECT, related_name="verdicts")
    verdict = models.CharField(
        max_length=10, choices=[(CONFIRMED, _("Confirmed")), (REFUSED, _("Refused"))]
    )
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_undone = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True, blank=True, help_text="By its own author.")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(is_undone=False), name="one_standing_verdict"
            )
        ]
        indexes = [
            models.Index(fields=["decision", "is_undone"], name="verdict_decision"),
            models.Index(fields=["at"], name="verdict_time"),
        ]

    def __str__(self) -> str:
        return self.verdict


SEVERITIES = [
    (Severity.LOW.value, _("Low")),
    (Severity.MEDIUM.value, _("Medium")),
    (Severity.HIGH.value, _("High")),
]
"""Each severity with its name on screens."""


class WarningVerdict(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class WarningQuerySet(models.QuerySet["Warning"]):
    def visible_to(self, user: User) -> WarningQuerySet:
        if user.role == Role.ADMIN:
            return self
        if user.role == Role.TEACHER:
            ids = Session.objects.visible_to(user).values_list("pk", flat=True)
            return self.filter(session_id__in=list(ids))
        return self.filter(student_id=user.pk)


class Warning(models.Model):
    """Evidence of cheating, for people to look at. One a student, session and reason.

    It punishes nobody: the student may answer it, and a teacher or admin decides. ``from_merge`` is
    the id of the merge of accounts by which a second one of the same session and reason came to
    the student. It is read like any other, but is no further strike.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="warnings")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="warnings"
    )
    decision = models.ForeignKey(CheckInDecision, on_delete=models.PROTECT, related_name="warnings")
    reason = models.CharField(max_length=40)
    severity = models.CharField(max_length=10, choices=SEVERITIES)
    measured = models.JSONField(help_text="The numbers behind it; never an image.")
    created_at = models.DateTimeField()
    appeal = models.CharField(max_length=1000, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=WarningVerdict, default=WarningVerdict.OPEN)
    verdict_note = models.CharField(max_length=300, blank=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    verdict_at = models.DateTimeField(null=True, blank=True)
    from_merge = models.CharField(max_length=32, blank=True, default="", editable=False)

    objects = WarningQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "student", "reason", "from_merge"],
                name="one_warning_per_reason_and_merge",
            )
        ]
        indexes = [
            models.Index(fields=["student", "-created_at"], name="warning_student"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.severity})"


class StrikeNotice(models.Model):
    """A mail to the admins on a student's nth strike, stored so that they are told once."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="strike_notices"
    )
    strikes = models.PositiveIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "strikes"], name="one_notice_per_strike")
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.strikes}"
