"""The API of the days on which the institution is closed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsAdmin
from attendance_project.api_views import errors, validated, validated_query
from sessions_app import services
from sessions_app.api.serializers.closed_days import (
    ClosedDaySerializer,
    ClosedDaysFilterSerializer,
)
from sessions_app.models import ClosedDay

_FILTERS = {"first": "date__gte", "until": "date__lte"}


class ClosedDaysView(ListAPIView):
    """Everyone who is logged in may read, and admins may add."""

    queryset = ClosedDay.objects.all()
    serializer_class = ClosedDaySerializer
    search_fields = ["name", "source"]
    ordering_fields = ["date", "name"]

    def get_permissions(self) -> Sequence[Any]:
        return [IsAdmin()] if self.request.method == "POST" else super().get_permissions()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = validated_query(ClosedDaysFilterSerializer, self.request)
        rows = super().filter_queryset(queryset)
        return rows.filter(**{_FILTERS[name]: day for name, day in wanted.items()})

    @extend_schema(parameters=[ClosedDaysFilterSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=ClosedDaySerializer, responses={201: ClosedDaySerializer, **errors(409)})
    def post(self, request: Request) -> Response:
        """Note a closed day. Series that are planned from now on leave it out."""
        given = validated(ClosedDaySerializer, request)
        row = services.close_day(given["date"], name=given["name"])
        return Response(ClosedDaySerializer(row).data, status=201)


class ClosedDayView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, day_id: UUID) -> Response:
        """Take a closed day back."""
        services.open_days([get_object_or_404(ClosedDay, pk=day_id)])
        return Response(status=204)
