"""The API of requests to be erased, and of taking them back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import ByActivePhone, IsStudent
from accounts.api.serializers.erasure import ErasureSerializer
from accounts.api.views.base import viewer
from accounts.models import ErasureRequest
from accounts.queries import latest_erasure
from attendance_project import clock
from attendance_project.api_views import errors


class ErasureView(APIView):
    """A student's wish to be erased. An admin carries it out, and until then it can be
    taken back."""

    permission_classes = [IsStudent, ByActivePhone]

    @extend_schema(tags=["accounts"], responses=ErasureSerializer)
    def get(self, request: Request) -> Response:
        """Say where the student's latest request stands."""
        return Response(_standing(latest_erasure(viewer(request))))

    @extend_schema(tags=["accounts"], request=None, responses={201: ErasureSerializer})
    def post(self, request: Request) -> Response:
        """Ask to be erased. Asking again while a request waits changes nothing."""
        asked = services.ask_for_erasure(viewer(request), now=clock.now())
        return Response(_standing(asked), status=201)

    @extend_schema(tags=["accounts"], responses={204: None, **errors(409)})
    def delete(self, request: Request) -> Response:
        """Take the request back, unless it was begun. Without a request nothing happens."""
        services.take_back_erasure(viewer(request), now=clock.now())
        return Response(status=204)


def _standing(asked: ErasureRequest | None) -> dict[str, Any]:
    names = ("state", "asked_at", "closed_at")
    return ErasureSerializer({name: getattr(asked, name, None) for name in names}).data
