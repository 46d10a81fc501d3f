"""The API call that gives students all that is kept about them."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsStudent
from accounts.api.views.base import viewer
from attendance_project import clock
from reports.api.serializers.own_data import OwnDataSerializer
from reports.queries import own_data


class OwnDataView(APIView):
    permission_classes = [IsStudent]

    @extend_schema(responses=OwnDataSerializer)
    def get(self, request: Request) -> Response:
        """All that is kept about the student who asks, to read or to take along.

        Keys, pictures and what describes a face are not in it.
        """
        answer = own_data.of_student(viewer(request), now=clock.now())
        return Response(
            OwnDataSerializer(answer).data,
            headers={"Content-Disposition": 'attachment; filename="attendance-data.json"'},
        )
