"""The error log and the notices in Django's admin: to read, not to write."""

from django.contrib import admin
from django.http import HttpRequest

from reports.models import AttendanceNotice, ErrorEvent


@admin.register(ErrorEvent)
class ErrorEventAdmin(admin.ModelAdmin):
    list_display = ["at", "status", "code", "method", "route", "user", "request_id"]
    list_filter = ["status", "method", "code"]
    list_select_related = ["user"]
    search_fields = ["request_id", "code", "route"]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ErrorEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ErrorEvent | None = None) -> bool:
        return False


@admin.register(AttendanceNotice)
class AttendanceNoticeAdmin(admin.ModelAdmin):
    list_display = ["sent_at", "student", "number", "last_absence"]
    list_filter = ["sent_at"]
    list_select_related = ["student"]
    search_fields = ["student__full_name", "student__institution_number"]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AttendanceNotice | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AttendanceNotice | None = None
    ) -> bool:
        return False
