"""The base classes of every app's admin pages."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Field, Model, QuerySet
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest
from django.utils.translation import gettext as _

from attendance_project.lists import MOST_ASKED


class PortableAdmin(admin.ModelAdmin):
    """An admin page that works on every database."""

    list_per_page = 50

    def get_action_choices(
        self, request: HttpRequest, default_choices: Any = None
    ) -> list[tuple[str, str]]:
        return super().get_action_choices(request, default_choices=[("", _("Choose an action"))])

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """The field of the form, with a word in place of dashes where nothing is chosen."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            if field.empty_label is not None:
                field.empty_label = _nothing_chosen(field)
        elif isinstance(field, forms.ChoiceField):
            words, choices = _nothing_chosen(field), cast(Iterable[tuple[str, str]], field.choices)
            field.choices = [
                (key, words if (key, label) in BLANK_CHOICE_DASH else label)
                for key, label in choices
            ]
        return field

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_term[:MOST_ASKED])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        # Rows are deleted by their keys, since MongoDB cannot delete through a joined query.
        self.model.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).delete()


def _nothing_chosen(field: forms.Field) -> str:
    return _("Choose one") if field.required else _("None")


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
