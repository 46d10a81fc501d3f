"""The API for asking for a link by mail, where the phone is lost."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import IsStudent
from accounts.api.serializers.links import LinkSentSerializer, WantedLinkSerializer
from accounts.api.views.base import viewer
from attendance_project import clock
from attendance_project.api_views import errors, validated


class LinksView(APIView):
    permission_classes = [IsStudent]

    @extend_schema(
        tags=["accounts"],
        request=WantedLinkSerializer,
        responses={202: LinkSentSerializer, **errors(400, 403, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Get a link by mail that does what otherwise needs the key of one's active phone."""
        wanted = validated(WantedLinkSerializer, request)
        details = {"email": wanted["email"]} if wanted["email"] else {}
        services.mail_link(viewer(request), wanted["act"], details, now=clock.now())
        return Response({"sent_to": viewer(request).email}, status=202)
