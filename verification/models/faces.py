"""Enrolled faces, what they were compared with, and who touched them. Biometrics encrypted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import PasskeyTrust
from sessions_app.models import Course
from verification.domain.face_enrolment import PhotoMatch


class TemplateStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    REPLACED = "replaced", _("Replaced")
    DISOWNED = "disowned", _("Reported by the student as not their own")


PHOTO_MATCHES = [
    (PhotoMatch.NONE.value, _("No photo to compare with")),
    (PhotoMatch.MATCHES.value, _("Matches the institution's photo")),
    (PhotoMatch.DOUBT.value, _("Unclear match with the institution's photo")),
    (PhotoMatch.DIFFERS.value, _("Does not match the institution's photo")),
]
"""Each result of the comparison with what it means on screens."""


class FaceTemplate(models.Model):
    """An enrolled face, encrypted. Erasing deletes the row.

    One that was rejected or disowned keeps its row and no face: the ciphertext is empty.
    """

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_templates"
    )
    engine = models.CharField(max_length=20)
    ciphertext = models.BinaryField()
    consent_version = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=TemplateStatus)
    enrolled_at = models.DateTimeField()
    photo_match = models.CharField(max_length=10, choices=PHOTO_MATCHES, blank=True, default="")
    confirmed_by = models.CharField(
        max_length=12,
        choices=PasskeyTrust,
        blank=True,
        default="",
        help_text="By what passkey its owner confirmed the enrolment, for whoever approves it.",
    )
    compared_with = models.PositiveIntegerField(
        null=True, blank=True, help_text="Faces of other students; empty where it was cut short."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(
        max_length=300, blank=True, default="", help_text="Of who decided; the student reads it."
    )

    class Meta:
        ordering = ["-enrolled_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(status="approved"), name="one_approved_face"
            ),
            models.UniqueConstraint(
                fields=["student"], condition=Q(status="waiting"), name="one_waiting_face"
            ),
        ]
        indexes = [models.Index(fields=["student", "status"], name="face_student_status")]

    def __str__(self) -> str:
        return f"{self.engine} {self.status}"


class EnrolmentChallenge(models.Model):
    """The moves that a student's next enrolment has to show. One row a student, drawn anew each
    time; ``number`` goes up by one with each draw, and after 100 it is 1 again.
    """

    student = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    number = models.PositiveSmallIntegerField()
    jkt = models.CharField(max_length=64, help_text="Thumbprint of the key that asked for it.")
    challenge = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(
        null=True, blank=True, help_text="When a burst came for it. No second one counts."
    )
    moves_unreadable = models.JSONField(
        default=list,
        help_text="Moves that its burst could not show; the next draw omits them.",
    )

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="enrolment_challenge_expiry")]

    def __str__(self) -> str:
        return f"{self.student_id} #{self.number}"


class LookAlike(models.Model):
    """Notes that the enrolled faces of two students look alike, for the person who approves them.

    The row is deleted with either face. ``answered_at`` is set once a person said that these are
    two people; until then the pair is shown.
    """

    template = models.ForeignKey(FaceTemplate, on_delete=models.CASCADE, related_name="look_alikes")
    other = models.ForeignKey(FaceTemplate, on_delete=models.CASCADE, related_name="+")
    found_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "other"], name="one_look_alike_per_pair")
        ]
        indexes = [models.Index(fields=["answered_at"], name="look_alike_answer")]

    def __str__(self) -> str:
        return f"{self.template_id} like {self.other_id}"


class CourseComparison(models.Model):
    """Notes that a face was compared with all the other enrolled faces of a course.

    ``since`` is when its student's latest time on the course began. Who left and came back is
    compared again, because others came meanwhile.
    """

    template = models.ForeignKey(FaceTemplate, on_delete=models.CASCADE, related_name="compared_in")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    compared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "course"], name="one_comparison_per_face_and_course"
            )
        ]
        indexes = [models.Index(fields=["template", "course"], name="comparison_face")]

    def __str__(self) -> str:
        return f"{self.template_id} in {self.course_id}"


class PhotoTemplateQuerySet(models.QuerySet["PhotoTemplate"]):
    def that_count(self) -> PhotoTemplateQuerySet:
        """One for each student, without those that came as second ones by a merge."""
        return self.filter(from_merge="")


class PhotoTemplate(models.Model):
    """The face on the institution's photo, encrypted. The picture itself is never kept.

    ``from_merge`` is empty, or the id of the merge of two accounts by which a second one came to
    the student. A second one is compared with nothing. It is there to go back, and is erased with
    all else of the student's face.
    """

    # The index is in Meta: MongoDB refuses a second one of the same field.
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="photo_templates",
        db_index=False,
    )
    engine = models.CharField(max_length=20)
    ciphertext = models.BinaryField()
    consent_version = models.CharField(max_length=20)
    file_digest = models.CharField(
        max_length=64, help_text="Keyed, of the picture's file: the same one is not read twice."
    )
    made_at = models.DateTimeField()
    from_merge = models.CharField(max_length=32, blank=True, default="", editable=False)

    objects = PhotoTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "from_merge"], name="one_photo_per_student_and_merge"
            )
        ]
        indexes = [models.Index(fields=["student"], name="photo_student")]

    def __str__(self) -> str:
        return f"{self.engine} {self.made_at:%Y-%m-%d}"


class AccessPurpose(models.TextChoices):
    """What a face was touched for, in the words that its student reads."""

    ENROLLED = "enrolled", _("Your face was enrolled")
    CHECK_IN = "check_in", _("Compared at a check-in")
    APPROVED = "approved", _("The enrolment was approved")
    REJECTED = "rejected", _("The enrolment was rejected and the face deleted")
    DISOWNED = (
        "disowned",
        _("You reported that the enrolment was not yours, and the face was deleted"),
    )
    DECLINED = (
        "declined",
        _("You chose to check in without a face, and your enrolled face was deleted"),
    )
    ERASED = "erased", _("Your face was erased")
    PHOTO_MADE = "photo_made", _("The institution's photo was measured")
    PHOTO_COMPARED = "photo_compared", _("Compared with the institution's photo")
    COMPARED = "compared", _("Compared with the enrolment of a student on your courses")
    FRAMES_KEPT = "frames_kept", _("The pictures of your enrolment were kept, as you agreed")
    FRAMES_DELETED = "frames_deleted", _("The kept pictures of your enrolment were deleted")
    REEMBEDDED = "reembedded", _("Measured again from the kept pictures")
    PICTURE_SHOWN = "picture_shown", _("A picture of your enrolment was shown, as you agreed")
    KEYS_ROTATED = "keys_rotated", _("Encrypted with a new key")
    MERGED = "merged", _("Moved here from your other account when both were merged")
    UNMERGED = "unmerged", _("Moved back here when the merge of your accounts was undone")


class TemplateAccess(models.Model):
    """Append-only: who or what touched a template, a picture or a photo's face, and why."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="template_accesses"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty where a command or the system itself did it.",
    )
    purpose = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["student", "-at"], name="template_access")]
        verbose_name_plural = "template accesses"

    def __str__(self) -> str:
        return f"{self.purpose} {self.at:%Y-%m-%d %H:%M}"
