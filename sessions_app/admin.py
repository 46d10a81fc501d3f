"""Teaching in Django's admin. Marks are read here and never changed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import require_confirmed
from attendance_project import clock
from attendance_project.admin import PortableAdmin, ReadOnlyAdmin
from attendance_project.refusals import Refusal
from attendance_project.spellings import code_key
from sessions_app import hooks, services
from sessions_app.forms.policy import CourseCountingForm
from sessions_app.models import (
    POLICY_FIELDS,
    Attendance,
    AttendanceMark,
    BeaconToken,
    ClassGroup,
    ClosedDay,
    CodeShowing,
    Course,
    CourseStaff,
    Enrolment,
    Excuse,
    ExcuseKind,
    Guest,
    ImportRecord,
    SeriesMove,
    Session,
    SessionState,
    StaffEvent,
    StaffEventKind,
    Subject,
)


class CodeForm(forms.ModelForm):
    """The form of a subject or a class: its code must be no other one's in another spelling."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        others = self._meta.model._default_manager.exclude(pk=self.instance.pk)
        if "code" in self.changed_data and others.filter(code_key=code_key(code)).exists():
            raise forms.ValidationError(_("This code is there already. Choose another one."))
        return code


@admin.register(Subject)
class SubjectAdmin(PortableAdmin):
    form = CodeForm
    list_display = ["code", "name", "department"]
    list_filter = ["department"]
    search_fields = ["code", "name"]


@admin.register(ClassGroup)
class ClassGroupAdmin(PortableAdmin):
    form = CodeForm
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


def _a_teacher(person: User) -> User:
    try:
        services.check_teaches(person, "person")
    except Refusal as refusal:
        raise forms.ValidationError(refusal.fields["person"]) from refusal
    return person


class CourseForm(CourseCountingForm):
    def clean_teacher(self) -> User:
        teacher: User = self.cleaned_data["teacher"]
        return _a_teacher(teacher) if "teacher" in self.changed_data else teacher


class CourseStaffForm(forms.ModelForm):
    def clean_person(self) -> User:
        return _a_teacher(self.cleaned_data["person"])


@admin.register(Course)
class CourseAdmin(PortableAdmin):
    form = CourseForm
    list_display = ["subject", "class_group", "teacher", "time_zone", "is_active"]
    list_select_related = ["subject", "class_group", "teacher"]
    list_filter = ["is_active"]
    search_fields = ["subject__name", "subject__code", "class_group__code"]
    autocomplete_fields = ["subject", "class_group", "teacher"]

    def save_model(self, request: HttpRequest, obj: Course, form: Any, change: bool) -> None:
        """A new main teacher takes the planned sessions over, as on the course's own page."""
        to, hands_over = obj.teacher, change and "teacher" in form.changed_data
        if hands_over:
            obj.teacher_id = form.initial["teacher"]
        super().save_model(request, obj, form, change)
        if hands_over:
            by: Any = request.user
            services.change_teacher(obj, to=to, by=by, now=clock.now())


@admin.register(CourseStaff)
class CourseStaffAdmin(PortableAdmin):
    form = CourseStaffForm
    list_display = ["course", "person", "role", "added_at", "added_by"]
    list_select_related = ["course__subject", "course__class_group", "person", "added_by"]
    list_filter = ["role"]
    search_fields = ["person__full_name", "person__institution_number", "course__subject__code"]
    autocomplete_fields = ["course", "person"]
    exclude = ["added_at", "added_by"]

    def save_model(self, request: HttpRequest, obj: CourseStaff, form: Any, change: bool) -> None:
        by: Any = request.user
        obj.added_at, obj.added_by = obj.added_at or clock.now(), obj.added_by or by
        super().save_model(request, obj, form, change)
        kind = StaffEventKind.ROLE if change else StaffEventKind.ADDED
        about = {"by": by, "now": clock.now(), "role": obj.role}
        services.note_event(obj.course, kind, obj.person_id, **about)
        services.tell_watchers(obj.course_id)

    def delete_model(self, request: HttpRequest, obj: CourseStaff) -> None:
        by: Any = request.user
        services.remove_staff(obj.course, person_id=obj.person_id, by=by, now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset.select_related("course"):
            self.delete_model(request, row)


@admin.register(StaffEvent)
class StaffEventAdmin(ReadOnlyAdmin):
    list_display = ["course", "kind", "person", "former", "role", "by", "at"]
    list_select_related = ["course__subject", "course__class_group", "person", "former", "by"]
    list_filter = ["kind"]


@admin.register(ClosedDay)
class ClosedDayAdmin(PortableAdmin):
    list_display = ["date", "name", "source"]
    search_fields = ["name", "source"]


@admin.register(SeriesMove)
class SeriesMoveAdmin(ReadOnlyAdmin):
    list_display = ["course", "by", "at", "undone_at"]
    list_select_related = ["course__subject", "course__class_group", "by"]


class EnrolmentForm(forms.ModelForm):
    def clean_student(self) -> Any:
        student = self.cleaned_data["student"]
        try:
            require_confirmed([student])
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from refusal
        return student


@admin.register(Enrolment)
class EnrolmentAdmin(PortableAdmin):
    form = EnrolmentForm
    list_display = ["student", "course", "is_active", "enrolled_at"]
    list_select_related = ["student", "course__subject", "course__class_group"]
    list_filter = ["is_active"]
    search_fields = ["student__full_name", "student__institution_number"]
    autocomplete_fields = ["course", "student"]
    readonly_fields = ["withdrawn_at"]

    def save_model(
        self, request: HttpRequest, obj: Enrolment, form: forms.ModelForm, change: bool
    ) -> None:
        """Note the time at which a place ends, and keep the time before where it begins again."""
        if change and "is_active" in form.changed_data:
            now, before = clock.now(), Enrolment.objects.get(pk=obj.pk)
            again = services.enrolment_again(before, now=now)
            for name, value in (again if obj.is_active else services.withdrawal(now=now)).items():
                setattr(obj, name, value)
        super().save_model(request, obj, form, change)
        for tell in hooks.on_enrolling:
            tell([obj.student_id], clock.now())


class SessionForm(forms.ModelForm):
    time_zone = forms.CharField(required=False, help_text="The course's, if left empty.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        course = cleaned.get("course") or getattr(self.instance, "course", None)
        if "time_zone" in cleaned and not cleaned["time_zone"] and course:
            cleaned["time_zone"] = course.time_zone
        times = [cleaned.get(n, getattr(self.instance, n)) for n in ("starts_at", "ends_at")]
        if all(times):
            self._check(*times)
        return cleaned

    def _check(self, *times: Any) -> None:
        try:
            services.check_times(*times)
        except Refusal as error:
            for sentences in error.fields.values():
                self.add_error(None, sentences)


@admin.register(Session)
class SessionAdmin(PortableAdmin):
    """Sessions are opened and closed on their own pages, since more follows from it."""

    form = SessionForm
    list_display = ["course", "starts_at", "room", "state", "teacher"]
    list_select_related = ["course__subject", "course__class_group", "teacher"]
    list_filter = ["state"]
    search_fields = ["subject__name", "class_group__code", "teacher__full_name", "room"]
    autocomplete_fields = ["course"]
    exclude = ["subject", "class_group", "teacher"]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        """The policy and the times are frozen once the session has been opened. What follows from
        its life is never written here."""
        changeable = services.CHANGEABLE[SessionState(obj.state if obj else SessionState.PLANNED)]
        if obj is None:
            changeable |= {"course"}
        names = [f.name for f in Session._meta.fields if f.editable]
        return [n for n in names if n not in changeable and n not in self.exclude]

    def get_exclude(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        """A new session starts from its course's policy."""
        return [*self.exclude, *(POLICY_FIELDS if obj is None else ())]

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        if not change:
            services.repeat_course(obj)
            for name in POLICY_FIELDS:
                setattr(obj, name, getattr(obj.course, name))
        super().save_model(request, obj, form, change)
        services.move_attendance(obj)


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ["student", "session", "status", "source", "marked_at"]
    list_select_related = ["student", "session__course__subject", "session__course__class_group"]
    list_filter = ["status", "source"]
    search_fields = ["student__full_name", "student__institution_number", "local_date"]


@admin.register(AttendanceMark)
class AttendanceMarkAdmin(ReadOnlyAdmin):
    list_display = ["student", "session", "status", "source", "by", "reason", "at"]
    list_select_related = [
        *("student", "by", "session__course__subject", "session__course__class_group"),
    ]
    list_filter = ["status", "source"]
    search_fields = ["student__full_name", "student__institution_number", "reason"]


@admin.register(Excuse)
class ExcuseAdmin(ReadOnlyAdmin):
    """Excuses are given and taken back on the course's pages, since more follows from it."""

    list_display = [
        *("student", "course", "kind", "from_date", "from_time", "until_date", "until_time"),
        *("note", "by", "revoked_at"),
    ]
    list_select_related = ["student", "by", "kind", "course__subject", "course__class_group"]
    search_fields = ["student__full_name", "student__institution_number", "note"]


@admin.register(ExcuseKind)
class ExcuseKindAdmin(ReadOnlyAdmin):
    """Kinds of excuse are changed on their own page. They are never deleted."""

    list_display = ["name", "code", "counts_as", "is_active"]


@admin.register(Guest)
class GuestAdmin(ReadOnlyAdmin):
    """Who was at a session without being on its course. Guests are added on the register."""

    list_display = ["name", "number", "session", "by", "at", "removed_at", "enrolled_as"]
    list_select_related = [
        *("by", "enrolled_as", "session__course__subject", "session__course__class_group"),
    ]
    search_fields = ["name", "number"]


@admin.register(ImportRecord)
class ImportRecordAdmin(ReadOnlyAdmin):
    """Which file was imported when and by whom, and what it changed."""

    list_display = ["kind", "file_name", "by", "at", "taken_back_at"]
    list_select_related = ["by"]
    list_filter = ["kind"]
    search_fields = ["file_name", "source", "digest"]


@admin.register(CodeShowing)
class CodeShowingAdmin(ReadOnlyAdmin):
    list_display = ["session", "by", "way", "shown_at", "shown_until"]
    list_select_related = ["by", "session__course__subject", "session__course__class_group"]
    list_filter = ["way"]
    search_fields = ["by__full_name"]


@admin.register(BeaconToken)
class BeaconTokenAdmin(ReadOnlyAdmin):
    """Who let which beacon in. Only a session's page and a command make a token and show it."""

    list_display = ["__str__", "kind", "is_active", "created_by", "created_at", "last_used_at"]
    list_select_related = ["created_by", "session"]
    list_filter = ["is_active", "kind"]
    search_fields = ["room"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[BeaconToken]) -> None:
        by: Any = request.user
        revoked = [services.revoke_beacon_token(t, by=by, now=clock.now()) for t in queryset]
        self.message_user(request, f"{sum(revoked)} revoked.", messages.SUCCESS)
