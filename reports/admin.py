"""The error log and the notices in Django's admin: to read, not to write."""

from django.contrib import admin

from attendance_project.admin import ReadOnlyAdmin
from reports.models import AttendanceNotice, ErrorEvent


@admin.register(ErrorEvent)
class ErrorEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "status", "code", "method", "route", "user", "request_id"]
    list_filter = ["status", "method", "code"]
    list_select_related = ["user"]
    search_fields = ["request_id", "code", "route"]


@admin.register(AttendanceNotice)
class AttendanceNoticeAdmin(ReadOnlyAdmin):
    list_display = ["sent_at", "student", "number", "last_absence"]
    list_filter = ["sent_at"]
    list_select_related = ["student"]
    search_fields = ["student__full_name", "student__institution_number"]
