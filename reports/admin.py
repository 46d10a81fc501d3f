"""The error log in Django's admin: to read, not to write."""

from django.contrib import admin
from django.http import HttpRequest

from reports.models import ErrorEvent


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
