"""The base classes of every app's admin pages."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from attendance_project.lists import MOST_ASKED


class PortableAdmin(admin.ModelAdmin):
    """An admin page that works on every database."""

    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_term[:MOST_ASKED])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        # Rows are deleted by their keys, since MongoDB cannot delete through a joined query.
        self.model.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).delete()


class ReadOnlyAdmin(PortableAdmin):
    """Rows that are looked at here, and written elsewhere."""

    # For a filtered list Django would count the whole table as well, and these tables only grow.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
