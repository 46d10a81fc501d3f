"""Check-ins in Django's admin: all can be read, nothing changed, and no biometric field is seen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from attendance_project.admin import ReadOnlyAdmin
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    CourseComparison,
    EnrolmentChallenge,
    EvidenceRecord,
    FaceLot,
    FaceTemplate,
    IssuedChallenge,
    LookAlike,
    PhotoTemplate,
    ReviewVerdict,
    SparedCheck,
    StrikeNotice,
    TemplateAccess,
    Warning,
)
from verification.words import label_of


@admin.register(CheckInAttempt)
class CheckInAttemptAdmin(ReadOnlyAdmin):
    list_display = ("student", "session", "opened_at")
    list_filter = ("opened_at",)
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "session__course__subject", "session__course__class_group")
    exclude = ("jkt",)


@admin.register(CheckInDecision)
class CheckInDecisionAdmin(ReadOnlyAdmin):
    list_display = ("student", "session", "outcome", "why", "policy_version", "decided_at")
    list_filter = ("outcome", "policy_version", "decided_at")
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "session__course__subject", "session__course__class_group")
    exclude = ("evidence",)

    @admin.display(description="reasons")
    def why(self, decision: CheckInDecision) -> str:
        return " · ".join(label_of(code) for code in decision.reasons)


@admin.register(ReviewVerdict)
class ReviewVerdictAdmin(ReadOnlyAdmin):
    list_display = ("decision", "verdict", "by", "note", "at")
    list_filter = ("verdict", "at")
    list_select_related = ("decision", "by")


@admin.register(Warning)
class WarningAdmin(ReadOnlyAdmin):
    list_display = ("student", "reason", "severity", "verdict", "created_at", "appeal")
    list_filter = ("severity", "verdict", "reason", "created_at")
    search_fields = ("student__full_name", "student__institution_number", "student__email")
    list_select_related = ("student",)
    exclude: ClassVar[tuple[str, ...]] = ("measured",)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # The mail of a strike notice has this link.
        return lookup == "student__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(FaceTemplate)
class FaceTemplateAdmin(ReadOnlyAdmin):
    """The state of a face. The template itself is neither shown nor sent to the browser."""

    list_display = (
        *("student", "engine", "status", "photo_match", "enrolled_at"),
        *("decided_by", "decided_at"),
    )
    list_filter = ("status", "engine")
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "decided_by")
    exclude = ("ciphertext",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("ciphertext")


@admin.register(PhotoTemplate)
class PhotoTemplateAdmin(ReadOnlyAdmin):
    """Whose photo was measured, but neither the face nor the file's digest."""

    list_display = ("student", "engine", "consent_version", "made_at")
    list_filter = ("engine",)
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student",)
    exclude = ("ciphertext", "file_digest")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("ciphertext")


@admin.register(EnrolmentChallenge)
class EnrolmentChallengeAdmin(ReadOnlyAdmin):
    list_display = ("student", "number", "issued_at", "expires_at", "spent_at")
    list_select_related = ("student",)


@admin.register(LookAlike)
class LookAlikeAdmin(ReadOnlyAdmin):
    list_display = ("student", "other_student", "found_at", "answered_at")
    list_filter = ("found_at",)
    list_select_related = ("template__student", "other__student")

    @admin.display(description="student")
    def student(self, pair: LookAlike) -> str:
        return str(pair.template.student)

    @admin.display(description="looks like")
    def other_student(self, pair: LookAlike) -> str:
        return str(pair.other.student)


@admin.register(CourseComparison)
class CourseComparisonAdmin(ReadOnlyAdmin):
    list_display = ("template", "course", "since", "compared_at")
    list_select_related = ("template", "course__subject", "course__class_group")


@admin.register(TemplateAccess)
class TemplateAccessAdmin(ReadOnlyAdmin):
    list_display = ("student", "actor", "purpose", "at")
    list_filter = ("purpose", "at")
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "actor")


@admin.register(StrikeNotice)
class StrikeNoticeAdmin(ReadOnlyAdmin):
    list_display = ("student", "strikes", "sent_at")
    list_select_related = ("student",)


@admin.register(SparedCheck)
class SparedCheckAdmin(ReadOnlyAdmin):
    list_display = ("student", "session", "term", "number", "at")
    list_filter = ("term",)
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "session__course__subject", "session__course__class_group")


@admin.register(FaceLot)
class FaceLotAdmin(ReadOnlyAdmin):
    list_display = ("student", "session", "ask", "passkey", "drawn_at")
    list_filter = ("ask",)
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "session__course__subject", "session__course__class_group")


@admin.register(EvidenceRecord)
class EvidenceRecordAdmin(ReadOnlyAdmin):
    list_display = ("student", "session", "kind", "received_at")
    list_filter = ("kind", "received_at")
    search_fields = ("student__full_name", "student__institution_number")
    list_select_related = ("student", "session__course__subject", "session__course__class_group")
    exclude = ("measured", "trace_digest")


@admin.register(IssuedChallenge)
class IssuedChallengeAdmin(ReadOnlyAdmin):
    list_display = ("attempt", "number", "issued_at", "expires_at")
    list_select_related = ("attempt",)
