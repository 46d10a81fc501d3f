"""What the admin pages of every app are made of."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest


class PortableAdmin(admin.ModelAdmin):
    """Admin pages that work on every database."""

    list_per_page = 50

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        # By keys: MongoDB cannot delete through a joined query.
        self.model.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).delete()


class ReadOnlyAdmin(PortableAdmin):
    """History: it is looked at here, and made elsewhere."""

    # A filtered list would count the whole table as well, which only grows.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
