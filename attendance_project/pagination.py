"""The pages of every list in the API."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import PageNumberPagination

from attendance_project.lists import in_one_order


class Pages(PageNumberPagination):
    """``?page=2&page_size=50``: 50 rows per page unless asked otherwise, at most 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        rows = in_one_order(queryset) if isinstance(queryset, QuerySet) else queryset
        return super().paginate_queryset(rows, request, view)
