"""The API of imports that were carried out."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTeacherOrAdmin
from accounts.api.views.base import viewer
from attendance_project import clock
from sessions_app import imports
from sessions_app.api.serializers.imports import ImportChangesSerializer, ImportRecordSerializer
from sessions_app.models import ImportRecord


class ImportsView(ListAPIView):
    """Teachers see their own imports, and admins all. The newest come first."""

    queryset = ImportRecord.objects.none()
    serializer_class = ImportRecordSerializer
    permission_classes = [IsTeacherOrAdmin]
    search_fields = ["file_name", "source", "by__full_name"]
    ordering_fields = ["at", "kind", "file_name", "by__full_name"]

    def get_queryset(self) -> QuerySet[ImportRecord]:
        rows = ImportRecord.objects.visible_to(viewer(self.request))
        return rows.select_related("by").defer("changes")


class ImportView(RetrieveAPIView):
    """One import, with all that it changed."""

    queryset = ImportRecord.objects.none()
    serializer_class = ImportChangesSerializer
    permission_classes = [IsTeacherOrAdmin]
    lookup_url_kwarg = "record_id"

    def get_queryset(self) -> QuerySet[ImportRecord]:
        return ImportRecord.objects.visible_to(viewer(self.request)).select_related("by")


class TakeBackImportView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(request=None, responses={200: ImportChangesSerializer})
    def post(self, request: Request, record_id: UUID) -> Response:
        """Undo an import: a timetable as a whole, while nothing was marked in it, and people and
        marks as far as nobody has used or changed them. ``stayed`` tells what stays, and why."""
        rows = ImportRecord.objects.visible_to(viewer(request))
        record = get_object_or_404(rows, pk=record_id)
        done = imports.take_back(record, by=viewer(request), now=clock.now())
        return Response(ImportChangesSerializer(done, context={"request": request}).data)
