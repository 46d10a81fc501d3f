"""The only call of the API that a beacon may make."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from attendance_project import clock
from sessions_app import services
from sessions_app.api.authentication import BeaconAuthentication, BeaconThrottle, IsBeacon
from sessions_app.api.serializers.beacon import BeaconAssignmentSerializer


class BeaconAssignmentView(APIView):
    authentication_classes = [BeaconAuthentication]
    permission_classes = [IsBeacon]
    throttle_classes = [BeaconThrottle]

    @extend_schema(responses=BeaconAssignmentSerializer)
    def get(self, request: Request) -> Response:
        """Ask what to advertise now, and by which clock. The key is there while the session is
        open, and not before."""
        now = clock.now()
        given = services.assignment_of(request.auth, now=now)  # type: ignore[arg-type]  # IsBeacon
        answer = BeaconAssignmentSerializer(given, context={"now": now}).data
        return Response(answer, headers={"Cache-Control": "no-store"})
