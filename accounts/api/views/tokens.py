"""Log in, refresh, log out."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.authentication import address_of, proof_in
from accounts.api.serializers.tokens import (
    LoggedInSerializer,
    LoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from attendance_project.api_errors import ErrorSerializer

PROOF_HEADER = OpenApiParameter(
    "DPoP",
    str,
    OpenApiParameter.HEADER,
    description="RFC 9449 proof (ES256) over this call, made with the phone's key.",
)


class PublicView(APIView):
    """Open to everyone; what the Authorization header says is not even read."""

    authentication_classes = []
    permission_classes = [AllowAny]


class LoginView(PublicView):
    @extend_schema(
        operation_id="login",
        tags=["accounts"],
        parameters=[PROOF_HEADER],
        request=LoginSerializer,
        responses={
            200: LoggedInSerializer,
            **dict.fromkeys((400, 401, 403, 415, 429), ErrorSerializer),
        },
    )
    def post(self, request: Request) -> Response:
        """Tokens for an e-mail and password; bound to the phone's key if a proof comes along."""
        body = LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        logged_in = services.log_in(
            **body.validated_data,
            proof=proof_in(request),
            address=address_of(request),
            now=timezone.now(),
        )
        return Response(LoggedInSerializer(logged_in).data)


class RefreshView(PublicView):
    @extend_schema(
        operation_id="token_refresh",
        tags=["accounts"],
        parameters=[PROOF_HEADER],
        request=RefreshSerializer,
        responses={200: TokenPairSerializer, **dict.fromkeys((400, 401, 415), ErrorSerializer)},
    )
    def post(self, request: Request) -> Response:
        """A new pair for a refresh token, once. A bound one needs its phone's proof."""
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pair = services.rotate_refresh(
            body.validated_data["refresh"], proof=proof_in(request), now=timezone.now()
        )
        return Response(TokenPairSerializer(pair).data)


class LogoutView(PublicView):
    @extend_schema(
        operation_id="logout",
        tags=["accounts"],
        request=RefreshSerializer,
        responses={204: None, **dict.fromkeys((400, 415), ErrorSerializer)},
    )
    def post(self, request: Request) -> Response:
        """End the log-in that the refresh token belongs to, access tokens included."""
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.log_out(body.validated_data["refresh"], now=timezone.now())
        return Response(status=204)
