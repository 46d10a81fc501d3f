"""The API of names that people wish to have."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import IsAdmin
from accounts.api.serializers.names import (
    NameRequestSerializer,
    NameVerdictSerializer,
    OwnNameSerializer,
)
from accounts.api.views.base import viewer
from accounts.models import NameRequest
from accounts.queries import latest_name_request, waiting_names
from attendance_project import clock
from attendance_project.api_views import errors, validated


class OwnNameView(APIView):
    @extend_schema(tags=["accounts"], responses=OwnNameSerializer)
    def get(self, request: Request) -> Response:
        """One's own name, and how far a request for another one is."""
        person = viewer(request)
        shown = {"full_name": person.full_name, "request": latest_name_request(person)}
        return Response(OwnNameSerializer(shown).data)


@extend_schema(tags=["accounts"])
class NameRequestsView(ListAPIView):
    """Names that wait for an admin's approval, oldest first."""

    permission_classes = [IsAdmin]
    serializer_class = NameRequestSerializer
    queryset = waiting_names()
    search_fields = ["old_name", "new_name", "user__institution_number", "user__email"]
    ordering_fields = ["asked_at", "old_name", "new_name"]


class NameRequestView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(
        tags=["accounts"],
        request=NameVerdictSerializer,
        responses={200: NameRequestSerializer, **errors(400, 403, 404, 409)},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Approve or decline a name, or undo that. Its owner is told by mail."""
        verdict = validated(NameVerdictSerializer, request)["verdict"]
        row = get_object_or_404(NameRequest.objects.select_related("user"), pk=pk)
        if verdict == "undo":
            services.undo_name(row, now=clock.now())
        else:
            approve = verdict == "approve"
            services.decide_name(row, approve=approve, by=viewer(request), now=clock.now())
        return Response(NameRequestSerializer(row).data)
